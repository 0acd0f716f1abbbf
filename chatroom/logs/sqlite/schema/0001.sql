-- What is known of the file itself: 'clean' (the last process stopped in order), 'sync' (how it wrote), 'backup' (this
-- is a copy that nobody has started on), 'indexed' (messages up to this id are in the index).
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta VALUES ('clean', 1), ('sync', 'full'), ('backup', 0), ('indexed', 0);

-- A log is one life of a room. Its number is never given out twice.
CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE,                        -- by which names are compared; NULL when the room is deleted
    room TEXT NOT NULL,                     -- as it was first written
    epoch TEXT NOT NULL,
    topic TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    creator TEXT,
    owner BLOB,
    closed INTEGER,                         -- since when, in milliseconds since 1970
    removed INTEGER NOT NULL DEFAULT 0      -- messages up to this number are no longer kept
) STRICT;

-- There may be many closed rooms, among few open ones.
CREATE INDEX logs_closed ON logs (closed);

-- In the order in which they came: cheaper than sorted by room.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,                    -- in milliseconds since 1970
    speaker TEXT NOT NULL,
    text TEXT NOT NULL,
    action INTEGER NOT NULL,
    session BLOB,
    cid TEXT,
    UNIQUE (log, seq)
) STRICT;

-- The words of each message, as they are cut here: all that the tokenizer has to do is to split at spaces.
CREATE VIRTUAL TABLE words USING fts5 (log, said, tokenize = 'ascii', columnsize = 0);
