DELETE FROM theme WHERE id = ?
