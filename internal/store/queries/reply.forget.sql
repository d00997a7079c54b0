DELETE FROM reply WHERE at < ?
