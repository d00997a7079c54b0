{{/* Histories up to one day, with the number of purchase days from then to another. */ -}}
WITH daily AS (
{{- if .Days}}
    SELECT customer, day
    FROM customer_day
    WHERE bought AND day <= {{date .To}}
{{- else}}
    SELECT customer, day
    FROM transaction_line
    WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .To}}
    GROUP BY customer, day
{{- end}}
), person AS (
    SELECT customer, min(day) AS first_day,
        max(day) FILTER (WHERE day <= {{date .Calibrated}}) AS last_day,
        count(*) FILTER (WHERE day <= {{date .Calibrated}}) AS days,
        count(*) FILTER (WHERE day > {{date .Calibrated}}) AS actual
    FROM daily
    GROUP BY customer
)
SELECT CAST(days - 1 AS INTEGER) AS x,
    CAST(date_diff('day', first_day, last_day) AS INTEGER) AS tx,
    CAST(date_diff('day', first_day, {{date .Calibrated}}) AS INTEGER) AS t,
    CAST(actual AS INTEGER) AS actual, count(*) AS n
FROM person
WHERE first_day <= {{date .Calibrated}}
GROUP BY days, first_day, last_day, actual
