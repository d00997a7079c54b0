INSERT INTO journey_part (id, version, kind, parent, parent_kind, position, name, name_key, notes, owner, owner_name, owned_since)
VALUES (?, ?, ?, nullif(?, ''), (SELECT kind FROM journey_part WHERE id = ?), ?, ?, ?, ?, nullif(?, ''), ?, ?)
