-- Who has talked with whom: a row for each of both, from their first message on. Their log is never restored or removed
-- as one of a room: while nobody reads it, it is closed as of a time that never comes.
CREATE TABLE talks (
    person BLOB NOT NULL,
    other BLOB NOT NULL,
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,                   -- of the newest message that is not withheld from them
    at INTEGER NOT NULL,                    -- when that was said, in milliseconds since 1970
    name TEXT,                              -- of the other, whose account is no more
    PRIMARY KEY (person, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX talks_at ON talks (person, at);
CREATE INDEX talks_other ON talks (other);

-- In a talk: not shown to the other one, who ignored its speaker.
ALTER TABLE messages ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0;
