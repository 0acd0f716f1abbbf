-- Which rooms somebody follows, who is known by an account or a session: from their first join until they leave.
CREATE TABLE follows (
    number INTEGER PRIMARY KEY,             -- in the order in which they began
    person BLOB NOT NULL,
    log INTEGER NOT NULL,
    UNIQUE (person, log)
) STRICT;

CREATE INDEX follows_log ON follows (log);

CREATE TABLE followers (
    person BLOB PRIMARY KEY,
    seen INTEGER                            -- when a session was here last, in milliseconds; NULL for an account
) STRICT, WITHOUT ROWID;

CREATE INDEX followers_seen ON followers (seen) WHERE seen IS NOT NULL;
