DELETE FROM event_message WHERE customer = ?
