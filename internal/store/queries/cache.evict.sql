DELETE FROM cache WHERE key IN (
    SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used_at DESC, key) AS total FROM cache) AS used
    WHERE total > ?)
