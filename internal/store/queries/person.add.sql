INSERT INTO person (id, version, email, name, state, roles, password, totp, totp_step, issuer, subject, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
