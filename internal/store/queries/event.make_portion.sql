UPDATE event_message SET portion = (SELECT coalesce(max(portion), 0) + 1 FROM event_message)
WHERE number IN (
    SELECT number FROM event_message
    WHERE state = 'waiting' AND portion IS NULL AND source = (
        SELECT source FROM event_message WHERE state = 'waiting' AND portion IS NULL ORDER BY number LIMIT 1)
    ORDER BY number LIMIT ?)
