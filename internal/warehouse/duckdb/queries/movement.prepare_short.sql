{{/* Order business, and a period no longer than the lapse window: then nobody can come twice or be
     lost twice in it, and the first and last purchases on either side of its beginning tell all. */ -}}
WITH line AS (
    SELECT customer, day, amount, CASE WHEN kind = 'sale' AND customer IS NOT NULL THEN day END AS sale
    FROM transaction_line
    WHERE day <= {{date .To}}
), history AS (
    SELECT customer, min(sale) AS first_day, max(sale) AS last_day,
        max(sale) FILTER (WHERE sale < {{date .From}}) AS before,
        min(sale) FILTER (WHERE sale >= {{date .From}}) AS since,
        sum(amount) FILTER (WHERE day > {{date .OpeningWindow}} AND day <= {{date .Opening}}) AS net0,
        sum(amount) FILTER (WHERE day > {{date .ClosingWindow}}) AS net1
    FROM line
    GROUP BY customer
), event AS (
    SELECT *,
        CASE WHEN before IS NULL OR date_diff('day', before, since) > {{.LapseDays}} THEN since END AS in_day,
        CASE WHEN before > {{date .OpeningWindow}} AND before <= {{date .ClosingWindow}}
            AND (since IS NULL OR date_diff('day', before, since) > {{.LapseDays}})
            THEN {{plus_days "before" .LapseDays}} END AS out_day
    FROM history
), state AS (
    SELECT customer, first_day, last_day, in_day, out_day, net0, net1, 0 AS recurring0, 0 AS recurring1,
        coalesce(before > {{date .OpeningWindow}}, FALSE) AS active0,
        coalesce(last_day > {{date .ClosingWindow}}, FALSE) AS active1,
        CASE WHEN in_day = first_day THEN 1 ELSE 0 END AS came,
        CASE WHEN in_day > first_day THEN 1 ELSE 0 END AS returned,
        CASE WHEN out_day IS NOT NULL THEN 1 ELSE 0 END AS lost
    FROM event
)
{{template "movement.state.sql" .}}
