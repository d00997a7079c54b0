UPDATE theme
SET version = ?, touchpoint = ?, language = ?, words = ?, name = ?, merged_into = nullif(?, ''), owner = nullif(?, ''), owner_name = ?, owned_since = ?
WHERE id = ?
