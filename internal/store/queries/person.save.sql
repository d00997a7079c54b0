UPDATE person SET version = ?, email = ?, name = ?, state = ?, roles = ?, password = ?, totp = ?, totp_step = ?, issuer = ?, subject = ?
WHERE id = ?
