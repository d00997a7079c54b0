{{/* Customers by purchase history, and by segment and group where asked for. */ -}}
SELECT {{if .By}}coalesce(a.value, {{unknown_segment}}){{else}}''{{end}} AS segment,
{{- if .Grouped}}
    {{template "customer.group.sql" .From}} AS grouped,
{{- else}}
    '' AS grouped,
{{- end}}
    s.x, s.tx, s.t, s.xg, count(*) AS n, CAST(sum(s.z) AS DOUBLE) AS spend
FROM run_summary AS s
{{- if .By}}
LEFT JOIN customer_attribute AS a ON a.customer = s.customer AND a.attribute = {{text .By}}
{{- end}}
{{- if .Grouped}}
LEFT JOIN run_movement AS m ON m.customer = s.customer
{{- end}}
GROUP BY 1, 2, s.x, s.tx, s.t, s.xg
ORDER BY 1, 2, s.x, s.tx, s.t, s.xg
