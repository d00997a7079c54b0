{{/* Every trace, with the codes of its steps in words. */ -}}
SELECT w.trace, {{if .Cased}}CASE WHEN w.customer IS NOT NULL THEN dense_rank() OVER (ORDER BY w.customer) END{{else}}w.trace{{end}} AS person,
    {{if .Named}}w.customer, {{end}}w.steps, w.last, {{word_list "w" "l.words"}} AS words
FROM (
    SELECT trace, {{if .Named}}max(customer) AS customer, {{end}}count(*) AS steps, max(x) AS last, {{first_words (code "x" .Wide) "place"}}
    FROM run_row
    GROUP BY trace) AS w
LEFT JOIN (
    SELECT trace, {{later_words "word" "number"}} AS words
    FROM (
        SELECT trace, {{word_of "place"}} AS number, {{word (code "x" .Wide) "place"}} AS word
        FROM run_row
        WHERE {{later "place"}}
        GROUP BY 1, 2) AS later
    GROUP BY trace) AS l ON l.trace = w.trace
{{- /**/ -}}
