{{/* What the customers of each group are worth, each once. */ -}}
WITH worth AS (
{{- if .Scored}}
    SELECT s.customer, c.discounted * (b.base + b.slope * CAST(s.z AS DOUBLE)) * {{.Margin}} AS worth
    FROM run_summary AS s
    JOIN run_cell_score AS c ON c.x = s.x AND c.tx = s.tx AND c.t = s.t
    JOIN run_spend_score AS b ON b.xg = s.xg
{{- else}}
    SELECT customer, CAST(net AS DOUBLE) * {{.Margin}} AS worth FROM run_summary
{{- end}}
), taker AS (
    SELECT DISTINCT {{.Group}} AS part, p.customer
    FROM run_path AS p {{.Join}}
    WHERE p.customer IS NOT NULL
)
SELECT t.part, count(*) AS valued, CAST(sum(CAST(w.worth AS DECIMAL(38, 6))) AS DOUBLE) AS worth
FROM taker AS t
JOIN worth AS w ON w.customer = t.customer
GROUP BY t.part
{{- /**/ -}}
