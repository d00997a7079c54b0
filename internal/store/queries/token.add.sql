INSERT INTO token (hash, id, name, person, service, scopes, roles, created_at, expires_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
