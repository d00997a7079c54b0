SELECT count(*) FROM job WHERE kind = ? AND finished_at IS NULL
