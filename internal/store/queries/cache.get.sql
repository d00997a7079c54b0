SELECT value, used_at FROM cache WHERE key = ?
