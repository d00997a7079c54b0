UPDATE cache SET used_at = ? WHERE key = ?
