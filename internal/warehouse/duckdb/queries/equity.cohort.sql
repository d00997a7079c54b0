{{/* Who came after the opening, by the month of the first purchase. */ -}}
SELECT horizon, {{month "first_day"}} AS month, count(*) AS customers, CAST(sum(CAST(fresh_worth AS DECIMAL(38, 12))) AS DOUBLE) AS worth
FROM run_equity
WHERE fresh
GROUP BY horizon, 2
ORDER BY horizon, 2
