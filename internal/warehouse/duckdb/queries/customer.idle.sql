WITH seen AS (
    SELECT customer, max(day) AS day FROM transaction_line GROUP BY customer
    UNION ALL SELECT customer, max(coalesce(end_day, DATE '2200-12-31')) FROM subscription GROUP BY customer
    UNION ALL SELECT customer, max(day) FROM interaction GROUP BY customer
    UNION ALL SELECT customer, max(day) FROM feedback GROUP BY customer
    UNION ALL SELECT customer, max(day) FROM reason GROUP BY customer)
SELECT customer FROM seen WHERE customer IS NOT NULL GROUP BY customer HAVING max(day) < ? ORDER BY customer
