{{/* How far paths keep to the order in which journeys are drawn. */ -}}
WITH drawn (journey, code, position) AS (
    VALUES {{range $i, $d := .}}{{if $i}}, {{end}}({{$d.Journey}}, {{$d.Code}}, {{$d.Position}}){{end}}
), whole AS (
    SELECT d.journey, v.place, v.n, v.codes
    FROM (SELECT DISTINCT d.journey, p.place FROM run_passed AS p JOIN drawn AS d ON d.code = p.code) AS d
    JOIN run_variant AS v ON v.place = d.place
), step AS (
    SELECT journey, place, n, {{each "codes"}} AS code, {{each (places "codes")}} AS stood
    FROM whole
), marked AS (
    SELECT s.journey, s.place, s.n, s.stood, d.position
    FROM step AS s
    LEFT JOIN drawn AS d ON d.journey = s.journey AND d.code = s.code
), compared AS (
    SELECT journey, place, n, stood, position,
        lag(position) OVER (PARTITION BY journey, place ORDER BY stood) AS before,
        lag(position) OVER (PARTITION BY journey, place, position IS NULL ORDER BY stood) AS drawn_before
    FROM marked
), judged AS (
    SELECT journey, place, n, bool_and(position IS NULL OR drawn_before IS NULL OR position > drawn_before) AS in_order,
        count(CASE WHEN position < before THEN 1 END) AS backward, count(CASE WHEN position IS NULL THEN 1 END) AS undrawn
    FROM compared
    GROUP BY journey, place, n
)
SELECT journey, CAST(sum(n) AS BIGINT) AS paths, CAST(coalesce(sum(CASE WHEN in_order THEN n END), 0) AS BIGINT) AS in_order,
    CAST(sum(n * backward) AS BIGINT) AS backward, CAST(sum(n * undrawn) AS BIGINT) AS undrawn
FROM judged
GROUP BY journey
ORDER BY journey
{{- /**/ -}}
