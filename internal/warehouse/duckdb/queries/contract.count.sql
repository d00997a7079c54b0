{{/* Customers under contract by plan, quarter of the start, months and whether they left. A time under
     contract goes on over gaps of no more than the grace days. A month is 30.4375 days. */ -}}
WITH piece AS (
    SELECT customer, start_day, coalesce(end_day, DATE '9999-12-31') AS end_day, plan,
        CASE WHEN coalesce({{plus_days "end_day" .GraceDays}} >= {{date .AsOf}}, TRUE)
            THEN {{monthly "recurring_amount" "recurring_period"}} ELSE 0 END AS recurring
    FROM subscription
    WHERE start_day <= {{date .AsOf}} AND coalesce(end_day >= start_day, TRUE)
), reach AS (
    SELECT *, max(end_day) OVER (PARTITION BY customer ORDER BY start_day, end_day
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM piece
), part AS (
    SELECT *, sum(CASE WHEN reached IS NULL OR date_diff('day', reached, start_day) > {{.GraceDays}} + 1 THEN 1 ELSE 0 END)
        OVER (PARTITION BY customer ORDER BY start_day, end_day ROWS UNBOUNDED PRECEDING) AS number
    FROM reach
), spell AS (
    SELECT customer, number, min(start_day) AS start_day, max(end_day) AS end_day, max_by(plan, start_day) AS plan, sum(recurring) AS recurring
    FROM part
    GROUP BY customer, number
), told AS (
    SELECT coalesce(plan, '') AS plan, {{quarter "start_day"}} AS quarter, recurring,
        end_day < DATE '9000-01-01' AND {{plus_days "CASE WHEN end_day < DATE '9000-01-01' THEN end_day END" .GraceDays}} < {{date .AsOf}} AS gone,
        {{if .KnownFrom}}CASE WHEN start_day < {{date .KnownFrom}}
            THEN CAST(floor(date_diff('day', start_day, {{date .KnownFrom}}) / 30.4375) AS INTEGER) ELSE 0 END{{else}}0{{end}} AS entry,
        start_day, end_day
    FROM spell
    {{- if .KnownFrom}}
    WHERE end_day >= {{date .KnownFrom}}
    {{- end}}
), lasting AS (
    SELECT plan, quarter, recurring, entry, coalesce(gone, FALSE) AS gone,
        CASE WHEN coalesce(gone, FALSE) THEN CAST(round((date_diff('day', start_day, end_day) + 1) / 30.4375) AS INTEGER)
            ELSE CAST(floor(date_diff('day', start_day, {{date .AsOf}}) / 30.4375) AS INTEGER) END AS months
    FROM told
)
SELECT plan, quarter, entry, CASE WHEN gone AND months <= entry THEN entry + 1 ELSE months END AS months, gone,
    count(*) AS customers, sum(CASE WHEN gone THEN 0 ELSE recurring END) AS recurring
FROM lasting
WHERE gone OR months >= entry
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
