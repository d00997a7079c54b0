{{/* How often each variant has each step. */ -}}
SELECT place, code, max(n) AS n, count(*) AS k
FROM (SELECT place, n, {{each "codes"}} AS code FROM run_variant) AS gone
GROUP BY place, code
{{- /**/ -}}
