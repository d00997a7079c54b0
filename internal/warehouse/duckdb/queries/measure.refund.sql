{{/* Lines of sales, whose amount is the weight, beside refunds. */ -}}
fact AS (
    SELECT day, customer, NULL AS touchpoint, 1 AS n, CASE WHEN kind = 'sale' THEN amount ELSE 0 END AS w, CASE WHEN kind = 'refund' THEN -amount ELSE 0 END AS wx, '' AS left_out
    FROM transaction_line
    WHERE kind IN ('sale', 'refund')
)
{{- /**/ -}}
