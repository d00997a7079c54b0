UPDATE person SET seen_at = ? WHERE id = (SELECT person FROM session WHERE hash = ?)
