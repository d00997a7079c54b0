UPDATE journey_part
SET version = ?, parent = nullif(?, ''), parent_kind = (SELECT p.kind FROM journey_part AS p WHERE p.id = ?), position = ?, name = ?, name_key = ?,
    notes = ?, owner = nullif(?, ''), owner_name = ?, owned_since = ?
WHERE id = ?
