SELECT session.hash, session.id, session.person, session.created_at, session.seen_at, session.expires_at, session.address, session.agent, session.method
FROM session WHERE person = ? ORDER BY seen_at DESC, id
