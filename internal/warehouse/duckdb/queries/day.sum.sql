-- What every customer brought on each day. The rows of one customer lie together: a table so sorted is
-- grouped by customer in half the time.
SELECT customer, day, bool_or(kind = 'sale') AS bought, sum(amount) AS net
FROM transaction_line
WHERE customer IS NOT NULL
GROUP BY customer, day
ORDER BY customer, day
