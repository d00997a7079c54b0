SELECT address, customer, why, says, at FROM mail_stop ORDER BY at DESC, address
