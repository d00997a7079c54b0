SELECT session.hash, session.id, session.person, session.created_at, session.seen_at, session.expires_at, session.address, session.agent, session.method,
    person.id, person.version, person.email, person.name, person.state, person.roles, person.password, person.totp, person.totp_step, person.issuer, person.subject, person.created_at, person.seen_at
FROM session JOIN person ON person.id = session.person WHERE session.hash = ?
