{{/* Sums figures over a source, for the company and for each segment. */ -}}
SELECT {{if .By}}coalesce(segment, '') AS segment, GROUPING(segment) = 1{{else}}'' AS segment, TRUE{{end}} AS is_total
{{- range .Figures}},
    {{if .IsHeads}}CAST(coalesce(sum({{.Sum}}) FILTER (WHERE {{.Where}}), 0) AS BIGINT)
    {{- else}}coalesce(sum({{.Sum}}) FILTER (WHERE {{.Where}}), 0){{end}} AS {{identifier (print .Line)}}
{{- end}}
FROM {{.Source}} AS part
{{- if .By}}
GROUP BY GROUPING SETS ((), (segment))
{{- end}}
