{{/* How many customers went each edge. */ -}}
SELECT edge, count(*) AS n
FROM (
    SELECT DISTINCT person, CAST(before AS BIGINT) * 64 + after AS edge
    FROM (SELECT person, {{each (but_last "codes")}} AS before, {{each (but_first "codes")}} AS after FROM run_path WHERE person IS NOT NULL) AS pair) AS went
GROUP BY edge
{{- /**/ -}}
