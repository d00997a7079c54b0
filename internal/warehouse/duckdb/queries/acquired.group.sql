{{/* What the customers who were won together cost, have brought and are still worth, after the scores were handed down. */ -}}
WITH person AS (
    SELECT s.customer, {{quarter "s.first_day"}} AS quarter, s.t < 365 AS recent,
        coalesce(ch.value, {{unknown_segment}}) AS channel,
        TRY_CAST(co.value AS DECIMAL(18, 6)) AS cost,
        s.net, c.discounted * (p.base + p.slope * CAST(s.z AS DOUBLE)) * {{.Margin}} AS worth
    FROM run_summary AS s
    LEFT JOIN run_cell_score AS c ON c.x = s.x AND c.tx = s.tx AND c.t = s.t
    LEFT JOIN run_spend_score AS p ON p.xg = s.xg
    LEFT JOIN customer_attribute AS ch ON ch.customer = s.customer AND ch.attribute = {{text .Channel}}
    LEFT JOIN customer_attribute AS co ON co.customer = s.customer AND co.attribute = {{text .Cost}}
)
SELECT w.quarter, w.channel, w.recent, count(*) AS customers, count(w.cost) AS costed,
    CAST(coalesce(sum(w.cost), 0) AS DECIMAL(38, 12)) AS cost,
    coalesce(sum(w.net), 0) AS net,
    CAST(coalesce(sum(CAST(w.worth AS DECIMAL(38, 12))), 0) AS DOUBLE) AS worth
FROM person AS w
GROUP BY w.quarter, w.channel, w.recent
ORDER BY w.quarter, w.channel, w.recent
