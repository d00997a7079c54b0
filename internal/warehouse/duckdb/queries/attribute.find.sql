SELECT attribute, value FROM customer_attribute WHERE customer = ?
