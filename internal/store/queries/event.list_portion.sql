SELECT number, source, id, customer, state, received, body FROM event_message WHERE portion = ? AND state = 'waiting' ORDER BY number
