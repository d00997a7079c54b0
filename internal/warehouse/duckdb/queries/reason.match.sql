{{/* The head events of a period, each with the latest reason dated within a lapse window of it, be
     that after the period; null: unknown. Money is on the customer's last event of a direction. */ -}}
WITH event AS (
{{- if .Short}}
    SELECT customer, 'in' AS direction, in_day AS day FROM run_movement WHERE in_day IS NOT NULL
    UNION ALL
    SELECT customer, 'out' AS direction, out_day AS day FROM run_movement WHERE out_day IS NOT NULL
{{- else}}
    SELECT customer, 'in' AS direction, in_day AS day FROM run_piece WHERE in_day IS NOT NULL
    UNION ALL
    SELECT customer, 'out' AS direction, out_day AS day FROM run_piece WHERE out_day IS NOT NULL
{{- end}}
), given AS (
    SELECT customer, direction, day, reason, confidence FROM reason
{{- if .Contracts}}
    UNION ALL
    SELECT customer, 'out' AS direction, end_day AS day, cancel_reason AS reason, NULL AS confidence
    FROM subscription
    WHERE end_day IS NOT NULL AND cancel_reason IS NOT NULL
{{- end}}
), candidate AS (
    SELECT e.customer, e.direction, e.day, r.reason,
        row_number() OVER (PARTITION BY e.customer, e.direction, e.day
            ORDER BY r.day DESC, r.confidence DESC NULLS LAST, r.reason) AS place
    FROM event AS e
    JOIN given AS r ON r.customer = e.customer AND r.direction = e.direction
    WHERE abs(date_diff('day', e.day, r.day)) <= {{.LapseDays}}
)
SELECT e.customer, {{if .By}}m.segment, {{end}}e.direction, e.day, nullif(c.reason, {{unknown_reason}}) AS reason, m.value0, m.value1, m.recurring0, m.recurring1,
    CASE WHEN e.direction = 'in' AND e.day = m.in_day AND m.active1 AND NOT m.active0 THEN m.value1
        WHEN e.direction = 'out' AND e.day = m.out_day AND m.active0 AND NOT m.active1 THEN m.value0
        ELSE 0 END AS amount,
    CASE WHEN e.direction = 'in' AND e.day = m.in_day AND m.active1 AND NOT m.active0 THEN m.recurring1
        WHEN e.direction = 'out' AND e.day = m.out_day AND m.active0 AND NOT m.active1 THEN m.recurring0
        ELSE 0 END AS recurring
FROM event AS e
JOIN run_movement AS m ON m.customer = e.customer
LEFT JOIN candidate AS c ON c.customer = e.customer AND c.direction = e.direction AND c.day = e.day AND c.place = 1
