INSERT INTO link (hash, purpose, person, expires_at) VALUES (?, ?, ?, ?)
ON CONFLICT (purpose, person) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
