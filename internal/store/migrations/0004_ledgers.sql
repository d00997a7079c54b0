CREATE TABLE ledger_entry (
    ledger TEXT NOT NULL,
    number BIGINT NOT NULL,    -- 1, 2, … in its ledger
    text   BYTEA NOT NULL,     -- as it was hashed, to the byte
    PRIMARY KEY (ledger, number)
);
