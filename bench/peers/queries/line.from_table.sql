-- The lines as the plain import holds them: amounts are DOUBLE.
CREATE TEMP VIEW sold AS
SELECT customer, "order" AS order_id, time AS day, amount, amount >= 0 AS sale FROM line;
