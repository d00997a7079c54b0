-- Variants by number, the most frequent first.
SELECT row_number() OVER (ORDER BY n DESC, codes) AS place, codes, n, opened
FROM (
    SELECT codes, count(*) AS n, count(CASE WHEN is_open THEN 1 END) AS opened
    FROM run_path
    GROUP BY codes) AS counted
