{{/* The edges of the graph, with the median of the seconds between. */ -}}
SELECT {{code "before" .Wide}} AS from_code, {{code "after" .Wide}} AS to_code, count(*) AS n, CAST({{median (between "before" "after" .Wide)}} AS BIGINT) AS seconds
FROM (SELECT {{each (but_last "steps")}} AS before, {{each (but_first "steps")}} AS after FROM run_path) AS pair
GROUP BY 1, 2
ORDER BY n DESC, 1, 2
{{- /**/ -}}
