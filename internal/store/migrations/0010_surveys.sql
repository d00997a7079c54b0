-- Surveys. Of links only the hash of what is secret is kept. What customers answer stands with
-- the invitation; what employees answer stands alone, under a number that was drawn by lot, which
-- is also the order in which the rows lie: neither a link, nor a time, nor an order joins it to
-- anybody, nor one answer to another.
CREATE TABLE survey (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    name_key  TEXT NOT NULL UNIQUE,  -- the name as it is compared
    document  TEXT NOT NULL,         -- JSON
    employees BOOLEAN NOT NULL,      -- they are asked, not customers
    address   TEXT UNIQUE,           -- of the open link; null is none
    made      BIGINT NOT NULL,
    made_by   TEXT NOT NULL,
    closed    BIGINT                 -- null: it is open, until its document says
);

CREATE TABLE survey_wave (
    survey TEXT NOT NULL REFERENCES survey (id),
    number BIGINT NOT NULL,          -- from 1
    began  BIGINT NOT NULL,
    closes BIGINT NOT NULL,
    asked  BIGINT NOT NULL,
    strata TEXT NOT NULL,            -- JSON: the customers of each segment, and how many were asked
    PRIMARY KEY (survey, number)
);

CREATE TABLE survey_invitation (
    id        TEXT PRIMARY KEY,
    survey    TEXT NOT NULL REFERENCES survey (id),
    wave      BIGINT NOT NULL,       -- 0 is none: after an event, or by the open link
    customer  TEXT NOT NULL,         -- '' came by the open link
    segment   TEXT NOT NULL,
    occasion  TEXT NOT NULL,         -- that it is about; '' of a wave
    about     TEXT NOT NULL,         -- id of an order; '' is none
    chance    DOUBLE PRECISION NOT NULL, -- with which they were drawn; 0 were not
    address   TEXT NOT NULL,         -- of mail; '' is unknown
    asked     BIGINT NOT NULL,
    reminders BIGINT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('asked', 'begun', 'answered', 'refused')),
    language  TEXT NOT NULL,         -- in which they answer; '' is unknown
    answers   TEXT NOT NULL,         -- JSON, until they have answered; then ''
    answered  BIGINT                 -- null: not yet
);
CREATE INDEX survey_invitation_of ON survey_invitation (customer, asked);
CREATE INDEX survey_invitation_in ON survey_invitation (survey, wave, state);
CREATE INDEX survey_invitation_by_time ON survey_invitation (asked);
CREATE UNIQUE INDEX survey_invitation_once ON survey_invitation (survey, wave, customer, occasion) WHERE customer <> '';

CREATE TABLE survey_link (
    hash       TEXT PRIMARY KEY,     -- of what is secret
    invitation TEXT NOT NULL REFERENCES survey_invitation (id)
);
CREATE INDEX survey_link_of ON survey_link (invitation);

CREATE TABLE survey_answer (
    invitation TEXT NOT NULL REFERENCES survey_invitation (id),
    question   TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('score', 'choice', 'text', 'na')),
    value      TEXT NOT NULL,
    PRIMARY KEY (invitation, question)
);

-- Customers who asked not to be asked.
CREATE TABLE survey_refusal (
    customer TEXT PRIMARY KEY,
    at       BIGINT NOT NULL
);

-- Links of employees, which say whether they were used and not by what.
CREATE TABLE survey_ticket (
    hash   TEXT PRIMARY KEY,         -- of what is secret
    survey TEXT NOT NULL REFERENCES survey (id),
    wave   BIGINT NOT NULL,
    part   TEXT NOT NULL,            -- of the company; '' is none
    used   BOOLEAN NOT NULL
);

-- Which employees were asked, or said something where each says it once; not with which link.
CREATE TABLE survey_heard (
    survey TEXT NOT NULL REFERENCES survey (id),
    wave   BIGINT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (survey, wave, person)
);

-- What an employee has filled in so far, known to their browser alone.
CREATE TABLE survey_draft (
    hash     TEXT PRIMARY KEY,       -- of what is secret
    survey   TEXT NOT NULL REFERENCES survey (id),
    language TEXT NOT NULL,
    answers  TEXT NOT NULL,          -- JSON
    day      TEXT NOT NULL           -- on which it was begun
);

CREATE TABLE survey_release (
    survey   TEXT NOT NULL REFERENCES survey (id),
    number   BIGINT NOT NULL,        -- from 1
    wave     BIGINT NOT NULL,
    question TEXT NOT NULL,
    part     TEXT NOT NULL,
    day      TEXT NOT NULL,
    PRIMARY KEY (survey, number)
);

CREATE TABLE survey_anonymous (
    id       INTEGER PRIMARY KEY,    -- by lot
    survey   TEXT NOT NULL REFERENCES survey (id),
    wave     BIGINT NOT NULL,
    question TEXT NOT NULL,          -- '' is that somebody has answered
    part     TEXT NOT NULL,
    value    TEXT NOT NULL,
    release  BIGINT                  -- with which it was told; null: not yet
);
CREATE INDEX survey_anonymous_in ON survey_anonymous (survey, release);
