{{/* The first and the last day that a measure could count anything on. */ -}}
{{if .Instrument -}}
SELECT min(day), max(day) FROM feedback
{{- else if eq .Of "refunds" -}}
SELECT min(day), max(day) FROM transaction_line
{{- else if eq .Of "complaints" -}}
SELECT max(first_day), min(last_day)
FROM (
    SELECT min(day) AS first_day, max(day) AS last_day FROM transaction_line
    UNION ALL
    SELECT min(day) AS first_day, max(day) AS last_day FROM interaction) AS ends
HAVING count(first_day) = 2 AND max(first_day) <= min(last_day)
{{- else -}}
SELECT min(first_day), max(CASE WHEN last_day > {{date .Known}} THEN {{date .Known}} ELSE last_day END)
FROM (
    SELECT min({{if eq .Of "promises"}}CAST(promised_at AS DATE){{else}}day{{end}}) AS first_day, max(day) AS last_day FROM interaction{{if eq .Of "promises"}} WHERE promised_at IS NOT NULL{{end}}
    UNION ALL
    SELECT NULL AS first_day, max(CAST(actual_at AS DATE)) AS last_day FROM interaction
    UNION ALL
    SELECT NULL AS first_day, max(CAST(ended_at AS DATE)) AS last_day FROM interaction) AS heard
HAVING min(first_day) <= {{date .Known}}
{{- end}}
