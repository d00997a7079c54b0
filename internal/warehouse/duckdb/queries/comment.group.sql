-- The comments of each touchpoint and language.
WITH {{template "comment.side.sql" .}}
SELECT touchpoint, spoken, {{template "comment.count.sql"}}
FROM comment
GROUP BY touchpoint, spoken
ORDER BY comments DESC, touchpoint, spoken
