{{/* What happened to a customer of the summary s over the period of the movement m, from a day on. */ -}}
CASE WHEN s.first_day >= {{date .}} THEN 'new'
        WHEN m.active0 AND m.active1 THEN 'stayed'
        WHEN m.active0 THEN 'lost'
        WHEN m.active1 THEN 'reactivated'
        ELSE 'lapsed' END
{{- /**/ -}}
