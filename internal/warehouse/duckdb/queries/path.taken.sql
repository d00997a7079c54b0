{{/* How many customers went each of the most frequent edges. */ -}}
{{range $i, $w := .EdgeWords}}{{if $i}}
UNION ALL
{{end}}SELECT e.place, count(*) AS n
FROM (SELECT place, mark FROM run_edge WHERE place <= {{$.Edges}} AND word = {{$w}}) AS e
JOIN run_taker AS t ON {{same_bit (printf "t.w%d" $w) "e.mark"}}
GROUP BY e.place{{end}}
{{- /**/ -}}
