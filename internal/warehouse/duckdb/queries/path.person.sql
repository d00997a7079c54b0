{{/* Customers who have a step, by number. */ -}}
SELECT customer, row_number() OVER (ORDER BY customer) AS person
FROM (
    SELECT customer FROM interaction WHERE customer IS NOT NULL AND day <= {{date .Days.To}}
{{- if .Orders}}
    UNION
    SELECT customer FROM transaction_line WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .Days.To}}
{{- else}}
    GROUP BY customer
{{- end}}) AS known
{{- /**/ -}}
