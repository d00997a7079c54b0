SELECT id FROM job
WHERE kind = ? AND ((state = 'queued' AND run_at <= ?) OR (state = 'running' AND lease_until <= ?))
ORDER BY run_at, created_at, id LIMIT 1
