INSERT INTO mail_stop (address, customer, why, says, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (address) DO UPDATE SET customer = excluded.customer, why = excluded.why, says = excluded.says, at = excluded.at
