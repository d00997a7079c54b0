{{/* Contacts, each with the one before or after it on the same matter: the same customer and case or,
     without a case, the same customer, touchpoint and kind. */ -}}
contact AS (
    SELECT day, customer, touchpoint, weight, case_id IS NULL AND customer IS NULL AS lost,
        {{if eq .Of "last_contacts"}}lead{{else}}lag{{end}}(day) OVER (
            PARTITION BY customer, case_id, CASE WHEN case_id IS NULL THEN touchpoint END, CASE WHEN case_id IS NULL THEN kind END
            ORDER BY day, local_time NULLS FIRST, length(interaction), interaction) AS other_day
    FROM interaction
    WHERE TRUE{{template "measure.at.sql" .}}
), fact AS (
    SELECT day, customer, touchpoint, 1 AS n, CAST(weight AS DOUBLE) AS w,
        CASE WHEN abs(date_diff('day', day, other_day)) <= {{.Within}} THEN {{if eq .Of "last_contacts"}}0 ELSE CAST(weight AS DOUBLE) END{{else}}CAST(weight AS DOUBLE) ELSE 0 END{{end}} AS wx,
        CASE WHEN lost THEN 'no_matter'
            {{if eq .Of "last_contacts"}}WHEN {{plus_days "day" .Within}} > {{date .Days.To}} THEN 'too_recent'{{else}}WHEN {{plus_days "day" .Before}} < {{date .Days.From}} THEN 'too_early'{{end}}
            ELSE '' END AS left_out
    FROM contact
)
{{- /**/ -}}
