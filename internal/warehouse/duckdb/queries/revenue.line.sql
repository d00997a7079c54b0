{{/* The transaction lines of some days. */ -}}
SELECT l.customer, l.source, l.order_id, l.day, l.kind, l.amount{{if .By}}, {{template "customer.segment.sql" "l"}} AS segment{{end}}
FROM transaction_line AS l
{{- if .By}}
LEFT JOIN customer_attribute AS a ON a.customer = l.customer AND a.attribute = {{text .By}}
{{- end}}
WHERE l.day BETWEEN {{date .First}} AND {{date .Last}}
