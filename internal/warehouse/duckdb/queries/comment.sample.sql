-- Comments, chosen by a seed.
WITH {{template "comment.side.sql" .}}
SELECT words, side
FROM comment
ORDER BY {{shuffled "source" "response" .Seed}}, source, response
LIMIT {{.Limit}}
