SELECT person.id, person.version, person.email, person.name, person.state, person.roles, person.password, person.totp, person.totp_step, person.issuer, person.subject, person.created_at, person.seen_at
FROM person ORDER BY name, id
