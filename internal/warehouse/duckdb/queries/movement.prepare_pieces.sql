{{/* Any business, any period: intervals in which a customer is active, each with the events at its
     ends. Purchases less than a lapse window apart make one interval, and so do all purchases before
     the period, for nothing that happens before it counts but the first and the last day. */ -}}
WITH piece AS (
{{- if .Orders}}
    SELECT customer, min(day) AS start_day, {{plus_days "max(day)" .LapseDays}} - 1 AS end_day
    FROM transaction_line
    WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .To}}
    GROUP BY customer, CASE WHEN day < {{date .From}} THEN -1 ELSE {{chunk "day" .From .LapseDays}} END
{{- end}}
{{- if and .Orders .Contracts}}
    UNION ALL
{{- end}}
{{- if .Contracts}}
    SELECT customer, start_day, coalesce({{plus_days "end_day" .GraceDays}}, {{date .To}}) AS end_day
    FROM subscription
    WHERE start_day <= {{date .To}} AND coalesce({{plus_days "end_day" .GraceDays}} >= start_day, TRUE)
{{- end}}
), reach AS (
    SELECT customer, start_day, end_day,
        max(end_day) OVER (PARTITION BY customer ORDER BY start_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
        max(end_day) OVER (PARTITION BY customer ORDER BY start_day ROWS UNBOUNDED PRECEDING) AS reach,
        lead(start_day) OVER (PARTITION BY customer ORDER BY start_day) AS next_day
    FROM piece
)
SELECT customer, start_day, end_day, reached IS NULL AS is_first,
    CASE WHEN start_day >= {{date .From}} AND (reached IS NULL OR date_diff('day', reached, start_day) > 1)
        THEN start_day END AS in_day,
    CASE WHEN reach >= {{date .Opening}} AND reach < {{date .To}} AND (next_day IS NULL OR date_diff('day', reach, next_day) > 1)
        THEN {{plus_days "reach" 1}} END AS out_day
FROM reach
