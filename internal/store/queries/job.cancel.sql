UPDATE job SET cancel = TRUE,
    state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
    finished_at = CASE WHEN state = 'queued' THEN CAST(? AS BIGINT) ELSE finished_at END
WHERE id = ? AND state IN ('queued', 'running')
RETURNING id, kind, key, payload, state, attempts, run_at, cancel, step, fraction, done_rows, result, error, created_at, started_at, finished_at
