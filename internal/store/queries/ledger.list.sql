SELECT ledger, number, text FROM ledger_entry WHERE ledger = ? ORDER BY number
