{{/* Every path that began in the period, with its steps in order. */ -}}
WITH {{template "path.event.sql" .}}, trace AS (
    SELECT customer, {{if .Cased}}case_id, {{end}}{{if not .Numbered}}min(id) AS id, {{end}}{{sorted_list "x"}} AS steps
    FROM event
    GROUP BY customer{{if .Cased}}, case_id{{end}}
), begun AS (
    SELECT *, {{if .Cased}}CASE WHEN case_id IS NOT NULL THEN {{only_start}} ELSE {{starts "steps" .GapDays .Wide}} END{{else}}{{starts "steps" .GapDays .Wide}}{{end}} AS places
    FROM trace
), cut AS (
    SELECT customer, {{if not .Numbered}}id, {{end}}steps, {{each "places"}} AS place, {{each (ends "places" "steps")}} AS next_place
    FROM begun
), path AS (
    SELECT customer, {{if not .Numbered}}id, {{end}}{{part "steps" "place" "next_place"}} AS steps
    FROM cut
), dated AS (
    SELECT *, {{seconds (first_of "steps") .Wide}} AS began, {{seconds (last_of "steps") .Wide}} AS ended, {{codes "steps" .Wide}} AS codes
    FROM path
)
SELECT p.customer, {{if .Numbered}}n.person{{else}}p.id{{end}} AS person, p.steps, p.codes, p.began, p.ended, p.ended > {{second_of .OpenFrom}} AS is_open
{{- if .Wide}}, {{handovers "p.steps"}} AS handovers, {{waited "p.steps"}} AS waited, {{lasted "p.steps"}} AS lasted{{end}}
FROM dated AS p
{{- if .Numbered}}
LEFT JOIN run_person AS n ON n.customer = p.customer
{{- end}}
WHERE p.began >= {{second_of .Period.From}} AND p.began < {{second_of .After}}
{{- if .ThroughCodes}} AND {{touches "p.codes" .ThroughCodes}}{{end}}
{{- /**/ -}}
