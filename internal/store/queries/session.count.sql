SELECT count(*) FROM session WHERE expires_at > ? AND seen_at >= ?
