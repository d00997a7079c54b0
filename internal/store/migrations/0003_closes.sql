CREATE TABLE close (
    number BIGINT PRIMARY KEY, -- 1, 2, …
    period TEXT NOT NULL UNIQUE,
    text   BYTEA NOT NULL      -- as it was hashed, to the byte
);
