-- What proves somebody is kept as a hash: secrets of 256 bits by SHA-256, passwords by argon2id.
CREATE TABLE person (
    id         TEXT PRIMARY KEY,
    version    BIGINT NOT NULL,          -- counts changes, from 1
    email      TEXT NOT NULL UNIQUE,     -- lower case
    name       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    roles      TEXT NOT NULL,            -- JSON
    password   TEXT NOT NULL,            -- '' is none
    totp       TEXT NOT NULL,            -- '' is none
    totp_step  BIGINT NOT NULL,          -- of the last code that was used
    issuer     TEXT NOT NULL,            -- '' is none
    subject    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT
);
CREATE UNIQUE INDEX person_identity ON person (issuer, subject) WHERE issuer <> '';

CREATE TABLE unit (
    id      TEXT PRIMARY KEY,
    version BIGINT NOT NULL,             -- counts changes, from 1
    name    TEXT NOT NULL,
    parent  TEXT REFERENCES unit (id),   -- null at the top
    head    TEXT REFERENCES person (id), -- null if vacant
    scopes  TEXT NOT NULL                -- JSON
);
CREATE INDEX unit_below ON unit (parent);

CREATE TABLE person_unit (
    person TEXT NOT NULL REFERENCES person (id),
    unit   TEXT NOT NULL REFERENCES unit (id),
    PRIMARY KEY (person, unit)
);
CREATE INDEX person_unit_of ON person_unit (unit);

CREATE TABLE session (
    hash       TEXT PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    person     TEXT NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    method     TEXT NOT NULL
);
CREATE INDEX session_of ON session (person);

CREATE TABLE link (
    hash       TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    person     TEXT NOT NULL,            -- '' is nobody yet
    expires_at BIGINT NOT NULL,
    UNIQUE (purpose, person)
);

CREATE TABLE passkey (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL REFERENCES person (id),
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    credential TEXT NOT NULL             -- JSON
);
CREATE INDEX passkey_of ON passkey (person);

CREATE TABLE recovery_code (
    person TEXT NOT NULL REFERENCES person (id),
    hash   TEXT NOT NULL,
    PRIMARY KEY (person, hash)
);

CREATE TABLE token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    person     TEXT NOT NULL,            -- whose it is, or who made it; '' is the owner of the machine
    service    BOOLEAN NOT NULL,
    scopes     TEXT NOT NULL,            -- JSON
    roles      TEXT NOT NULL,            -- JSON; of a service
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
