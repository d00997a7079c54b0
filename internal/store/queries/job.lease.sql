UPDATE job SET state = 'running', lease_owner = ?, lease_until = ?, attempts = attempts + 1, started_at = coalesce(started_at, ?)
WHERE id = ? AND ((state = 'queued' AND run_at <= ?) OR (state = 'running' AND lease_until <= ?))
RETURNING id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, result, error, created_at, started_at, finished_at
