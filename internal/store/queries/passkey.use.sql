UPDATE passkey SET used_at = ?, credential = ? WHERE id = ?
