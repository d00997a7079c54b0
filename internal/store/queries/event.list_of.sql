SELECT number, source, id, customer, state, received, body FROM event_message WHERE customer = ? AND body IS NOT NULL ORDER BY number
