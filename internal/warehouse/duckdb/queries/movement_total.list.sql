{{/* The totals of a source, by period. */ -}}
SELECT t.day, t.opening, t.added, t.lost, CAST(t.monthly_churn AS DOUBLE) AS monthly_churn, t.closing
FROM movement_total AS t
JOIN source AS s ON s.id = t.source
WHERE s.name = {{text .}}
ORDER BY t.day
