SELECT min(first_day), max(last_day), sum(lines), (
    SELECT count(DISTINCT customer) FROM (
        SELECT customer FROM transaction_line UNION ALL SELECT customer FROM subscription))
FROM (
    SELECT min(day) AS first_day, max(day) AS last_day, count(*) AS lines FROM transaction_line
    UNION ALL
    SELECT min(start_day), max(greatest(start_day, coalesce(end_day, start_day))), 0 FROM subscription)
