INSERT INTO ledger_entry (ledger, number, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
