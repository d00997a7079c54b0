SELECT id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, result, error, created_at, started_at, finished_at
FROM job WHERE kind = ? AND key = ? AND state IN ('queued', 'running')
