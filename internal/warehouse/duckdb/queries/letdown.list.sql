-- What let customers down, the latest of each touchpoint. A promise at midnight is for that day as a whole.
WITH rule (touchpoint, nps, csat, ces, rating, promises, failures) AS (VALUES
{{- range $i, $r := .Rules}}{{if $i}},{{end}}
    ({{text $r.Touchpoint}}, {{$r.NPS}}, {{$r.CSAT}}, {{$r.CES}}, {{$r.Rating}}, {{$r.Promises}}, {{$r.Failures}})
{{- end}}
), answer AS (
    SELECT r.touchpoint, f.customer, f.order_id, f.source, f.response, f.day, f.local_time, f.instrument, f.score, f.scale_min, f.scale_max
    FROM feedback AS f JOIN rule AS r ON r.touchpoint = lower(f.touchpoint)
    WHERE f.day BETWEEN {{date .Days.From}} AND {{date .Days.To}} AND NOT f.not_applicable AND f.score BETWEEN f.scale_min AND f.scale_max
        AND CASE f.instrument
            WHEN 'nps' THEN f.scale_min = 0 AND f.scale_max = 10 AND f.score <= r.nps
            WHEN 'csat' THEN f.scale_max - f.scale_min >= 2 AND f.score < f.scale_min + r.csat
            WHEN 'ces' THEN f.scale_min = 1 AND f.scale_max = 7 AND f.score <= r.ces
            WHEN 'rating' THEN f.scale_min = 1 AND f.scale_max = 5 AND f.score <= r.rating
            ELSE FALSE END
), unsigned AS ( -- orders that answers are about which do not say whose they are
    SELECT DISTINCT order_id FROM answer WHERE customer IS NULL AND order_id IS NOT NULL
), ordered_by AS (
    SELECT order_id, max(customer) AS customer
    FROM (
        SELECT order_id, customer FROM transaction_line WHERE order_id IN (SELECT order_id FROM unsigned)
        UNION ALL
        SELECT interaction, customer FROM interaction WHERE interaction IN (SELECT order_id FROM unsigned)
        UNION ALL
        SELECT case_id, customer FROM interaction WHERE case_id IN (SELECT order_id FROM unsigned)) AS known
    GROUP BY order_id
    HAVING count(DISTINCT customer) = 1
), happened AS (
    SELECT r.touchpoint, i.customer, i.case_id,
        CASE WHEN r.promises AND i.actual_at > i.promised_at
                AND NOT (i.promised_at = CAST(CAST(i.promised_at AS DATE) AS TIMESTAMP) AND CAST(i.actual_at AS DATE) <= CAST(i.promised_at AS DATE)) THEN 'promise'
            WHEN r.failures AND lower(i.outcome) = 'failed' THEN 'failure'
            ELSE '' END AS what,
        i.source, i.interaction, coalesce(CAST(i.actual_at AS DATE), i.day) AS day, coalesce(i.actual_at, i.local_time) AS moment,
        i.promised_at, i.actual_at, i.outcome, i.problem
    FROM interaction AS i JOIN rule AS r ON r.touchpoint = lower(i.touchpoint)
    WHERE coalesce(CAST(i.actual_at AS DATE), i.day) BETWEEN {{date .Days.From}} AND {{date .Days.To}}
), ordered AS ( -- what happened to an order that it names by its own id
    SELECT DISTINCT order_id FROM transaction_line WHERE order_id IN (SELECT interaction FROM happened WHERE what <> '' AND case_id IS NULL)
), letdown AS (
    SELECT a.touchpoint, coalesce(a.customer, o.customer) AS customer, coalesce(a.order_id, '') AS matter, 'answer' AS what, a.source, a.response AS record, a.day, a.local_time AS moment,
        a.instrument, a.score, a.scale_min, a.scale_max, NULL AS promised_at, NULL AS actual_at, NULL AS outcome, NULL AS problem
    FROM answer AS a LEFT JOIN ordered_by AS o ON o.order_id = a.order_id
    UNION ALL
    SELECT h.touchpoint, h.customer, coalesce(h.case_id, CASE WHEN h.promised_at IS NOT NULL THEN h.interaction END, o.order_id, ''), h.what, h.source, h.interaction, h.day, h.moment,
        NULL, NULL, NULL, NULL, h.promised_at, h.actual_at, h.outcome, h.problem
    FROM happened AS h LEFT JOIN ordered AS o ON o.order_id = h.interaction
    WHERE h.what <> ''
), placed AS (
    SELECT *, count(*) OVER (PARTITION BY touchpoint) AS total,
        row_number() OVER (PARTITION BY touchpoint ORDER BY day DESC, moment DESC NULLS LAST, what, source, record) AS place
    FROM letdown
    WHERE customer NOT LIKE {{text .Anonymous}} || '%'
)
SELECT touchpoint, total, customer, matter, what, s.name, record, day, coalesce(instrument, ''), CAST(score AS DOUBLE), CAST(scale_min AS DOUBLE), CAST(scale_max AS DOUBLE),
    promised_at, actual_at, coalesce(outcome, ''), coalesce(problem, '')
FROM placed AS p JOIN source AS s ON s.id = p.source
WHERE place <= {{.Most}}
ORDER BY touchpoint, place
