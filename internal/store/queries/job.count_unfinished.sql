SELECT count(*) FROM job WHERE finished_at IS NULL
