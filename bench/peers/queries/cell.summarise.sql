-- Every customer's purchase history as of a day, and the distinct cells of it: what
-- a purchase model is fitted on, by hand.
CREATE TEMP TABLE summary AS
SELECT
    customer,
    count(*) - 1 AS x,
    max(day) - min(day) AS tx,
    getvariable('as_of')::DATE - min(day) AS t,
    count_if(amount > 0) - (arg_min(amount, day) > 0)::INTEGER AS xg,
    sum(amount) FILTER (amount > 0) - greatest(arg_min(amount, day), 0) AS spend
FROM (
    SELECT customer, day, sum(amount) AS amount
    FROM sold
    WHERE customer IS NOT NULL AND day <= getvariable('as_of')::DATE
    GROUP BY customer, day
    HAVING bool_or(sale)
)
GROUP BY customer;

CREATE TEMP TABLE cell AS
SELECT x, tx, t, xg, count(*) AS n, sum(spend) AS spend FROM summary GROUP BY x, tx, t, xg;

SELECT count(*) AS cells, sum(n)::BIGINT AS customers, sum(n * x)::BIGINT AS repeats FROM cell;
