INSERT INTO reply (actor, key, request, status, location, etag, body, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (actor, key) DO UPDATE SET request = excluded.request, status = excluded.status, location = excluded.location,
    etag = excluded.etag, body = excluded.body, at = excluded.at
