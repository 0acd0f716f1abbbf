-- Accounts: names that are somebody's.
CREATE TABLE accounts (
    id BLOB PRIMARY KEY,                    -- by which rooms know them
    username TEXT NOT NULL,
    password TEXT NOT NULL,                 -- an encoded hash; empty where others check it
    created INTEGER NOT NULL,               -- in milliseconds since 1970
    seen INTEGER NOT NULL,
    role TEXT NOT NULL                      -- 'member' or 'operator'
) STRICT, WITHOUT ROWID;

-- In the order in which an account had them.
CREATE TABLE former_names (
    account BLOB NOT NULL,
    username TEXT NOT NULL,
    until INTEGER NOT NULL                  -- when others may have it, in milliseconds since 1970
) STRICT;

CREATE INDEX former_names_account ON former_names (account);

-- What an account is known by without its password. A number is never given out twice.
CREATE TABLE devices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account BLOB NOT NULL,
    kind TEXT NOT NULL,                     -- 'token' or 'session'
    secret BLOB NOT NULL UNIQUE,            -- its SHA-256
    created INTEGER NOT NULL,               -- in milliseconds since 1970
    seen INTEGER NOT NULL,
    door TEXT NOT NULL,                     -- by which it came last, and from where
    host TEXT NOT NULL,
    client TEXT NOT NULL,                   -- what it calls itself
    session BLOB
) STRICT;

CREATE INDEX devices_account ON devices (account);
