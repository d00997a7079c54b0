-- What the customers of the opening brought in the period, net.
SELECT coalesce(sum(brought), 0) AS net FROM run_equity_part
WHERE horizon = 0
