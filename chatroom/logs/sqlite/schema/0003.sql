-- How a room is moderated, and by whom beside its owner.
ALTER TABLE logs ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;    -- seconds between two messages of one person
ALTER TABLE logs ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;

CREATE TABLE moderators (
    log INTEGER NOT NULL,
    person BLOB NOT NULL,
    name TEXT NOT NULL,                     -- as it was when they were appointed
    PRIMARY KEY (log, person)
) STRICT, WITHOUT ROWID;

-- What keeps somebody out of a room, or from speaking there.
CREATE TABLE sanctions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    log INTEGER NOT NULL,
    kind TEXT NOT NULL,                     -- 'mute' or 'ban'
    username TEXT NOT NULL,
    person BLOB NOT NULL,
    host BLOB,                              -- where they came from
    imposer TEXT NOT NULL,
    at INTEGER NOT NULL,                    -- in milliseconds since 1970
    until INTEGER,                          -- NULL: for ever
    reason TEXT NOT NULL,
    everybody INTEGER NOT NULL              -- whether it holds for all guests from there
) STRICT;

CREATE INDEX sanctions_log ON sanctions (log);
