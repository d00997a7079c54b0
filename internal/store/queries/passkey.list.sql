SELECT id, person, name, created_at, used_at, credential FROM passkey ORDER BY created_at, id
