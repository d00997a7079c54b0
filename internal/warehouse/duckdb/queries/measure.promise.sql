{{/* Promises, on the day promised. One at midnight is for that day as a whole. */ -}}
fact AS (
    SELECT CAST(promised_at AS DATE) AS day, customer, touchpoint, 1 AS n, CAST(weight AS DOUBLE) AS w,
        CASE WHEN actual_at <= promised_at THEN CAST(weight AS DOUBLE)
            WHEN promised_at = CAST(CAST(promised_at AS DATE) AS TIMESTAMP) AND CAST(actual_at AS DATE) <= CAST(promised_at AS DATE) THEN CAST(weight AS DOUBLE)
            ELSE 0 END AS wx,
        CASE WHEN CAST(promised_at AS DATE) > {{date .Days.To}} THEN 'not_due' ELSE '' END AS left_out
    FROM interaction
    WHERE promised_at IS NOT NULL{{template "measure.at.sql" .}}
)
{{- /**/ -}}
