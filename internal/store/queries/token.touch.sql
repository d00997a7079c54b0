UPDATE token SET used_at = ? WHERE id = ?
