CREATE TABLE event_message (
    number   BIGINT PRIMARY KEY, -- in the order in which they came
    source   TEXT NOT NULL,
    id       TEXT NOT NULL,      -- as the sender named it
    customer TEXT NOT NULL,      -- '' is nobody
    state    TEXT NOT NULL CHECK (state IN ('waiting', 'later', 'landed', 'refused')),
    portion  BIGINT,             -- that it is landed with; NULL while it waits
    received BIGINT NOT NULL,
    body     TEXT                -- JSON; NULL once it is landed
);
CREATE UNIQUE INDEX event_message_once ON event_message (source, id);
CREATE INDEX event_message_due ON event_message (state, portion, number);
CREATE INDEX event_message_of ON event_message (customer);
CREATE INDEX event_message_by_age ON event_message (received);
