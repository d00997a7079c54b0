-- Who came after the opening, by the month of the first purchase.
SELECT horizon, month, CAST(sum(customers) AS BIGINT) AS customers, CAST(sum(fresh_worth) AS DOUBLE) AS worth
FROM run_equity_part
WHERE fresh
GROUP BY horizon, month
ORDER BY horizon, month
