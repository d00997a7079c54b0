{{/* What the facts of a measure add up to, by period, segment and whether they count. */ -}}
WITH {{template "measure.period.sql" .}}, {{if .Delivered}}{{template "measure.delivery.sql" .}}, {{end}}
{{- if .Instrument}}{{template "measure.answer.sql" .}}
{{- else if eq .Of "promises"}}{{template "measure.promise.sql" .}}
{{- else if eq .Of "handovers"}}{{template "measure.handover.sql" .}}
{{- else if eq .Of "problems"}}{{template "measure.problem.sql" .}}
{{- else if eq .Of "complaints"}}{{template "measure.complaint.sql" .}}
{{- else if eq .Of "refunds"}}{{template "measure.refund.sql" .}}
{{- else}}{{template "measure.contact.sql" .}}{{end}}
SELECT p.place, {{template "measure.segment.sql" .}} AS segment, f.left_out, CAST(sum(f.n) AS BIGINT) AS n,
    coalesce(CAST(sum(f.w) AS DOUBLE), 0) AS w, coalesce(sum(CAST(f.w AS DOUBLE) * CAST(f.w AS DOUBLE)), 0) AS w2,
    coalesce(CAST(sum(f.wx) FILTER (WHERE f.left_out = '') AS DOUBLE), 0) AS x,
    coalesce(sum(CASE WHEN f.w > 0 AND f.left_out = '' THEN CAST(f.wx AS DOUBLE) * CAST(f.wx AS DOUBLE) / CAST(f.w AS DOUBLE) END), 0) AS x2
FROM fact AS f
JOIN period AS p ON f.day BETWEEN p.first_day AND p.last_day
{{- if .Attribute}}
LEFT JOIN customer_attribute AS a ON a.customer = f.customer AND a.attribute = {{text .Attribute}}
{{- end}}
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
