-- Every customer's purchase history at the two ends of a period: the least that any movement of worth reads.
CREATE TEMP TABLE opening AS
SELECT customer, count(*) - 1 AS x, max(day) - min(day) AS tx, getvariable('first')::DATE - 1 - min(day) AS t,
    count_if(amount > 0) - (arg_min(amount, day) > 0)::INTEGER AS xg,
    sum(amount) FILTER (amount > 0) - greatest(arg_min(amount, day), 0) AS spend
FROM (
    SELECT customer, day, sum(amount) AS amount
    FROM sold
    WHERE customer IS NOT NULL AND day < getvariable('first')::DATE
    GROUP BY customer, day
    HAVING bool_or(sale)
)
GROUP BY customer;

CREATE TEMP TABLE closing AS
SELECT customer, count(*) - 1 AS x, max(day) - min(day) AS tx, getvariable('last')::DATE - min(day) AS t,
    count_if(amount > 0) - (arg_min(amount, day) > 0)::INTEGER AS xg,
    sum(amount) FILTER (amount > 0) - greatest(arg_min(amount, day), 0) AS spend
FROM (
    SELECT customer, day, sum(amount) AS amount
    FROM sold
    WHERE customer IS NOT NULL AND day <= getvariable('last')::DATE
    GROUP BY customer, day
    HAVING bool_or(sale)
)
GROUP BY customer;

SELECT (SELECT count(*) FROM closing) - (SELECT count(*) FROM opening) AS came;
