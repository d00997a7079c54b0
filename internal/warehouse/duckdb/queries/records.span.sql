{{/* How far the records reach. */ -}}
WITH line AS (
    SELECT min(day) AS first_day, max(day) AS last_day, count(*) AS lines
    FROM transaction_line
), contract AS (
    SELECT min(start_day) AS first_day,
        max(CASE WHEN end_day > start_day AND start_day < {{date .Known}}
            THEN CASE WHEN end_day < {{date .Known}} THEN end_day ELSE {{date .Known}} END
            ELSE start_day END) AS last_day
    FROM subscription
{{- if .OrdersOnly}}
    WHERE NOT EXISTS (SELECT 1 FROM transaction_line)
{{- end}}
)
SELECT min(first_day), max(last_day), sum(lines), (
    SELECT count(DISTINCT customer) FROM (
        SELECT customer FROM transaction_line UNION ALL SELECT customer FROM subscription))
FROM (
    SELECT first_day, last_day, lines FROM line
    UNION ALL
    SELECT first_day, last_day, 0 FROM contract)
