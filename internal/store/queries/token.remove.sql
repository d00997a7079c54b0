DELETE FROM token WHERE id = ?
