INSERT INTO passkey (id, person, name, created_at, used_at, credential) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
