INSERT INTO close (number, period, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
