-- The comments that speak of each theme.
WITH {{template "comment.side.sql" .}}, {{template "comment.theme.sql" .}}
SELECT s.theme, {{template "comment.count.sql"}}
FROM spoke AS s
JOIN comment AS c ON c.source = s.source AND c.response = s.response
GROUP BY s.theme
ORDER BY s.theme
