{{/* What happened to a customer of the summary s over the period of the movement m, from a day on: the group by its place in
     groupNames. */ -}}
CASE WHEN s.first_day >= {{date .}} THEN 2
        WHEN m.active0 AND m.active1 THEN 4
        WHEN m.active0 THEN 1
        WHEN m.active1 THEN 3
        ELSE 0 END
{{- /**/ -}}
