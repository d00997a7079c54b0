{{/* The delivery of each order, found by its id or its case: the one promised last. */ -}}
promise AS (
    SELECT interaction AS order_id, promised_at, actual_at, weight FROM interaction WHERE promised_at IS NOT NULL
    UNION ALL
    SELECT case_id, promised_at, actual_at, weight FROM interaction WHERE promised_at IS NOT NULL AND case_id <> interaction
), delivery AS (
    SELECT order_id, weight,
        CASE WHEN actual_at IS NULL THEN ''
            WHEN late < -30 THEN '-30' WHEN late > 30 THEN '30' ELSE CAST(late AS VARCHAR) END AS days_late
    FROM (
        SELECT *, date_diff('day', CAST(promised_at AS DATE), CAST(actual_at AS DATE)) AS late,
            row_number() OVER (PARTITION BY order_id ORDER BY promised_at DESC, actual_at NULLS LAST, weight) AS place
        FROM promise) AS latest
    WHERE place = 1
)
{{- /**/ -}}
