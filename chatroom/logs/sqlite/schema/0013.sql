-- Who may speak in a room where few may, and has no other right there.
CREATE TABLE voiced (
    log INTEGER NOT NULL,
    person BLOB NOT NULL,
    name TEXT NOT NULL,                     -- as it was when they were appointed
    PRIMARY KEY (log, person)
) STRICT, WITHOUT ROWID;
