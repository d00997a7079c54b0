-- Cases: what let a customer down, and what was done about it. "case" is a word of SQL.
CREATE TABLE casefile (
    number          BIGINT PRIMARY KEY,
    version         BIGINT NOT NULL,       -- counts changes, from 1
    touchpoint      TEXT NOT NULL,         -- id; it may be gone from the map since
    touchpoint_name TEXT NOT NULL,
    customer        TEXT NOT NULL,
    matter          TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('open', 'taken', 'settled', 'closed')),
    owner           TEXT NOT NULL,         -- id of a person; '' of somebody without an account, and of nobody
    owner_name      TEXT NOT NULL,         -- '' is nobody
    why             TEXT NOT NULL,         -- it is theirs: owner, lead or nobody
    step            BIGINT NOT NULL,       -- of escalation: 0 none, 1 head of the unit, 2 lead
    raised_to       TEXT NOT NULL,         -- id of a person; '' is nobody
    raised_name     TEXT NOT NULL,
    opened_at       BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,       -- of the next step of escalation or, once settled, of the answer
    taken_at        BIGINT,
    settled_at      BIGINT,
    closed_at       BIGINT,
    settlement      TEXT NOT NULL,         -- what was done
    answer          TEXT NOT NULL CHECK (answer IN ('', 'yes', 'no', 'none')),
    answer_text     TEXT NOT NULL,
    answer_hash     TEXT NOT NULL,         -- of the secret of the customer's link; '' is none
    asked_by_mail   TEXT NOT NULL,         -- key of the mail; '' is none
    reopened        BIGINT NOT NULL        -- times
);
CREATE UNIQUE INDEX casefile_once ON casefile (customer, touchpoint, matter) WHERE state <> 'closed';
CREATE INDEX casefile_of ON casefile (customer, touchpoint, matter);
CREATE INDEX casefile_at ON casefile (touchpoint, state);
CREATE INDEX casefile_to ON casefile (owner, state);
CREATE INDEX casefile_raised ON casefile (raised_to, state);
CREATE INDEX casefile_due ON casefile (state, due_at);
CREATE INDEX casefile_answer ON casefile (answer_hash);

CREATE TABLE casefile_cause (
    record TEXT PRIMARY KEY,               -- what, source and id of the record: it opens one case, once
    number BIGINT NOT NULL REFERENCES casefile (number),
    at     BIGINT NOT NULL,                -- when it was found
    quiet  BOOLEAN NOT NULL,               -- nobody was asked, for the case was closed a short while before
    body   TEXT NOT NULL                   -- JSON
);
CREATE INDEX casefile_cause_of ON casefile_cause (number);

CREATE TABLE casefile_event (
    number BIGINT NOT NULL REFERENCES casefile (number),
    place  BIGINT NOT NULL,                -- 1, 2, …
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,                  -- id; '' is the program, the owner of the machine or the customer
    name   TEXT NOT NULL,
    what   TEXT NOT NULL,
    note   TEXT NOT NULL,
    PRIMARY KEY (number, place)
);

CREATE TABLE casefile_rule (
    touchpoint TEXT PRIMARY KEY,           -- id; '' is what holds where nothing else is said
    version    BIGINT NOT NULL,
    body       TEXT NOT NULL               -- JSON
);
