-- Messages that were taken back: their texts are gone from everywhere. A log counts them.
ALTER TABLE logs ADD COLUMN redactions INTEGER NOT NULL DEFAULT 0;

CREATE TABLE redactions (
    log INTEGER NOT NULL,
    number INTEGER NOT NULL,                -- 1, 2, 3 … in each log
    seq INTEGER NOT NULL,
    username TEXT NOT NULL,                 -- of who had said it
    redactor TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;

-- Where people without an account are let in, and what is banned from all of it: the log of the house has no name.
ALTER TABLE logs ADD COLUMN guests INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sanctions ADD COLUMN network TEXT NOT NULL DEFAULT '';     -- in place of somebody

-- 1 while something of such messages may be left in the file, and 2 while it may in that of the changes alone.
INSERT INTO meta VALUES ('erased', 0);

-- Messages beside which something may be left in the pages of a table.
CREATE TABLE erased (
    place TEXT NOT NULL,                    -- 'messages' or 'words_content'
    id INTEGER NOT NULL,
    PRIMARY KEY (place, id)
) STRICT, WITHOUT ROWID;

-- Who did what to others, for ever: as JSON, for each kind of act has its own fields.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    log INTEGER,                            -- NULL: in no room
    act TEXT NOT NULL
) STRICT;

CREATE INDEX audit_log ON audit (log, number);
