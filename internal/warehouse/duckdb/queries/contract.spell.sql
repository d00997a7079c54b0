{{/* How long contracts ran, and from when on they were watched, counted: in months, and in their own
     recurring periods. One that ended did so at the renewal after its last paid period. */ -}}
{{template "contract.run.sql" .}}
SELECT plan, period, CAST(extract(year FROM start_day) AS INTEGER) AS cohort, ended,
    {{months "start_day" "known_day"}} AS entry_months,
    {{months "start_day" "seen_to"}} + CASE WHEN ended THEN 1 ELSE 0 END AS exit_months,
    {{periods "period" "start_day" "known_day"}} AS entry,
    {{periods "period" "start_day" "seen_to"}} + CASE WHEN ended THEN 1 ELSE 0 END AS last,
    count(*) AS n
FROM run
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
