INSERT INTO decision (name, number, value, at)
SELECT ?, coalesce(max(number), 0) + 1, ?, ? FROM decision WHERE name = ?
