{{/* Complaints, which have a count and no weight, beside orders, which have a weight and no count. An
     order is the lines of one id or, without one, of one customer and day; it counts on its first day. */ -}}
fact AS (
    SELECT day, customer, touchpoint, 1 AS n, CAST(0 AS DOUBLE) AS w, CAST(1 AS DOUBLE) AS wx, '' AS left_out
    FROM interaction
    WHERE lower(trim(kind)) = 'complaint'{{template "measure.at.sql" .}}
    UNION ALL
    SELECT min(day) AS day, min(customer) AS customer, NULL AS touchpoint, 0 AS n, CAST(1 AS DOUBLE) AS w, CAST(0 AS DOUBLE) AS wx, '' AS left_out
    FROM transaction_line
    WHERE kind = 'sale' AND (order_id IS NOT NULL OR customer IS NOT NULL)
    GROUP BY order_id, CASE WHEN order_id IS NULL THEN customer END, CASE WHEN order_id IS NULL THEN day END, CASE WHEN order_id IS NOT NULL THEN source END
)
{{- /**/ -}}
