SELECT state, count(*), min(created_at) FROM mail GROUP BY state ORDER BY state
