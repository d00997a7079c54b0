{{/* Who came after the opening, by the month of the first purchase. */ -}}
SELECT {{month "first_day"}} AS month, count(*) AS customers, CAST(sum(CAST(fresh_worth AS DECIMAL(38, 12))) AS DOUBLE) AS worth
FROM run_equity
WHERE fresh
GROUP BY 1
ORDER BY 1
