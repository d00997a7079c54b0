{{/* The first and the last day with a step. */ -}}
SELECT min(first_day), max(last_day)
FROM (
    SELECT min(day) AS first_day, max(day) AS last_day FROM interaction WHERE (customer IS NOT NULL OR case_id IS NOT NULL) AND day <= {{date .}}
    UNION ALL
    SELECT min(day) AS first_day, max(day) AS last_day FROM transaction_line WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .}}) AS ends
{{- /**/ -}}
