-- The records of one book. Every amount is exact, in the book's currency. "sequence" is the
-- number of the import that a row came from; where versions differ the later one was kept.

-- Which schema and rules of loading the records were made by: others are made again.
CREATE TABLE made_by (rules VARCHAR NOT NULL);

-- The systems that files came from. Records name them by number: it is read and written
-- for every line.
CREATE TABLE source (
    id   INTEGER NOT NULL,
    name VARCHAR NOT NULL
);

CREATE TYPE line_kind AS ENUM ('sale', 'refund', 'discount', 'tax', 'shipping', 'fee');

CREATE TABLE batch (
    id        VARCHAR NOT NULL,    -- unique per file and mapping
    sequence  BIGINT NOT NULL,     -- order of imports, later wins
    kind      VARCHAR NOT NULL,    -- transactions, customers, …
    source    VARCHAR NOT NULL,    -- the system that the file came from
    read      BIGINT NOT NULL,     -- rows of the file: the sum of the next four
    loaded    BIGINT NOT NULL,     -- rows that were new
    updated   BIGINT NOT NULL,     -- rows that replaced an earlier version
    duplicate BIGINT NOT NULL,     -- rows that were held already
    rejected  BIGINT NOT NULL,     -- rows that could not be accepted
    first_day DATE,                -- of the accepted rows; null: no row has a day
    last_day  DATE                 -- likewise
);

CREATE TABLE rejected_row (
    batch_id    VARCHAR NOT NULL,
    record      BIGINT NOT NULL,   -- number of the record in the file, from 1: file order
    line        BIGINT NOT NULL,   -- line in the original file; 0: the format has no lines
    column_name VARCHAR NOT NULL,  -- column of the file; '': the row as a whole
    reason      VARCHAR NOT NULL,  -- what is wrong and what to do
    text        VARCHAR NOT NULL   -- the row as it stands, shortened
);

-- Transaction lines, to be read through the view transaction_line: it has these columns,
-- and those that files may leave out (see lines.go), null where they are unknown:
--   line        line id within the order
--   local_time  local time in the book's zone; null: the file has days only
--   quantity    units
--   unit_price  in the book's currency
--   cost        of the line
--   product, channel
-- Ways of compressing are given for texts: trying them all costs more than reading the file.
CREATE TABLE stored_line (
    source     INTEGER NOT NULL,
    sequence   BIGINT NOT NULL,
    order_id   VARCHAR USING COMPRESSION fsst, -- null: one customer's lines of one day are one order
    customer   VARCHAR USING COMPRESSION fsst, -- null: nobody was named, the value is unattributed
    day        DATE NOT NULL,                  -- business-local calendar day
    amount     DECIMAL(38, 12) NOT NULL,       -- net amount of the line
    kind       line_kind NOT NULL              -- only a sale is a purchase
);

-- One row per attribute of a customer; an attribute that was never given has none.
CREATE TABLE customer_attribute (
    customer  VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,    -- name, as mapped
    value     VARCHAR NOT NULL,
    sequence  BIGINT NOT NULL
);

CREATE TABLE subscription (
    source           INTEGER NOT NULL,
    sequence         BIGINT NOT NULL,
    subscription     VARCHAR NOT NULL,  -- id; where the file has none: customer, plan and start
    customer         VARCHAR NOT NULL,
    start_day        DATE NOT NULL,     -- first paid day
    end_day          DATE,              -- last paid day; null: still running
    known_from       DATE,              -- day from which an end would be on record; null: its start
    plan             VARCHAR,           -- null: unknown
    recurring_amount DECIMAL(38, 12),   -- per period; null: unknown
    recurring_period VARCHAR NOT NULL,  -- day, week, month, quarter or year
    cancel_reason    VARCHAR,           -- null: unknown, or still running
    voluntary        BOOLEAN            -- whether the customer chose to end it; null: unknown
);

CREATE TABLE interaction (
    source      INTEGER NOT NULL,
    sequence    BIGINT NOT NULL,
    interaction VARCHAR NOT NULL,  -- id; where the file has none: customer, touchpoint, kind and time
    customer    VARCHAR,           -- null: unknown
    case_id     VARCHAR,           -- the matter that several interactions share; null: unknown
    touchpoint  VARCHAR,           -- null: unknown
    kind        VARCHAR,           -- what happened; null: unknown
    local_time  TIMESTAMP,         -- local time of the beginning; null: the file has days only
    day         DATE NOT NULL,     -- local day of the beginning
    ended_at    TIMESTAMP,         -- local; null: instantaneous, open or unknown
    promised_at TIMESTAMP,         -- local; null: nothing was promised
    actual_at   TIMESTAMP,         -- local; null: not delivered, or unknown
    outcome     VARCHAR,           -- null: unknown
    problem     VARCHAR,           -- problem kind; null: none recorded
    channel     VARCHAR,           -- null: unknown
    agent       VARCHAR,           -- null: unknown
    weight      DECIMAL(38, 12) NOT NULL -- sampling weight
);

CREATE TABLE feedback (
    source         INTEGER NOT NULL,
    sequence       BIGINT NOT NULL,
    response       VARCHAR NOT NULL,  -- id; where the file has none: customer, instrument, touchpoint and time
    customer       VARCHAR,           -- null: anonymous
    order_id       VARCHAR,           -- the order it is about; null: none, or unknown
    local_time     TIMESTAMP,         -- local time of the answer; null: the file has days only
    day            DATE NOT NULL,     -- local day of the answer
    touchpoint     VARCHAR,           -- null: unknown
    instrument     VARCHAR NOT NULL,  -- nps, csat, ces or rating
    score          DECIMAL(38, 12),   -- on its own scale; null: text only
    scale_min      DECIMAL(38, 12),   -- least possible score; null: not given
    scale_max      DECIMAL(38, 12),   -- greatest possible score; null: not given
    not_applicable BOOLEAN NOT NULL,  -- the respondent said that it does not apply
    text           VARCHAR,           -- what they wrote; null: nothing
    weight         DECIMAL(38, 12) NOT NULL, -- sampling weight
    language       VARCHAR            -- BCP 47; null: unknown
);

CREATE TABLE reason (
    source     INTEGER NOT NULL,   -- the system that the file came from
    sequence   BIGINT NOT NULL,
    customer   VARCHAR NOT NULL,
    day        DATE NOT NULL,      -- of the statement of the reason
    direction  VARCHAR NOT NULL,   -- in (why they came) or out (why they left)
    reason     VARCHAR NOT NULL,
    given_by   VARCHAR,            -- survey, agent, form, …; null: unknown
    confidence DECIMAL(38, 12)     -- 0 to 1; null: unknown
);

-- Totals of a company that has no more: others' figures, as they stand.
CREATE TABLE movement_total (
    source        INTEGER NOT NULL,
    sequence      BIGINT NOT NULL,
    day           DATE NOT NULL,       -- a day of the period, by habit its last
    opening       DECIMAL(38, 12),     -- null: the closing of the period before
    added         DECIMAL(38, 12),     -- null: unknown
    lost          DECIMAL(38, 12),     -- null: by monthly_churn, else unknown
    monthly_churn DECIMAL(38, 12),     -- fraction a month; null: unknown
    closing       DECIMAL(38, 12) NOT NULL
);
