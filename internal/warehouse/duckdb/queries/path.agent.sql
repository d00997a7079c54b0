{{/* Agents by number; those beyond what a step has room for are one. */ -}}
SELECT agent, CASE WHEN place <= 1048574 THEN place ELSE 1048575 END AS code
FROM (
    SELECT agent, row_number() OVER (ORDER BY agent) AS place
    FROM interaction
    WHERE agent IS NOT NULL
    GROUP BY agent) AS numbered
{{- /**/ -}}
