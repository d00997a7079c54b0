DELETE FROM mail WHERE ended_at < ?
