INSERT INTO job (id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, created_at)
VALUES (?, ?, ?, ?, 'queued', 0, ?, FALSE, ?, ?, 0, ?)
ON CONFLICT DO NOTHING
RETURNING id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, result, error, created_at, started_at, finished_at
