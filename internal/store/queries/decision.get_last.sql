SELECT value FROM decision WHERE name = ? ORDER BY number DESC LIMIT 1
