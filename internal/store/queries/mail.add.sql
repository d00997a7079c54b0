INSERT INTO mail (number, key, kind, address, customer, digest, state, parcel, stop_hash, attempts, due_at, created_at, ended_at, reason, body)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM mail), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO NOTHING
