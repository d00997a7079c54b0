SELECT hash, id, name, person, service, scopes, roles, created_at, expires_at, used_at FROM token ORDER BY name, id
