{{/* The rows behind a figure of the movement: one per customer. */ -}}
{{with .Figure -}}
SELECT customer, CAST(NULL AS VARCHAR) AS order_id, {{.Day}} AS day,
    {{if .IsHeads}}{{.Sum}}{{else}}0{{end}} AS heads, {{$.Value}}0 AS opening, {{$.Value}}1 AS closing,
    {{if .IsHeads}}0{{else}}{{.Sum}}{{end}} AS amount
FROM {{$.Source}} AS part
WHERE {{.Where}}
{{- end}}{{if .BySegment}} AND segment = {{text .Segment}}{{end}}
