-- The customer and value movement of a period of at most lapse_days days, as one
-- who knows DuckDB would write it: one pass over the lines for what each customer
-- did around the two ends, one for the revenue. In so short a period nobody who
-- bought in it is lost in it, and nobody comes back twice.
SET VARIABLE first_day = getvariable('first')::DATE;
SET VARIABLE last_day = getvariable('last')::DATE;
SET VARIABLE lapse = getvariable('lapse_days')::INTEGER;
SET VARIABLE opening = getvariable('first_day') - 1;

CREATE TEMP TABLE ends AS
SELECT
    customer,
    min(day) FILTER (sale) AS first_sale,
    max(day) FILTER (sale AND day <= getvariable('opening')) AS before,
    min(day) FILTER (sale AND day > getvariable('opening')) AS came,
    max(day) FILTER (sale) AS last_sale,
    coalesce(sum(amount) FILTER (day > getvariable('opening') - getvariable('lapse') AND day <= getvariable('opening')), 0) AS net0,
    coalesce(sum(amount) FILTER (day > getvariable('last_day') - getvariable('lapse')), 0) AS net1
FROM sold
WHERE customer IS NOT NULL AND day <= getvariable('last_day')
GROUP BY customer;

CREATE TEMP TABLE moved AS
SELECT
    *,
    coalesce(before > getvariable('opening') - getvariable('lapse'), false) AS active0,
    coalesce(last_sale > getvariable('last_day') - getvariable('lapse'), false) AS active1,
    CASE WHEN active0 THEN net0 ELSE 0 END AS v0,
    CASE WHEN active1 THEN net1 ELSE 0 END AS v1
FROM ends;

WITH heads AS (
    SELECT
        count_if(active0) AS opening,
        count_if(first_sale > getvariable('opening')) AS new,
        count_if(came - before > getvariable('lapse')) AS reactivated,
        count_if(before + getvariable('lapse') BETWEEN getvariable('first_day') AND getvariable('last_day')
            AND (came IS NULL OR came > before + getvariable('lapse'))) AS lost,
        count_if(active1) AS closing,
        count_if(active0 AND NOT active1) AS lost_of_opening,
        count_if(before IS NOT NULL AND NOT active0) AS lapsed_at_opening,
        sum(v0) AS value_opening,
        sum(v1) FILTER (NOT active0 AND first_sale > getvariable('opening')) AS value_new,
        sum(v1) FILTER (NOT active0 AND first_sale <= getvariable('opening')) AS value_reactivated,
        sum(v1 - v0) FILTER (active0 AND active1 AND v1 > v0) AS value_expanded,
        sum(v0 - v1) FILTER (active0 AND active1 AND v1 < v0) AS value_contracted,
        sum(v0) FILTER (active0 AND NOT active1) AS value_lost,
        sum(v1) AS value_closing,
        sum(net1) FILTER (NOT active1) AS inactive
    FROM moved
), revenue AS (
    SELECT
        sum(amount) FILTER (sale) AS gross,
        -sum(amount) FILTER (NOT sale) AS refunds,
        sum(amount) FILTER (customer IS NULL) AS unattributed,
        count(DISTINCT order_id) FILTER (sale) AS orders,
        count(*) AS lines
    FROM sold
    WHERE day BETWEEN getvariable('first_day') AND getvariable('last_day')
)
SELECT
    opening, new, reactivated, lost, closing, lost_of_opening, lapsed_at_opening, orders, lines,
    coalesce(value_opening, 0)::DECIMAL(38, 2)::VARCHAR AS value_opening,
    coalesce(value_new, 0)::DECIMAL(38, 2)::VARCHAR AS value_new,
    coalesce(value_reactivated, 0)::DECIMAL(38, 2)::VARCHAR AS value_reactivated,
    coalesce(value_expanded, 0)::DECIMAL(38, 2)::VARCHAR AS value_expanded,
    coalesce(value_contracted, 0)::DECIMAL(38, 2)::VARCHAR AS value_contracted,
    coalesce(value_lost, 0)::DECIMAL(38, 2)::VARCHAR AS value_lost,
    coalesce(value_closing, 0)::DECIMAL(38, 2)::VARCHAR AS value_closing,
    coalesce(inactive, 0)::DECIMAL(38, 2)::VARCHAR AS inactive,
    coalesce(gross, 0)::DECIMAL(38, 2)::VARCHAR AS gross,
    coalesce(refunds, 0)::DECIMAL(38, 2)::VARCHAR AS refunds,
    coalesce(unattributed, 0)::DECIMAL(38, 2)::VARCHAR AS unattributed
FROM heads, revenue;
