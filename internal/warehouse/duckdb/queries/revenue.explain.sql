{{/* The rows behind a figure of revenue: one per customer, and one per order where nobody was named. */ -}}
{{with .Figure -}}
SELECT customer, CASE WHEN customer IS NULL THEN order_id END AS order_id, max({{.Day}}) AS day,
    sum({{if .IsHeads}}{{.Sum}}{{else}}0{{end}}) AS heads, 0 AS opening, 0 AS closing,
    sum({{if .IsHeads}}0{{else}}{{.Sum}}{{end}}) AS amount
FROM {{$.Source}} AS part
WHERE {{.Where}}
{{- end}}{{if .BySegment}} AND segment = {{text .Segment}}{{end}}
GROUP BY customer, CASE WHEN customer IS NULL THEN source END, CASE WHEN customer IS NULL THEN order_id END,
    CASE WHEN customer IS NULL AND order_id IS NULL THEN day END
