-- How a room is moderated, and by whom beside its owner.
ALTER TABLE logs ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;    -- seconds between two messages of one person
ALTER TABLE logs ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;

CREATE TABLE moderators (
    log INTEGER NOT NULL,
    person BLOB NOT NULL,
    name TEXT NOT NULL,                     -- as it was when they were appointed
    PRIMARY KEY (log, person)
) STRICT, WITHOUT ROWID;
