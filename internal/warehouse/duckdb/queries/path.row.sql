{{/* Every step after the one before it in its trace: what is in one case of a customer, or in none. */ -}}
WITH {{template "path.event.sql" .}}
SELECT trace, place, x, before{{if .Wide}}, handed_by{{end}}{{if .Named}}, CASE WHEN place = 1 THEN customer END AS customer{{end}},
    before IS NULL OR {{if .Cased}}case_id IS NULL AND {{end}}{{seconds "x" .Wide}} - {{seconds "before" .Wide}} > {{.GapDays}} * 86400 AS starts
FROM (
    SELECT {{if .Named}}customer, {{end}}{{if .Cased}}case_id, {{end}}x, lag(x) OVER passed AS before,
        first_value(id) OVER passed AS trace, CAST(row_number() OVER passed AS INTEGER) AS place
{{- if .Wide}},
        max(CASE WHEN {{agent "x"}} > 0 THEN x END) OVER (passed ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS handed_by
{{- end}}
    FROM event
    WINDOW passed AS (PARTITION BY customer{{if .Cased}}, case_id{{end}} ORDER BY x)) AS follow
{{- /**/ -}}
