{{/* The edges of the graph, with the median of the seconds between, the most frequent first; each has a bit of a word. */ -}}
SELECT place, from_code, to_code, n, seconds, {{mark_word "place"}} AS word, {{mark_bit "place"}} AS mark
FROM (
    SELECT row_number() OVER (ORDER BY n DESC, from_code, to_code) AS place, from_code, to_code, n, seconds
    FROM (
        SELECT {{code "r.before" .Wide}} AS from_code, {{code "r.x" .Wide}} AS to_code, count(*) AS n, CAST({{median (between "r.before" "r.x" .Wide)}} AS BIGINT) AS seconds
        FROM {{template "path.went.sql" .}}
        WHERE NOT r.starts
        GROUP BY 1, 2) AS gone) AS ranked
{{- /**/ -}}
