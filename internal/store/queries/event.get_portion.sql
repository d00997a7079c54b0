SELECT min(portion) FROM event_message WHERE state = 'waiting' AND portion IS NOT NULL
