-- The map of journeys. A touchpoint's owner stands in its own row, so that it has one and no
-- second; who answered before, each from a time on until the next, stands beside.
CREATE TABLE journey_part (
    id          TEXT PRIMARY KEY,
    version     BIGINT NOT NULL,             -- counts changes, from 1
    kind        TEXT NOT NULL CHECK (kind IN ('journey', 'stage', 'touchpoint')),
    parent      TEXT,                        -- null of a journey at the top
    parent_kind TEXT,
    position    BIGINT NOT NULL,             -- from 0, among those of its kind with its parent
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,               -- the name as it is compared
    notes       TEXT NOT NULL,               -- JSON; '' of journeys and stages
    owner       TEXT REFERENCES person (id), -- null if it has no account
    owner_name  TEXT NOT NULL,               -- of an owner without an account; '' otherwise
    owned_since BIGINT,                      -- of a touchpoint, though nobody may answer for it
    UNIQUE (id, kind),
    FOREIGN KEY (parent, parent_kind) REFERENCES journey_part (id, kind),
    CHECK ((parent IS NULL) = (parent_kind IS NULL)),
    CHECK (coalesce(parent_kind, '') = CASE kind WHEN 'touchpoint' THEN 'stage' WHEN 'stage' THEN 'journey' ELSE coalesce(parent_kind, '') END),
    CHECK (kind <> 'journey' OR parent_kind IS NULL OR parent_kind = 'journey'),
    CHECK ((kind = 'touchpoint') = (owned_since IS NOT NULL)),
    CHECK (owner IS NULL OR owner_name = ''),
    CHECK (kind = 'touchpoint' OR (owner IS NULL AND owner_name = ''))
);
CREATE INDEX journey_part_below ON journey_part (parent, kind, position);
CREATE UNIQUE INDEX journey_name ON journey_part (name_key) WHERE kind = 'journey';
CREATE UNIQUE INDEX touchpoint_name ON journey_part (name_key) WHERE kind = 'touchpoint';
CREATE UNIQUE INDEX stage_name ON journey_part (parent, name_key) WHERE kind = 'stage';

CREATE TABLE past_owner (
    touchpoint TEXT NOT NULL REFERENCES journey_part (id),
    since      BIGINT NOT NULL,
    owner      TEXT REFERENCES person (id),
    owner_name TEXT NOT NULL,
    PRIMARY KEY (touchpoint, since),
    CHECK (owner IS NULL OR owner_name = '')
);

CREATE TABLE journey_edit (
    number  BIGINT PRIMARY KEY, -- 1, 2, …
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,      -- '' is the owner of the machine
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,      -- of part; '' is several
    part    TEXT NOT NULL,
    journey TEXT NOT NULL,      -- '' is several
    says    TEXT NOT NULL,
    undoes  BIGINT NOT NULL,    -- 0 is none
    undone  BOOLEAN NOT NULL,
    steps   TEXT NOT NULL       -- JSON
);
CREATE INDEX journey_edit_of ON journey_edit (journey, number);
