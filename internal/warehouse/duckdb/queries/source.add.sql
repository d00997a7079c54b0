INSERT INTO source (id, name)
SELECT coalesce(max(id), 0) + 1, $1
FROM source
HAVING coalesce(bool_or(name = $1), false) = false
