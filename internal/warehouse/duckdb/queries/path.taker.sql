{{/* Which of the most frequent edges each customer went: each is met often, and counts once. */ -}}
SELECT {{if .Parted}}p.person{{else}}r.trace{{end}} AS person{{range .EdgeWords}}, {{any_bit (printf "e.w%d" .)}} AS w{{.}}{{end}}
FROM {{template "path.went.sql" .}}
JOIN (
    SELECT from_code, to_code{{range .EdgeWords}}, CASE WHEN word = {{.}} THEN mark ELSE 0 END AS w{{.}}{{end}}
    FROM run_edge
    WHERE place <= {{.Edges}}) AS e ON e.from_code = {{code "r.before" .Wide}} AND e.to_code = {{code "r.x" .Wide}}
WHERE NOT r.starts{{if .Parted}} AND p.person IS NOT NULL{{end}}
GROUP BY 1
{{- /**/ -}}
