-- The lines as a book holds them: amounts are exact decimals.
CREATE TEMP VIEW sold AS
SELECT customer, order_id, day, amount, kind = 'sale' AS sale FROM transaction_line;
