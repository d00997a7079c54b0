{{/* Every customer of the records that asked segments hold, with what is handed out of them. */ -}}
SELECT k.customer, {{if .By}}coalesce(s.value, {{unknown_segment}}){{else}}''{{end}} AS segment,
    {{if .Address}}coalesce(e.value, ''){{else}}''{{end}} AS address, {{if .Language}}coalesce(l.value, ''){{else}}''{{end}} AS language
FROM (
    SELECT customer FROM transaction_line WHERE customer IS NOT NULL
    UNION SELECT customer FROM customer_attribute
    UNION SELECT customer FROM subscription) AS k
{{if .By}}LEFT JOIN customer_attribute AS s ON s.customer = k.customer AND s.attribute = {{text .By}}
{{end}}{{if .Address}}LEFT JOIN customer_attribute AS e ON e.customer = k.customer AND e.attribute = {{text .Address}}
{{end}}{{if .Language}}LEFT JOIN customer_attribute AS l ON l.customer = k.customer AND l.attribute = {{text .Language}}
{{end -}}
WHERE true
{{- if .Segments}} AND {{if .By}}coalesce(s.value, {{unknown_segment}}){{else}}''{{end}} IN ({{texts .Segments}}){{end}}
{{- if .Customers}} AND k.customer IN ({{texts .Customers}}){{end}}
