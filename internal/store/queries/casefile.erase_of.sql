DELETE FROM casefile WHERE customer = ?
