SELECT id, sequence, read, loaded, updated, duplicate, rejected, first_day, last_day
FROM batch
ORDER BY sequence
