DELETE FROM event_message WHERE received < ? AND state <> 'waiting'
