{{/* Contracts that run, by the renewals behind them and the month of the next one; those of which it is
     told that they end, by the month in which they do. */ -}}
{{template "contract.run.sql" .}}, active AS (
    SELECT *, {{periods "period" "start_day" "seen_to"}} AS renewals
    FROM run
    WHERE NOT ended
)
SELECT plan, period, CAST(extract(year FROM start_day) AS INTEGER) AS cohort, renewals,
    {{if .Told}}CASE WHEN end_day < DATE '9999-12-31' THEN {{due "'day'" "end_day" "1"}} ELSE {{end}}{{due "period" "start_day" "renewals + 1"}}{{if .Told}} END{{end}} AS due,
    ends, count(*) AS n, count(*) FILTER (WHERE unpriced) AS unpriced, sum(recurring) AS recurring
FROM active
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 4, 5, 6
