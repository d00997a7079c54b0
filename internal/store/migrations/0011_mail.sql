-- What is to be told by mail. Texts, and the secrets in them, are gone once a mail has ended.
CREATE TABLE mail (
    number     BIGINT PRIMARY KEY,   -- in the order in which they came
    key        TEXT NOT NULL UNIQUE, -- of what is told: it is told once
    kind       TEXT NOT NULL,
    address    TEXT NOT NULL,        -- lower case
    customer   TEXT NOT NULL,        -- whose address it is; '' of somebody of the company
    digest     BOOLEAN NOT NULL,     -- goes out with others to the address
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'unsure')),
    parcel     TEXT NOT NULL,        -- Message-ID of what it goes, or went, out with; '' before the first try
    stop_hash  TEXT NOT NULL,        -- of the secret that ends mail to the address; '' is none
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT,
    reason     TEXT NOT NULL,        -- of the last try that did not succeed
    body       TEXT                  -- JSON; NULL once it has ended
);
CREATE INDEX mail_due ON mail (state, due_at);
CREATE INDEX mail_to ON mail (address, state);
CREATE INDEX mail_of ON mail (customer);
CREATE INDEX mail_stop_by ON mail (stop_hash);

CREATE TABLE mail_stop (
    address  TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    why      TEXT NOT NULL CHECK (why IN ('bounced', 'asked')),
    says     TEXT NOT NULL,
    at       BIGINT NOT NULL
);
