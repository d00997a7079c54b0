{{/* The end of both ways to prepare a movement: one row per customer, and one for lines without. */ -}}
SELECT s.customer, {{if .By}}{{template "customer.segment.sql" "s"}} AS segment, {{end}}s.first_day, s.last_day, s.in_day, s.out_day,
    s.came, s.returned, s.lost, s.active0, s.active1,
    coalesce(s.first_day >= {{date .From}}, FALSE) AS fresh,
    coalesce(s.net1, 0) AS net1,
    CASE WHEN s.active0 THEN coalesce(s.net0, 0) ELSE 0 END AS value0,
    CASE WHEN s.active1 THEN coalesce(s.net1, 0) ELSE 0 END AS value1,
    s.recurring0, s.recurring1
FROM state AS s
{{- if .By}}
LEFT JOIN customer_attribute AS a ON a.customer = s.customer AND a.attribute = {{text .By}}
{{- end}}
