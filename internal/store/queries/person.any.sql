SELECT count(*) FROM (SELECT 1 FROM person LIMIT 1) AS one
