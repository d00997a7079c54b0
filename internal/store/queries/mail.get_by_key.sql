SELECT number, key, kind, address, customer, digest, state, parcel, stop_hash, attempts, due_at, created_at, ended_at, reason, body FROM mail WHERE key = ?
