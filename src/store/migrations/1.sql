-- Facts: one row a key. A row that says "withdrawn" keeps the place of what is gone, so that an older observation cannot bring it back.
CREATE TABLE fact (
    source       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    name         TEXT    NOT NULL, -- the identity within source and kind, a JSON array
    observed_s   INTEGER NOT NULL, -- seconds since 1970 UTC …
    observed_ns  INTEGER NOT NULL, -- … and nanoseconds of that second
    body         TEXT    NOT NULL, -- JSON
    withdrawn    INTEGER NOT NULL, -- 1: gone
    happened_s   INTEGER,          -- for runs: the latest time in it, by which old ones are let go
    revision     INTEGER NOT NULL, -- the transaction that last changed the body
    PRIMARY KEY (source, kind, name)
) STRICT;
CREATE INDEX fact_by_revision ON fact (revision);

-- Backends: where each reading ended and what could not be read.
CREATE TABLE source (
    id       TEXT    NOT NULL PRIMARY KEY,
    cursor   TEXT,
    read_us  INTEGER,                     -- microseconds since 1970 UTC of the last reading that was at its end
    problems TEXT    NOT NULL DEFAULT '[]', -- JSON array of texts
    more     INTEGER NOT NULL DEFAULT 0   -- 1: the reading goes on
) STRICT, WITHOUT ROWID;

-- The number of the last transaction that changed a fact. Kept apart from the facts, because those can be let go.
CREATE TABLE revision (last INTEGER NOT NULL) STRICT;
INSERT INTO revision VALUES (0);
