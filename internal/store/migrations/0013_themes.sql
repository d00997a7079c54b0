-- Themes that people have named, merged or taken charge of; all others are found anew.
CREATE TABLE theme (
    id          TEXT PRIMARY KEY,
    version     BIGINT NOT NULL,             -- counts changes, from 1
    touchpoint  TEXT NOT NULL,               -- '' is not known
    language    TEXT NOT NULL,               -- first part of its BCP 47; '' is not known
    words       TEXT NOT NULL,               -- JSON, as they were when it was kept
    name        TEXT NOT NULL,               -- '' has none
    merged_into TEXT REFERENCES theme (id),  -- null stands for itself
    owner       TEXT REFERENCES person (id), -- null if nobody answers, or has no account
    owner_name  TEXT NOT NULL,               -- of an owner without an account; '' otherwise
    owned_since BIGINT,                      -- null if nobody answers
    CHECK (owner IS NULL OR owner_name = ''),
    CHECK ((owned_since IS NULL) = (owner IS NULL AND owner_name = ''))
);

CREATE TABLE theme_edit (
    number BIGINT PRIMARY KEY, -- 1, 2, …
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,      -- '' is the owner of the machine
    name   TEXT NOT NULL,
    theme  TEXT NOT NULL,
    says   TEXT NOT NULL,
    undoes BIGINT NOT NULL,    -- 0 is none
    undone BOOLEAN NOT NULL,
    steps  TEXT NOT NULL       -- JSON
);
CREATE INDEX theme_edit_of ON theme_edit (theme, number);
