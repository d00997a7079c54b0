{{/* How often each variant has each step. */ -}}
SELECT place, n, opened, code, count(*) AS k
FROM (SELECT place, n, opened, {{each "codes"}} AS code FROM run_variant) AS gone
GROUP BY place, n, opened, code
{{- /**/ -}}
