INSERT INTO casefile_cause (record, number, at, quiet, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (record) DO NOTHING
