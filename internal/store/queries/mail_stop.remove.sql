DELETE FROM mail_stop WHERE address = ?
