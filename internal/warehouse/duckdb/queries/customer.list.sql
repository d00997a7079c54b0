{{/* One row per customer, after the movement of the summary's day was prepared and the scores were handed down. */ -}}
WITH {{if not .WorthOnly}}bought AS (
    SELECT customer, source, order_id
    FROM transaction_line
    WHERE kind = 'sale' AND order_id IS NOT NULL AND customer IS NOT NULL AND day <= {{date .AsOf}}
    GROUP BY customer, source, order_id
    UNION ALL
    SELECT customer, NULL AS source, NULL AS order_id
    FROM transaction_line
    WHERE kind = 'sale' AND order_id IS NULL AND customer IS NOT NULL AND day <= {{date .AsOf}}
    GROUP BY customer, day
), counted AS (
    SELECT customer, count(*) AS orders
    FROM bought
    GROUP BY customer
), {{end}}scored AS (
    SELECT s.customer, {{if .WorthOnly}}CAST(0 AS BIGINT) AS orders{{else}}o.orders{{end}}, s.tx, s.t,
        {{if .WorthOnly}}CAST(0 AS DECIMAL(38, 12)) AS value1{{else}}v.value1{{end}},
        c.alive, c.expected, c.discounted, c.deviation,
        p.base + p.slope * CAST(s.z AS DOUBLE) AS spend,
        p.var_base + 2 * CAST(s.z AS DOUBLE) * p.cov + CAST(s.z AS DOUBLE) * CAST(s.z AS DOUBLE) * p.var_slope AS spend_variance
    FROM run_summary AS s
{{- if not .WorthOnly}}
    JOIN counted AS o ON o.customer = s.customer
    JOIN run_value AS v ON v.customer = s.customer
{{- end}}
    LEFT JOIN run_cell_score AS c ON c.x = s.x AND c.tx = s.tx AND c.t = s.t
    LEFT JOIN run_spend_score AS p ON p.xg = s.xg
{{- if .By}}
    LEFT JOIN customer_attribute AS a ON a.customer = s.customer AND a.attribute = {{text .By}}
{{- end}}
{{- if .Grouped}}
    LEFT JOIN run_movement AS m ON m.customer = s.customer
{{- end}}
    WHERE TRUE
{{- if .By}} AND coalesce(a.value, {{unknown_segment}}) = {{text .Segment}}{{end}}
{{- if .Grouped}} AND {{template "customer.group.sql" .From}} = {{.InGroup}}{{end}}
), valued AS (
    SELECT *, discounted * spend * {{.Margin}} AS clv,
        exp(1.959964 * sqrt(deviation * deviation + CASE WHEN spend_variance > 0 THEN spend_variance ELSE 0 END / (spend * spend))) AS factor
    FROM scored
)
SELECT customer, orders, tx, t, value1, alive, expected,
    TRY_CAST(clv AS DECIMAL(38, 2)) AS worth,
    TRY_CAST(clv / factor AS DECIMAL(38, 2)) AS low,
    TRY_CAST(clv * factor AS DECIMAL(38, 2)) AS high
FROM valued
ORDER BY {{if .ByWorth}}clv DESC NULLS LAST, {{end}}customer
OFFSET {{.Offset}}
{{- if .Limit}}
LIMIT {{.Limit}}
{{- end}}
