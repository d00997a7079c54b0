SELECT id, person, name, created_at, used_at, credential FROM passkey WHERE id = ?
