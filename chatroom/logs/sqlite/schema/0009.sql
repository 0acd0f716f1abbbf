-- How far somebody has read, who is known by an account or a session: up to which message, and as of when.
CREATE TABLE marks (
    person BLOB NOT NULL,
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,                    -- in milliseconds since 1970
    PRIMARY KEY (person, log)
) STRICT, WITHOUT ROWID;

CREATE INDEX marks_log ON marks (log);
