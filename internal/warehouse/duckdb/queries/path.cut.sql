{{/* Every path that began in the period: the part of a trace from one start to the next. */ -}}
WITH start AS (
    SELECT trace, place, x, lead(place) OVER passed AS next_place, lead(before) OVER passed AS last
    FROM run_row
    WHERE starts
    WINDOW passed AS (PARTITION BY trace ORDER BY place)
), path AS (
    SELECT s.trace, t.person, {{if .Named}}t.customer, {{end}}s.place, coalesce(s.next_place, t.steps + 1) AS next_place, s.x AS first, coalesce(s.last, t.last) AS last,
        {{word_of "s.place"}} AS block, {{shift_of "s.place"}} AS shift, coalesce(s.next_place, t.steps + 1) - s.place AS steps, t.words
    FROM start AS s
    JOIN run_trace AS t ON t.trace = s.trace
    WHERE s.x >= {{first_at .Period.From .Wide}} AND s.x < {{first_at .After .Wide}}
)
SELECT trace, person, {{if .Named}}customer, {{end}}place, next_place, first, last, steps, {{cell "0"}} AS head, {{cell "1"}} AS body, {{cells}} AS rest
FROM path
{{- /**/ -}}
