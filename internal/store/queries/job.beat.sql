UPDATE job SET lease_until = ?, step = ?, fraction = ?, done_rows = ?
WHERE id = ? AND lease_owner = ? AND state = 'running'
RETURNING id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, result, error, created_at, started_at, finished_at
