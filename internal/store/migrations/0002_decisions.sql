CREATE TABLE decision (
    name   TEXT NOT NULL,
    number BIGINT NOT NULL,    -- 1, 2, …: the highest holds
    value  TEXT NOT NULL,      -- JSON
    at     BIGINT NOT NULL,
    PRIMARY KEY (name, number)
);
