SELECT id, version, name, coalesce(parent, ''), coalesce(head, ''), scopes FROM unit ORDER BY name, id
