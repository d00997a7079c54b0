-- The comments that hold each word.
WITH {{template "comment.side.sql" .}}
SELECT w.term, {{template "comment.count.sql"}}
FROM comment AS c
CROSS JOIN UNNEST({{words "c.words"}}) AS w (term)
WHERE length(w.term) > 1{{if .Stops}} AND w.term NOT IN ({{list .Stops}}){{end}}
GROUP BY w.term
HAVING count(*) >= {{.Least}}
ORDER BY comments DESC, w.term
LIMIT {{.Most}}
