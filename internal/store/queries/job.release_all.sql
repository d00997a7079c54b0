UPDATE job SET state = 'queued', lease_owner = NULL, lease_until = NULL WHERE state = 'running'
