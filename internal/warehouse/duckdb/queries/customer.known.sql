{{/* Who ever bought up to a day, or has a contract that runs at its close, each once. */ -}}
SELECT count(*) AS n
FROM (
    SELECT customer
    FROM transaction_line
    WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .AsOf}}
    UNION
    SELECT customer
    FROM subscription
    WHERE start_day <= {{date .AsOf}} AND coalesce({{plus_days "end_day" .GraceDays}}, DATE '9999-12-31') >= {{date .AsOf}}
) AS known
