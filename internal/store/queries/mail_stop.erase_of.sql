DELETE FROM mail_stop WHERE customer = ?
