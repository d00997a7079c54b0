INSERT INTO casefile_rule (touchpoint, version, body) VALUES (?, ?, ?)
ON CONFLICT (touchpoint) DO UPDATE SET version = excluded.version, body = excluded.body
