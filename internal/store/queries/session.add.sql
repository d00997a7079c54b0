INSERT INTO session (hash, id, person, created_at, seen_at, expires_at, address, agent, method) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
