SELECT attribute, count(DISTINCT value) FROM customer_attribute GROUP BY attribute
