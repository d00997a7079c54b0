-- Customers by number of paid repeat days and by the logarithm of what they spent on them.
SELECT xg, count(*) AS n, CAST(sum(z) AS DOUBLE) AS spend
FROM run_summary
WHERE xg > 0
GROUP BY xg, floor(ln(CAST(z AS DOUBLE)) * 512)
ORDER BY xg, floor(ln(CAST(z AS DOUBLE)) * 512)
