SELECT count(*) FROM event_message WHERE state = 'waiting'
