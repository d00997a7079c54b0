SELECT count(*) FROM person WHERE id <> ? AND (email = ? OR (issuer = ? AND subject = ? AND issuer <> ''))
