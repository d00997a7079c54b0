{{/* By day: customers who bought for the first time, and customers who bought again. */ -}}
WITH first_purchase AS (
    SELECT customer, min(day) AS day
    FROM {{if .Days}}customer_day{{else}}transaction_line{{end}}
    WHERE {{if .Days}}bought{{else}}kind = 'sale'{{end}} AND customer IS NOT NULL AND day <= {{date .To}}
    GROUP BY customer
), first_day AS (
    SELECT day, count(*) AS n
    FROM first_purchase
    GROUP BY day
), purchase AS (
{{- if .Days}}
    SELECT customer, day
    FROM customer_day
    WHERE bought AND day <= {{date .To}}
{{- else}}
    SELECT customer, day
    FROM transaction_line
    WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .To}}
    GROUP BY customer, day
{{- end}}
), purchase_day AS (
    SELECT day, count(*) AS n
    FROM purchase
    GROUP BY day
)
SELECT p.day, coalesce(f.n, 0) AS first_purchases, p.n - coalesce(f.n, 0) AS repeat_purchases
FROM purchase_day AS p
LEFT JOIN first_day AS f ON f.day = p.day
