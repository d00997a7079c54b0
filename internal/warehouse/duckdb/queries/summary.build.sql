{{/* Every customer's purchase history as of a day, and the net amount so far. Amounts of a day without a purchase belong to the
     purchase day before it, or to the first one; only customers who have such days are looked at twice. */ -}}
WITH daily AS (
{{- if .Days}}
    SELECT customer, day, bought, net
    FROM customer_day
    WHERE day <= {{date .AsOf}}
{{- else}}
    SELECT customer, day, bool_or(kind = 'sale') AS bought, sum(amount) AS net
    FROM transaction_line
    WHERE customer IS NOT NULL AND day <= {{date .AsOf}}
    GROUP BY customer, day
{{- end}}
), person AS (
    SELECT customer,
        min(CASE WHEN bought THEN day END) AS first_day,
        max(CASE WHEN bought THEN day END) AS last_day,
        count(CASE WHEN bought THEN 1 END) AS days,
        count(CASE WHEN net > 0 THEN 1 END) AS paid_days,
        sum(CASE WHEN net > 0 THEN net END) AS paid,
        min_by(net, day) AS first_net,
        sum(net) AS net,
        bool_and(bought) AS plain
    FROM daily
    GROUP BY customer
    HAVING bool_or(bought)
), tangled_day AS (
{{- if .Days}}
    SELECT d.customer, d.day, d.bought, d.net
    FROM customer_day AS d
    JOIN person AS p ON p.customer = d.customer
    WHERE NOT p.plain AND d.day <= {{date .AsOf}}
{{- else}}
    SELECT l.customer, l.day, bool_or(l.kind = 'sale') AS bought, sum(l.amount) AS net
    FROM transaction_line AS l
    JOIN person AS p ON p.customer = l.customer
    WHERE NOT p.plain AND l.day <= {{date .AsOf}}
    GROUP BY l.customer, l.day
{{- end}}
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
        count(CASE WHEN net > 0 THEN 1 END) AS paid_days,
        sum(CASE WHEN net > 0 THEN net END) AS paid,
        min_by(net, purchase_day) AS first_net
    FROM untangled_day
    GROUP BY customer
), known AS (
    SELECT customer, first_day, last_day, days, paid_days, coalesce(paid, 0) AS paid, first_net, net
    FROM person
    WHERE plain
    UNION ALL
    SELECT p.customer, p.first_day, p.last_day, p.days, u.paid_days, coalesce(u.paid, 0) AS paid, u.first_net, p.net
    FROM person AS p
    JOIN untangled AS u ON u.customer = p.customer
    WHERE NOT p.plain
)
SELECT customer, first_day, last_day,
    CAST(days - 1 AS INTEGER) AS x,
    CAST(date_diff('day', first_day, last_day) AS INTEGER) AS tx,
    CAST(date_diff('day', first_day, {{date .AsOf}}) AS INTEGER) AS t,
    CAST(paid_days - CASE WHEN first_net > 0 THEN 1 ELSE 0 END AS INTEGER) AS xg,
    paid - CASE WHEN first_net > 0 THEN first_net ELSE 0 END AS z,
    net
FROM known
