-- What every interaction of a customer follows on, and how long after, by one pass of a
-- window: the least that paths take.
SELECT count(*) AS steps,
    count(*) FILTER (before_at IS NULL OR began_at - before_at > INTERVAL 30 DAY) AS paths,
    count(*) FILTER (before = touchpoint AND began_at - before_at <= INTERVAL 30 DAY) AS again
FROM (
    SELECT touchpoint, local_time AS began_at, lag(touchpoint) OVER passed AS before, lag(local_time) OVER passed AS before_at
    FROM interaction
    WINDOW passed AS (PARTITION BY customer ORDER BY local_time, touchpoint));
