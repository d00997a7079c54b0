-- What a customer bought. Lines without an order are one order a day.
SELECT count(DISTINCT CASE WHEN kind = 'sale' THEN coalesce(order_id, CAST(day AS VARCHAR)) END), coalesce(sum(amount), 0), max(CASE WHEN kind = 'sale' THEN day END)
FROM transaction_line
WHERE customer = ? AND day <= ?
