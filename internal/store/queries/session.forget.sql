DELETE FROM session WHERE expires_at <= ? OR seen_at < ?
