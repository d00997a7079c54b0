DELETE FROM mail WHERE customer = ?
