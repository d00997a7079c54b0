-- Times are milliseconds since 1970-01-01 UTC. JSON is text.
CREATE TABLE job (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,             -- '' is no key
    payload     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempts    BIGINT NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_owner TEXT,                      -- set while running
    lease_until BIGINT,
    cancel      BOOLEAN NOT NULL,
    step        TEXT NOT NULL,
    fraction    DOUBLE PRECISION NOT NULL, -- negative while it cannot be told
    done_rows   BIGINT NOT NULL,
    result      TEXT,
    error       TEXT,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT
);
CREATE UNIQUE INDEX job_one_unfinished ON job (kind, key) WHERE state IN ('queued', 'running') AND key <> '';
CREATE INDEX job_due ON job (state, run_at);

CREATE TABLE cache (
    key     TEXT PRIMARY KEY,
    value   BYTEA NOT NULL,
    size    BIGINT NOT NULL,   -- of value, bytes
    used_at BIGINT NOT NULL
);
CREATE INDEX cache_by_use ON cache (used_at);
