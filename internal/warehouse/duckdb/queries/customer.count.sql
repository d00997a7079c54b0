SELECT count(*) FROM (
    SELECT customer FROM transaction_line
    UNION SELECT customer FROM customer_attribute
    UNION SELECT customer FROM subscription
    UNION SELECT customer FROM interaction
    UNION SELECT customer FROM feedback
    UNION SELECT customer FROM reason) AS c
WHERE customer IS NOT NULL
