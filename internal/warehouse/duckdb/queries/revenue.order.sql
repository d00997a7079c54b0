{{/* The orders of some days. An order of several customers is the first one's, by id, so that segments add up. */ -}}
SELECT l.customer, l.source, l.order_id, l.day{{if .By}}, {{template "customer.segment.sql" "l"}} AS segment{{end}}
FROM (
    SELECT source, order_id, min(customer) AS customer, max(day) AS day
    FROM transaction_line
    WHERE kind = 'sale' AND order_id IS NOT NULL AND day BETWEEN {{date .First}} AND {{date .Last}}
    GROUP BY source, order_id
    UNION ALL
    SELECT NULL AS source, NULL AS order_id, customer, day
    FROM transaction_line
    WHERE kind = 'sale' AND order_id IS NULL AND customer IS NOT NULL AND day BETWEEN {{date .First}} AND {{date .Last}}
    GROUP BY customer, day
) AS l
{{- if .By}}
LEFT JOIN customer_attribute AS a ON a.customer = l.customer AND a.attribute = {{text .By}}
{{- end}}
