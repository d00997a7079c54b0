INSERT INTO theme (id, version, touchpoint, language, words, name, merged_into, owner, owner_name, owned_since)
VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?)
