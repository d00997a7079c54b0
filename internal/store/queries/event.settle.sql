UPDATE event_message SET state = 'landed', body = NULL WHERE portion = ? AND state = 'waiting'
