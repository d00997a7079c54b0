INSERT INTO event_message (number, source, id, customer, state, received, body)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM event_message), ?, ?, ?, ?, ?, ?)
ON CONFLICT (source, id) DO NOTHING
