UPDATE job SET state = ?, attempts = ?, run_at = ?, step = ?, fraction = ?, done_rows = ?, result = ?, error = ?, finished_at = ?,
    lease_owner = NULL, lease_until = NULL
WHERE id = ? AND lease_owner = ? AND state = 'running'
