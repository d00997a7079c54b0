{{/* Every path that is asked about. */ -}}
SELECT c.trace, c.person, {{if .Named}}c.customer, {{end}}c.place, c.next_place, v.place AS variant, c.steps, v.again,
    {{seconds "c.last" .Wide}} - {{seconds "c.first" .Wide}} AS seconds, {{seconds "c.last" .Wide}} > {{second_of .OpenFrom}} AS is_open
{{- if .Wide}},
    coalesce(g.handovers, 0) AS handovers, coalesce(g.waited, 0) AS waited, {{seconds "c.last" true}} + {{took "c.last"}} - {{seconds "c.first" true}} AS lasted
{{- end}}
FROM run_cut AS c
JOIN run_variant AS v ON v.head = c.head AND v.body = c.body AND v.rest = c.rest
{{- if .Wide}}
LEFT JOIN (
    SELECT c.trace, c.place, sum({{between "r.before" "r.x" true}}) AS waited,
        count(CASE WHEN {{agent "r.x"}} > 0 AND r.handed_by >= c.first AND {{agent "r.handed_by"}} <> {{agent "r.x"}} THEN 1 END) AS handovers
    FROM run_row AS r
    JOIN run_cut AS c ON c.trace = r.trace AND r.place > c.place AND r.place < c.next_place
    GROUP BY c.trace, c.place) AS g ON g.trace = c.trace AND g.place = c.place
{{- end}}
{{- /**/ -}}
