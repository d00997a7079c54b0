{{/* What records tell of steps, so that a question does not look for what there is not. */ -}}
SELECT count(*) FILTER (WHERE customer IS NULL AND case_id IS NULL) AS left_out,
    bool_or(case_id IS NOT NULL) AS cased, bool_or(ended_at > coalesce(local_time, CAST(day AS TIMESTAMP))) AS ends, bool_or(agent IS NOT NULL) AS agents,
    EXISTS (SELECT 1 FROM transaction_line WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .Days.To}}) AS orders
FROM interaction
WHERE day <= {{date .Days.To}}
{{- /**/ -}}
