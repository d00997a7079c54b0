{{/* Customers by purchase history, and by segment and group where asked for. */ -}}
WITH person AS (
    SELECT s.x, s.tx, s.t, s.xg, s.z
        {{- if .By}}, coalesce(a.value, {{unknown_segment}}) AS segment{{end}}
        {{- if .Grouped}}, {{template "customer.group.sql" .From}} AS grouped{{end}}
    FROM run_summary AS s
{{- if .By}}
    LEFT JOIN customer_attribute AS a ON a.customer = s.customer AND a.attribute = {{text .By}}
{{- end}}
{{- if .Grouped}}
    LEFT JOIN run_movement AS m ON m.customer = s.customer
{{- end}}
)
SELECT x, tx, t, xg, count(*) AS n, CAST(sum(z) AS DOUBLE) AS spend{{if .By}}, segment{{end}}{{if .Grouped}}, grouped{{end}}
FROM person
GROUP BY {{if .By}}segment, {{end}}{{if .Grouped}}grouped, {{end}}x, tx, t, xg
ORDER BY {{if .By}}segment, {{end}}{{if .Grouped}}grouped, {{end}}x, tx, t, xg
