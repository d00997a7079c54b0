{{/* Drawn journeys beside the variants. */ -}}
WITH drawn (journey, code, position) AS (
    VALUES {{range $i, $d := .}}{{if $i}}, {{end}}({{$d.Journey}}, {{$d.Code}}, {{$d.Position}}){{end}}
), passed AS (
    SELECT d.journey, d.code, d.position, v.place, v.n
    FROM run_passed AS v
    JOIN drawn AS d ON d.code = v.code
), reach AS (
    SELECT journey, place, n, max(position) AS furthest
    FROM passed
    GROUP BY journey, place, n
), beyond AS (
    SELECT d.journey, d.code, coalesce(sum(r.n), 0) AS n
    FROM drawn AS d
    LEFT JOIN reach AS r ON r.journey = d.journey AND r.furthest > d.position
    GROUP BY d.journey, d.code
), met AS (
    SELECT p.journey, p.code, sum(p.n) AS n, coalesce(sum(CASE WHEN r.furthest > p.position THEN p.n END), 0) AS further
    FROM passed AS p
    JOIN reach AS r ON r.journey = p.journey AND r.place = p.place
    GROUP BY p.journey, p.code
)
SELECT b.journey, b.code, CAST(coalesce(m.n, 0) AS BIGINT) AS paths, CAST(b.n - coalesce(m.further, 0) AS BIGINT) AS skipped
FROM beyond AS b
LEFT JOIN met AS m ON m.journey = b.journey AND m.code = b.code
ORDER BY b.journey, b.code
{{- /**/ -}}
