{{/* What happened with a customer, the latest first. */ -}}
WITH moment AS (
    SELECT CASE WHEN bool_and(kind = 'refund') THEN 'refund' ELSE 'order' END AS what, min(day) AS day, min(local_time) AS at_time, coalesce(order_id, '') AS name, NULL AS touchpoint,
        NULL AS outcome, NULL AS problem, CAST(NULL AS TIMESTAMP) AS promised_at, CAST(NULL AS TIMESTAMP) AS actual_at,
        sum(amount) AS amount, CAST(NULL AS DECIMAL(38, 12)) AS score, CAST(NULL AS DECIMAL(38, 12)) AS scale_min, CAST(NULL AS DECIMAL(38, 12)) AS scale_max, NULL AS said
    FROM transaction_line
    WHERE customer = {{text .Customer}} AND day <= {{date .Known}}
    GROUP BY source, order_id, CASE WHEN order_id IS NULL THEN day END, kind = 'refund'
    UNION ALL
    SELECT 'interaction', day, local_time, coalesce(kind, ''), touchpoint, outcome, problem, promised_at, actual_at, NULL, NULL, NULL, NULL, NULL
    FROM interaction
    WHERE customer = {{text .Customer}} AND day <= {{date .Known}}
    UNION ALL
    SELECT 'answer', day, local_time, instrument, touchpoint, CASE WHEN not_applicable THEN 'not applicable' END, NULL, NULL, NULL, NULL, score, scale_min, scale_max, text
    FROM feedback
    WHERE customer = {{text .Customer}} AND day <= {{date .Known}}
    UNION ALL
    SELECT 'contract began', start_day, NULL, coalesce(plan, ''), NULL, recurring_period, NULL, NULL, NULL, recurring_amount, NULL, NULL, NULL, NULL
    FROM subscription
    WHERE customer = {{text .Customer}} AND start_day <= {{date .Known}}
    UNION ALL
    SELECT 'contract ended', end_day, NULL, coalesce(plan, ''), NULL, cancel_reason, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM subscription
    WHERE customer = {{text .Customer}} AND end_day <= {{date .Known}}
    UNION ALL
    SELECT CASE WHEN direction = 'in' THEN 'reason to come' ELSE 'reason to leave' END, day, NULL, reason, NULL, given_by, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM reason
    WHERE customer = {{text .Customer}} AND day <= {{date .Known}}
)
SELECT what, day, at_time, name, coalesce(touchpoint, '') AS touchpoint, coalesce(outcome, '') AS outcome, coalesce(problem, '') AS problem,
    promised_at, actual_at, amount, score, scale_min, scale_max, coalesce(said, '') AS said, count(*) OVER () AS total
FROM moment
ORDER BY day DESC, at_time DESC NULLS LAST, what, name, touchpoint, said
OFFSET {{.Offset}}
LIMIT {{.Limit}}
{{- /**/ -}}
