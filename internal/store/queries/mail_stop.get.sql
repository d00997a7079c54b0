SELECT address, customer, why, says, at FROM mail_stop WHERE address = ?
