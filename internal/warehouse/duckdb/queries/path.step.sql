{{/* The steps that are told apart, numbered by name: those that are drawn and the most frequent. */ -}}
WITH named AS (
    SELECT coalesce(touchpoint, kind, {{text .Unknown}}) AS name, count(*) AS n
    FROM interaction
    WHERE (customer IS NOT NULL OR case_id IS NOT NULL) AND day <= {{date .Days.To}}
    GROUP BY 1
), ranked AS (
    SELECT name, row_number() OVER (ORDER BY {{if .Names}}CASE WHEN name IN ({{range $i, $n := .Names}}{{if $i}}, {{end}}{{text $n}}{{end}}) THEN 0 ELSE 1 END, {{end}}n DESC, name) AS place
    FROM named
), kept AS (
    SELECT name FROM ranked WHERE place <= {{.Steps}}
{{- if .Orders}}
    UNION ALL
    SELECT {{text .Order}} AS name
{{- end}}
)
SELECT name, CAST(row_number() OVER (ORDER BY name) AS BIGINT) AS code, (SELECT count(*) FROM ranked WHERE place > {{.Steps}}) AS others
FROM kept
{{- /**/ -}}
