{{/* The lines of the movement by horizon and segment. */ -}}
SELECT horizon, segment, CAST(sum(customers) AS BIGINT) AS customers,
{{- range .}}
    CAST(sum({{.}}) AS DOUBLE) AS {{.}},
{{- end}}
    sum(squares) AS squares, max(worst) AS worst
FROM run_equity_part
GROUP BY horizon, segment
ORDER BY horizon, segment
