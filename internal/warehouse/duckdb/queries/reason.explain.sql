{{/* The events that share a reason. */ -}}
SELECT customer, CAST(NULL AS VARCHAR) AS order_id, day, 1 AS heads, {{.Value}}0 AS opening, {{.Value}}1 AS closing,
    {{if eq .Value "recurring"}}recurring AS {{end}}amount
FROM (
{{template "reason.match.sql" .}}
) AS matched
WHERE direction = {{text .Direction}} AND {{if .Unknown}}reason IS NULL{{else}}reason = {{text .Reason}}{{end}}
{{- if .BySegment}} AND segment = {{text .Segment}}{{end}}
