SELECT hash, purpose, person, expires_at FROM link WHERE purpose = ? ORDER BY person
