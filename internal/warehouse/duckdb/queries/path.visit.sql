{{/* The steps of the graph. */ -}}
WITH met AS (
    SELECT code, sum(n * k) AS visits, sum(n) AS paths, coalesce(sum(CASE WHEN k > 1 THEN n END), 0) AS again
    FROM run_passed
    GROUP BY code
), begun AS (
    SELECT {{first_of "codes"}} AS code, sum(n) AS n FROM run_variant GROUP BY 1
), ended AS (
    SELECT {{last_of "codes"}} AS code, sum(n) AS n, sum(opened) AS opened FROM run_variant GROUP BY 1
)
SELECT m.code, CAST(m.visits AS BIGINT), CAST(m.paths AS BIGINT), CAST(m.again AS BIGINT),
    CAST(coalesce(b.n, 0) AS BIGINT) AS first, CAST(coalesce(e.n, 0) - coalesce(e.opened, 0) AS BIGINT) AS last, CAST(coalesce(e.opened, 0) AS BIGINT) AS opened
FROM met AS m
LEFT JOIN begun AS b ON b.code = m.code
LEFT JOIN ended AS e ON e.code = m.code
ORDER BY m.visits DESC, m.code
{{- /**/ -}}
