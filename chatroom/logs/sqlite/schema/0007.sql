-- Whom accounts ignore, in the order in which they began.
CREATE TABLE ignored (
    number INTEGER PRIMARY KEY,
    account BLOB NOT NULL,
    name ANY NOT NULL,                      -- the id of another account, or the name of a guest as names are compared
    username TEXT NOT NULL,                 -- as it was written
    person BLOB,                            -- that id
    UNIQUE (account, name)
) STRICT;

CREATE INDEX ignored_person ON ignored (person) WHERE person IS NOT NULL;
