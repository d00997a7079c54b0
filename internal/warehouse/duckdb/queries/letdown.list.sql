-- What let customers down, the latest of each touchpoint. A promise at midnight is for that day as a whole.
WITH rule (touchpoint, nps, csat, ces, rating, promises, failures) AS (VALUES
{{- range $i, $r := .Rules}}{{if $i}},{{end}}
    ({{text $r.Touchpoint}}, {{$r.NPS}}, {{$r.CSAT}}, {{$r.CES}}, {{$r.Rating}}, {{$r.Promises}}, {{$r.Failures}})
{{- end}}
), answer AS (
    SELECT r.touchpoint, f.customer, coalesce(f.order_id, '') AS matter, 'answer' AS what, f.source, f.response AS record, f.day, f.local_time AS moment,
        f.instrument, f.score, f.scale_min, f.scale_max
    FROM feedback AS f JOIN rule AS r ON r.touchpoint = lower(f.touchpoint)
    WHERE f.day BETWEEN {{date .Days.From}} AND {{date .Days.To}} AND f.customer NOT LIKE {{text .Anonymous}} || '%' AND NOT f.not_applicable
        AND f.score BETWEEN f.scale_min AND f.scale_max
        AND CASE f.instrument
            WHEN 'nps' THEN f.scale_min = 0 AND f.scale_max = 10 AND f.score <= r.nps
            WHEN 'csat' THEN f.scale_max - f.scale_min >= 2 AND f.score < f.scale_min + r.csat
            WHEN 'ces' THEN f.scale_min = 1 AND f.scale_max = 7 AND f.score <= r.ces
            WHEN 'rating' THEN f.scale_min = 1 AND f.scale_max = 5 AND f.score <= r.rating
            ELSE FALSE END
), happened AS (
    SELECT r.touchpoint, i.customer, i.case_id,
        CASE WHEN r.promises AND i.actual_at > i.promised_at
                AND NOT (i.promised_at = CAST(CAST(i.promised_at AS DATE) AS TIMESTAMP) AND CAST(i.actual_at AS DATE) <= CAST(i.promised_at AS DATE)) THEN 'promise'
            WHEN r.failures AND lower(i.outcome) = 'failed' THEN 'failure'
            ELSE '' END AS what,
        i.source, i.interaction AS record, coalesce(CAST(i.actual_at AS DATE), i.day) AS day, coalesce(i.actual_at, i.local_time) AS moment,
        i.promised_at, i.actual_at, i.outcome, i.problem
    FROM interaction AS i JOIN rule AS r ON r.touchpoint = lower(i.touchpoint)
    WHERE coalesce(CAST(i.actual_at AS DATE), i.day) BETWEEN {{date .Days.From}} AND {{date .Days.To}} AND i.customer NOT LIKE {{text .Anonymous}} || '%'
), ordered AS ( -- interactions that are about an order by their own id
    SELECT DISTINCT order_id FROM transaction_line WHERE order_id IN (SELECT record FROM happened WHERE what <> '' AND case_id IS NULL)
), letdown AS (
    SELECT touchpoint, customer, matter, what, source, record, day, moment, instrument, score, scale_min, scale_max,
        NULL AS promised_at, NULL AS actual_at, NULL AS outcome, NULL AS problem
    FROM answer
    UNION ALL
    SELECT touchpoint, customer, coalesce(case_id, order_id, ''), what, source, record, day, moment, NULL, NULL, NULL, NULL, promised_at, actual_at, outcome, problem
    FROM happened LEFT JOIN ordered ON order_id = record
    WHERE what <> ''
), placed AS (
    SELECT *, count(*) OVER (PARTITION BY touchpoint) AS total,
        row_number() OVER (PARTITION BY touchpoint ORDER BY day DESC, moment DESC NULLS LAST, what, source, record) AS place
    FROM letdown
)
SELECT touchpoint, total, customer, matter, what, s.name, record, day, coalesce(instrument, ''), CAST(score AS DOUBLE), CAST(scale_min AS DOUBLE), CAST(scale_max AS DOUBLE),
    promised_at, actual_at, coalesce(outcome, ''), coalesce(problem, '')
FROM placed AS p JOIN source AS s ON s.id = p.source
WHERE place <= {{.Most}}
ORDER BY touchpoint, place
