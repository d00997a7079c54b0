INSERT INTO batch (id, sequence, kind, source, read, loaded, updated, duplicate, rejected, first_day, last_day)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
