{{/* What the customers of the opening brought in the period, net. */ -}}
SELECT coalesce(sum(l.amount), 0) AS net
FROM transaction_line AS l
WHERE l.day > {{date .Opening}} AND l.day <= {{date .Closing}}
    AND l.customer IN (SELECT customer FROM run_opening)
