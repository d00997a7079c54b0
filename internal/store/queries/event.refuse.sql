UPDATE event_message SET state = 'refused' WHERE portion = ? AND state = 'waiting'
