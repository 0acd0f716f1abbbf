-- Private rooms: those who may come in, beside those with a role there.
ALTER TABLE logs ADD COLUMN private INTEGER NOT NULL DEFAULT 0;

CREATE TABLE admitted (
    log INTEGER NOT NULL,
    person BLOB NOT NULL,
    PRIMARY KEY (log, person)
) STRICT, WITHOUT ROWID;
