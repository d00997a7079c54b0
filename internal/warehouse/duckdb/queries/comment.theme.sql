{{/* What each comment says of each topic of each theme, as far as it speaks of it. */ -}}
topic (theme, topic, term, weight) AS (
    VALUES {{range $i, $theme := .Themes}}{{range $j, $topic := $theme}}{{range $k, $w := $topic}}{{if or $i $j $k}}, {{end}}({{$i}}, {{$j}}, {{text $w.Word}}, {{$w.Weight}}){{end}}{{end}}{{end}}
), held AS (
    SELECT c.source, c.response, t.theme, t.topic, sum(t.weight) AS weight
    FROM comment AS c
    CROSS JOIN UNNEST({{words "c.words"}}) AS w (term)
    JOIN topic AS t ON t.term = w.term
    GROUP BY c.source, c.response, t.theme, t.topic
    HAVING sum(t.weight) >= 100
), spoke AS (
    SELECT source, response, theme, max(weight) AS weight FROM held GROUP BY source, response, theme
)
{{- /**/ -}}
