{{/* Any business, any period, after movement.prepare_pieces. */ -}}
WITH history AS (
    SELECT customer,
        max(day) FILTER (WHERE kind = 'sale' AND customer IS NOT NULL) AS last_sale,
        sum(amount) FILTER (WHERE day > {{date .OpeningWindow}} AND day <= {{date .Opening}}) AS net0,
        sum(amount) FILTER (WHERE day > {{date .ClosingWindow}}) AS net1
    FROM transaction_line
    WHERE day <= {{date .To}}
    GROUP BY customer
), activity AS (
    SELECT customer, min(start_day) AS first_day, max(start_day) AS last_start,
        bool_or(start_day <= {{date .Opening}} AND end_day >= {{date .Opening}}) AS active0,
        bool_or(end_day >= {{date .To}}) AS active1,
        max(in_day) AS in_day, max(out_day) AS out_day,
        count(in_day) FILTER (WHERE is_first) AS came,
        count(in_day) FILTER (WHERE NOT is_first) AS returned,
        count(out_day) AS lost
    FROM {{.Pieces}}
    GROUP BY customer
)
{{- if .Contracts}}, recurring AS (
    SELECT customer,
        sum({{monthly "recurring_amount" "recurring_period"}}) FILTER (WHERE start_day <= {{date .Opening}}
            AND coalesce({{plus_days "end_day" .GraceDays}} >= {{date .Opening}}, TRUE)) AS recurring0,
        sum({{monthly "recurring_amount" "recurring_period"}}) FILTER (WHERE
            coalesce({{plus_days "end_day" .GraceDays}} >= {{date .To}}, TRUE)) AS recurring1
    FROM subscription
    WHERE start_day <= {{date .To}} AND coalesce({{plus_days "end_day" .GraceDays}} >= start_day, TRUE)
    GROUP BY customer
)
{{- end}}, state AS (
    SELECT coalesce(h.customer, a.customer) AS customer, a.first_day, coalesce(h.last_sale, a.last_start) AS last_day,
        a.in_day, a.out_day, h.net0, h.net1,
        coalesce(a.active0, FALSE) AS active0, coalesce(a.active1, FALSE) AS active1,
        coalesce(a.came, 0) AS came, coalesce(a.returned, 0) AS returned, coalesce(a.lost, 0) AS lost,
{{- if .Contracts}}
        coalesce(r.recurring0, 0) AS recurring0, coalesce(r.recurring1, 0) AS recurring1
{{- else}}
        0 AS recurring0, 0 AS recurring1
{{- end}}
    FROM history AS h
    FULL JOIN activity AS a ON a.customer = h.customer
{{- if .Contracts}}
    LEFT JOIN recurring AS r ON r.customer = a.customer
{{- end}}
)
{{template "movement.state.sql" .}}
