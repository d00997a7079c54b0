SELECT id, person, name, created_at, used_at, credential FROM passkey WHERE person = ? ORDER BY created_at, id
