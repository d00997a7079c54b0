CREATE TABLE audit (
    number BIGINT PRIMARY KEY, -- 1, 2, …
    hash   TEXT NOT NULL,      -- of text, for who adds the next
    text   BYTEA NOT NULL      -- as it was hashed, to the byte
);
