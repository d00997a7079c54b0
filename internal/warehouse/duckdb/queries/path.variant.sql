{{/* Variants by number, the most frequent first. */ -}}
SELECT row_number() OVER (ORDER BY n DESC, head, body, rest) AS place, head, body, rest, codes, n, opened, steps > {{different "codes"}} AS again
FROM (
    SELECT head, body, rest, steps, {{codes "head" "body" "rest" "steps"}} AS codes, count(*) AS n, count(CASE WHEN {{seconds "last" .Wide}} > {{second_of .OpenFrom}} THEN 1 END) AS opened
    FROM run_cut
    GROUP BY head, body, rest, steps) AS counted
{{- if .ThroughCodes}}
WHERE {{touches "codes" .ThroughCodes}}
{{- end}}
{{- /**/ -}}
