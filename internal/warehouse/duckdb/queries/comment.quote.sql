-- Comments that speak of a theme.
WITH {{template "comment.side.sql" .}}, {{template "comment.theme.sql" .}}
SELECT c.words, c.side
FROM spoke AS s
JOIN comment AS c ON c.source = s.source AND c.response = s.response
ORDER BY s.weight DESC, {{shuffled "c.source" "c.response" .Asked.Seed}}, c.source, c.response
LIMIT {{.Asked.Limit}} OFFSET {{.Asked.Offset}}
