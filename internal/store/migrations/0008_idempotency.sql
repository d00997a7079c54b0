CREATE TABLE reply (
    actor    TEXT NOT NULL,
    key      TEXT NOT NULL,   -- SHA-256 of what the asker named the request by
    request  TEXT NOT NULL,   -- SHA-256 of what was asked for
    status   BIGINT NOT NULL,
    location TEXT NOT NULL,   -- '' is none
    etag     TEXT NOT NULL,   -- '' is none
    body     TEXT NOT NULL,   -- without what is shown once
    at       BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX reply_by_age ON reply (at);
