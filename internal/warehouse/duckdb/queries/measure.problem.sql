{{/* Interactions, with whether a problem is recorded. */ -}}
fact AS (
    SELECT day, customer, touchpoint, 1 AS n, CAST(weight AS DOUBLE) AS w, CASE WHEN problem IS NULL THEN 0 ELSE CAST(weight AS DOUBLE) END AS wx, '' AS left_out
    FROM interaction
    WHERE TRUE{{template "measure.at.sql" .}}
)
{{- /**/ -}}
