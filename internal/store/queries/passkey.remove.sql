DELETE FROM passkey WHERE person = ? AND id = ?
