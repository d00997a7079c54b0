{{/* Every customer's purchase history as of a day. Amounts of a day without a purchase belong to the
     purchase day before it, or to the first one; only customers who have such days are looked at twice. */ -}}
WITH daily AS (
    SELECT customer, day, bool_or(kind = 'sale') AS bought, sum(amount) AS net
    FROM transaction_line
    WHERE customer IS NOT NULL AND day <= {{date .AsOf}}
    GROUP BY customer, day
), person AS (
    SELECT customer,
        min(day) FILTER (WHERE bought) AS first_day,
        max(day) FILTER (WHERE bought) AS last_day,
        count(*) FILTER (WHERE bought) AS days,
        count(*) FILTER (WHERE net > 0) AS paid_days,
        sum(net) FILTER (WHERE net > 0) AS paid,
        min_by(net, day) AS first_net,
        bool_and(bought) AS plain
    FROM daily
    GROUP BY customer
    HAVING bool_or(bought)
), tangled_day AS (
    SELECT l.customer, l.day, bool_or(l.kind = 'sale') AS bought, sum(l.amount) AS net
    FROM transaction_line AS l
    JOIN person AS p ON p.customer = l.customer
    WHERE NOT p.plain AND l.day <= {{date .AsOf}}
    GROUP BY l.customer, l.day
), tangled_line AS (
    SELECT customer, net,
        coalesce(max(CASE WHEN bought THEN day END) OVER (PARTITION BY customer ORDER BY day ROWS UNBOUNDED PRECEDING),
            min(CASE WHEN bought THEN day END) OVER (PARTITION BY customer)) AS purchase_day
    FROM tangled_day
), untangled_day AS (
    SELECT customer, purchase_day, sum(net) AS net
    FROM tangled_line
    GROUP BY customer, purchase_day
), untangled AS (
    SELECT customer,
        count(*) FILTER (WHERE net > 0) AS paid_days,
        sum(net) FILTER (WHERE net > 0) AS paid,
        min_by(net, purchase_day) AS first_net
    FROM untangled_day
    GROUP BY customer
), known AS (
    SELECT p.customer, p.first_day, p.last_day, p.days,
        CASE WHEN p.plain THEN p.paid_days ELSE u.paid_days END AS paid_days,
        coalesce(CASE WHEN p.plain THEN p.paid ELSE u.paid END, 0) AS paid,
        CASE WHEN p.plain THEN p.first_net ELSE u.first_net END AS first_net
    FROM person AS p
    LEFT JOIN untangled AS u ON u.customer = p.customer
)
SELECT customer, first_day, last_day,
    CAST(days - 1 AS INTEGER) AS x,
    CAST(date_diff('day', first_day, last_day) AS INTEGER) AS tx,
    CAST(date_diff('day', first_day, {{date .AsOf}}) AS INTEGER) AS t,
    CAST(paid_days - CASE WHEN first_net > 0 THEN 1 ELSE 0 END AS INTEGER) AS xg,
    paid - CASE WHEN first_net > 0 THEN first_net ELSE 0 END AS z
FROM known
