-- Messages that were reported, with copies of their texts; in 'contexts' those of a few that were before them.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    log INTEGER NOT NULL,
    room TEXT NOT NULL,                     -- as it was called: it may be gone
    seq INTEGER NOT NULL,
    said INTEGER NOT NULL,                  -- when that was, in milliseconds since 1970
    speaker TEXT NOT NULL,
    text TEXT NOT NULL,
    action INTEGER NOT NULL,
    about BLOB NOT NULL,                    -- by what rooms know the speaker; empty if nobody does
    reporter TEXT NOT NULL,
    person BLOB NOT NULL,                   -- by what rooms know that one
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    resolved INTEGER,                       -- when that was
    resolver TEXT,
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (log, seq, person)
) STRICT;

CREATE INDEX reports_resolved ON reports (resolved) WHERE resolved IS NOT NULL;

CREATE TABLE contexts (
    id INTEGER PRIMARY KEY,
    report INTEGER NOT NULL,
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    speaker TEXT NOT NULL,
    text TEXT NOT NULL,                     -- of a message that was taken back ''
    action INTEGER NOT NULL
) STRICT;

CREATE INDEX contexts_report ON contexts (report);
CREATE INDEX contexts_log ON contexts (log, seq);

-- Private rooms: those who may come in, beside those with a role there.
ALTER TABLE logs ADD COLUMN private INTEGER NOT NULL DEFAULT 0;

CREATE TABLE admitted (
    log INTEGER NOT NULL,
    person BLOB NOT NULL,
    PRIMARY KEY (log, person)
) STRICT, WITHOUT ROWID;

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
