-- All nodes know of each other by this schema alone. Everything here belongs to chatroom. All rooms begin new epochs with
-- each *generation*. Changes that take messages back are counted: of those before the last vacuum nothing is left.
CREATE TABLE chat.meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL,
    generation bigint NOT NULL DEFAULT 0,
    erased bigint NOT NULL DEFAULT 0,
    vacuumed bigint NOT NULL DEFAULT 0,     -- so many of them were before a vacuum
    vacuum bigint NOT NULL DEFAULT 0,       -- when somebody began one last
    -- The index of the search keeps each word that it has had, though no message is left that has it; only to make it anew
    -- ends that.
    reindexed bigint NOT NULL DEFAULT 0,    -- so many of them were before that was done last
    reindex bigint NOT NULL DEFAULT 0,      -- when somebody began it last
    reindexing bigint NOT NULL DEFAULT 0,   -- how long it took, in milliseconds
    looks text NOT NULL DEFAULT '',         -- by which table those of accounts were made
    cloaks bytea NOT NULL                   -- the secret by which cloaks are made
);

-- Of each of two random UUIDs, 122 bits are chance.
INSERT INTO chat.meta (version, cloaks)
VALUES (0, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- A server that writes here; one that starts again is another one. While its *beat* goes on, it lives: the others see
-- that. What became of its last *batch* is kept: where the connection was lost meanwhile, it asks again.
CREATE TABLE chat.nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token text NOT NULL,
    address text NOT NULL,                  -- what people call it
    beat bigint NOT NULL DEFAULT 0,
    batch bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- A node that is gone. It is buried when its seats are given up or have been taken elsewhere; that it was one is kept for
-- good: a server that is no longer a node, and not here either, has been told what is lost.
CREATE TABLE chat.dead (
    id bigint PRIMARY KEY,
    buried boolean NOT NULL DEFAULT false
);
CREATE INDEX ON chat.dead (id) WHERE NOT buried;

-- Tell whether a log called so is that of a room, and not of the house or of a talk.
CREATE FUNCTION chat.is_room(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT left(name, 1) NOT IN ('', ' ')
$$;

-- A log is one life of a room. Its number is never given out twice. That of the house has no name; that of a talk has one
-- that begins with a space, before each of both accounts, and is never empty: so it is not closed.
CREATE TABLE chat.logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" UNIQUE,            -- by which names are compared; NULL when the room is deleted
    room text NOT NULL,                     -- as it was first written
    epoch text NOT NULL,
    topic text NOT NULL,
    capacity integer NOT NULL,
    creator text,
    owner bytea,
    closed bigint,                          -- since when, in milliseconds since 1970
    pos bigint NOT NULL DEFAULT 0,          -- of the newest entry
    seq bigint NOT NULL DEFAULT 0,          -- of the newest message
    at bigint NOT NULL DEFAULT 0,           -- when that was: time never runs back in a room
    members integer NOT NULL DEFAULT 0,
    empty bigint,                           -- since when, while nobody is in
    permanent boolean NOT NULL DEFAULT false,
    removed bigint NOT NULL DEFAULT 0,      -- messages up to this number are no longer kept
    redactions bigint NOT NULL DEFAULT 0,   -- how many there were
    slow integer NOT NULL DEFAULT 0,        -- seconds between two messages of one person
    locked boolean NOT NULL DEFAULT false,
    guests boolean NOT NULL DEFAULT true,   -- whether people without an account are let in
    invite_only boolean NOT NULL DEFAULT false, -- whether only those come in who are invited, or moderate it
    hidden boolean NOT NULL DEFAULT false,  -- whether it is in the lists of those alone, and of who is in
    topic_locked boolean NOT NULL DEFAULT false, -- whether only those who moderate set the topic
    password text NOT NULL DEFAULT '',      -- the key that one needs to come in, or ''
    begun bigint NOT NULL,                  -- when that was, in milliseconds since 1970
    topic_by text,                          -- who has set the topic, and when
    topic_at bigint NOT NULL DEFAULT 0,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id()  -- by whom what the lobby shows was changed; never by a message
) WITH (fillfactor = 50);

-- There may be far more talks than rooms.
CREATE INDEX ON chat.logs (changed) WHERE chat.is_room(room);
CREATE INDEX ON chat.logs (empty) WHERE empty IS NOT NULL;
CREATE INDEX ON chat.logs (closed) WHERE closed IS NOT NULL;
CREATE INDEX ON chat.logs (owner) WHERE owner IS NOT NULL;

-- Who moderates a room, beside its owner.
CREATE TABLE chat.moderators (
    log bigint NOT NULL,
    person bytea NOT NULL,
    name text NOT NULL,                     -- as it was when they were appointed
    PRIMARY KEY (log, person)
);

CREATE INDEX ON chat.moderators (person);

-- Who may speak in a room where few may, and has no other right there.
CREATE TABLE chat.voiced (
    log bigint NOT NULL,
    person bytea NOT NULL,
    name text NOT NULL,                     -- as it was when they were appointed
    PRIMARY KEY (log, person)
);

CREATE INDEX ON chat.voiced (person);

-- Who may come into an invite-only room without a role there: they were in when it became so, or are invited.
CREATE TABLE chat.admitted (
    log bigint NOT NULL,
    person bytea NOT NULL,
    PRIMARY KEY (log, person)
);

CREATE INDEX ON chat.admitted (person);

-- What keeps somebody out of a room, or from speaking there: a 'mute' or a 'ban'. Numbers are never given out twice.
CREATE SEQUENCE chat.sanction;
CREATE TABLE chat.sanctions (
    number bigint PRIMARY KEY,
    log bigint NOT NULL,
    kind text NOT NULL,
    username text NOT NULL,
    person bytea NOT NULL,
    host bytea,                             -- where they came from
    imposer text NOT NULL,
    at bigint NOT NULL,
    until bigint,                           -- NULL: for ever
    reason text NOT NULL,
    everybody boolean NOT NULL,             -- whether it holds for all guests from there
    network text NOT NULL,                  -- in place of somebody, or ''
    mask text NOT NULL                      -- likewise
);

CREATE INDEX ON chat.sanctions (log);
CREATE INDEX ON chat.sanctions (person);

-- Which rooms somebody follows, who is known by a session: from their first join until they leave.
CREATE TABLE chat.follows (
    number bigint GENERATED ALWAYS AS IDENTITY, -- in the order in which they began
    person bytea NOT NULL,
    log bigint NOT NULL,
    PRIMARY KEY (person, log)
);

CREATE INDEX ON chat.follows (log);

-- When each of them was here last, by the day.
CREATE TABLE chat.followers (
    person bytea PRIMARY KEY,
    seen bigint NOT NULL
);

CREATE INDEX ON chat.followers (seen);

-- How far somebody has read, who is known by an account or a session: up to which message, and as of when.
CREATE TABLE chat.marks (
    person bytea NOT NULL,
    log bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (person, log)
);

CREATE INDEX ON chat.marks (log);

-- Who has talked with whom: a row for each of both, from the first message on.
CREATE TABLE chat.talks (
    person bytea NOT NULL,
    other bytea NOT NULL,
    log bigint NOT NULL,
    seq bigint NOT NULL,                    -- of the newest message that is not withheld from them
    at bigint NOT NULL,                     -- when that was said
    name text,                              -- of the other, whose account is no more
    PRIMARY KEY (person, other)
);

CREATE INDEX ON chat.talks (person, at);

-- Messages that were taken back: of them the entries are left, without texts.
CREATE TABLE chat.redactions (
    log bigint NOT NULL,
    number bigint NOT NULL,                 -- 1, 2, 3 … in each log
    seq bigint NOT NULL,
    username text NOT NULL,                 -- of who had said it
    redactor text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (log, number)
);

-- Messages that were reported, with copies of their texts; in *contexts* those of a few that were before them.
CREATE TABLE chat.reports (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log bigint NOT NULL,
    room text NOT NULL,                     -- as it was called: it may be gone
    seq bigint NOT NULL,
    said bigint NOT NULL,                   -- when that was
    speaker text NOT NULL,
    text text NOT NULL,
    kind smallint NOT NULL,                 -- 0, of an action 1, of a notice 2
    about bytea NOT NULL,                   -- by what rooms know the speaker; empty if nobody does
    reporter text NOT NULL,
    person bytea NOT NULL,                  -- by what rooms know that one
    at bigint NOT NULL,
    reason text NOT NULL,
    resolved bigint,                        -- when that was
    resolver text,
    note text NOT NULL DEFAULT '',
    re bigint,                              -- the number of the message that it answers
    house bigint,                           -- the log that tells of it,
    pos bigint,                             -- and where
    UNIQUE (log, seq, person)
);

CREATE INDEX ON chat.reports (resolved) WHERE resolved IS NOT NULL;

CREATE TABLE chat.contexts (
    report bigint NOT NULL,
    log bigint NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    speaker text NOT NULL,
    text text NOT NULL,                     -- of a message that was taken back ''
    kind smallint NOT NULL,
    re bigint,
    PRIMARY KEY (report, seq)
);

CREATE INDEX ON chat.contexts (log, seq);

-- Who did what to others, for ever: as JSON, for each kind of act has its own fields.
CREATE TABLE chat.audit (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log bigint,                             -- NULL: in no room
    act jsonb NOT NULL
);

CREATE INDEX ON chat.audit (log, number);

-- Whatever happens in a room. Only messages have a number.
CREATE TABLE chat.entries (
    log bigint NOT NULL,
    pos bigint NOT NULL,
    seq bigint,
    kind text NOT NULL,
    at bigint NOT NULL,
    name text NOT NULL,                     -- of who speaks, comes, goes …
    text text,                              -- of a message that was taken back ''
    action smallint,                        -- of a message 0, of an action 1, of a notice 2
    session bytea,
    cid text,
    by text,                                -- who acts on somebody
    re bigint,                              -- the number of the message that one answers
    words tsvector,                         -- as they are cut by a node, and the log: no parser of the engine's is asked
    PRIMARY KEY (log, pos)
);

CREATE UNIQUE INDEX ON chat.entries (log, seq) WHERE seq IS NOT NULL;
-- A flush of what is pending would fall into somebody's append.
CREATE INDEX ON chat.entries USING gin (words) WITH (fastupdate = off);

-- Names that are somebody's. What is *gone* stays for a minute, without any secret, until all nodes know. Each change has a
-- *version*: they are made one after the other, and an older one that is heard later is none.
CREATE SEQUENCE chat.version;
CREATE TABLE chat.accounts (
    id bytea PRIMARY KEY,
    username text NOT NULL,
    password text NOT NULL,                 -- its hash, or '' where others check it
    created bigint NOT NULL,
    seen bigint NOT NULL,
    role text NOT NULL,
    gone bigint,
    version bigint NOT NULL,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE INDEX ON chat.accounts (changed);
CREATE INDEX ON chat.accounts (gone) WHERE gone IS NOT NULL;

-- What an account is called, and was (*until* a time it stays its own), the latest one last.
CREATE TABLE chat.names (
    key text COLLATE "C" PRIMARY KEY,
    account bytea NOT NULL,
    username text NOT NULL,
    until bigint,
    place integer NOT NULL DEFAULT 0
);

CREATE INDEX ON chat.names (account);

-- What the names of accounts look like (the skeletons of UTS #39): two that are made at once are not to look the same.
CREATE TABLE chat.looks (
    skeleton text COLLATE "C" NOT NULL,
    account bytea NOT NULL,
    PRIMARY KEY (skeleton, account)
);

CREATE INDEX ON chat.looks (account);

-- Whom accounts ignore, in the order in which they began: another account by its id, a guest by name.
CREATE TABLE chat.ignored (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bytea NOT NULL,
    key text COLLATE "C",
    username text NOT NULL,
    person bytea,
    CHECK (key IS NULL OR person IS NULL)
);

CREATE UNIQUE INDEX ON chat.ignored (account, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX ON chat.ignored (account, person) WHERE person IS NOT NULL;
CREATE INDEX ON chat.ignored (person);

-- What needs no password. Connections that are none of these have numbers too.
CREATE SEQUENCE chat.device;
CREATE TABLE chat.devices (
    number bigint PRIMARY KEY,
    account bytea NOT NULL,
    kind text NOT NULL,
    secret bytea UNIQUE,                    -- a hash of it; NULL when it is gone
    created bigint NOT NULL,
    seen bigint NOT NULL,
    door text NOT NULL,
    host text NOT NULL,
    client text NOT NULL,
    session bytea,
    gone bigint,
    version bigint NOT NULL,
    changed xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE INDEX ON chat.devices (account);
CREATE INDEX ON chat.devices (changed);
CREATE INDEX ON chat.devices (gone) WHERE gone IS NOT NULL;

-- Who is here, or is about to be called so: by the seat that has *reserved* the name.
CREATE TABLE chat.users (
    key text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    reserved bigint,
    connection integer
);

-- A seat of a user at a node, or at one that is gone. Each *connection* that takes it over has a higher number.
CREATE TABLE chat.seats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    session bytea UNIQUE,
    person bytea NOT NULL,                  -- by which rooms know the user: the account, the session, or what stands for one
    host bytea,                             -- where they come from
    node bigint NOT NULL,
    connection integer NOT NULL DEFAULT 1,
    device bigint,                          -- of an account, by which they came
    guest bytea                             -- by what rooms knew them before they were the account's, if they came as a guest
);

CREATE INDEX ON chat.seats (key);
CREATE INDEX ON chat.seats (node);
CREATE INDEX ON chat.seats (person);
CREATE INDEX ON chat.seats (device);
CREATE INDEX ON chat.seats (guest) WHERE guest IS NOT NULL;

-- Who is in, by which seats.
CREATE TABLE chat.readers (
    log bigint NOT NULL,
    seat bigint NOT NULL,
    connection integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (log, seat)
);

CREATE INDEX ON chat.readers (seat);

-- What one node has for another: 'told' (*content* of *speaker* for *name*; *taken* while it is being shown), 'answered'
-- (what became of that), 'copied' (that who has *seat* has told *name* the *content*), 'moved' (a later *connection* of
-- *seat* is at another node), 'invited' (whoever has *seat* is, to the room *name*, by *speaker*: the entry at *pos* of its
-- *log*). Of who has seats at both: 'rooms' (is in those of the *content* by other nodes), 'left' (the room *content*, by *seat*
-- too), 'marked' (has read as far as the *content* says). 'revoked': what brought somebody to *seat* is worth nothing.
-- 'talked': what happened in the talk with *name* of whoever has *seat* is the entry at *pos* of its *log*.
CREATE TABLE chat.mail (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node bigint NOT NULL,
    kind text NOT NULL,
    seat bigint NOT NULL,
    connection integer,
    name text,
    speaker text,
    content text,
    back bigint,
    taken boolean NOT NULL DEFAULT false,
    at bigint NOT NULL,
    log bigint,
    pos bigint
);

CREATE INDEX ON chat.mail (node);

-- What became of a change: 'entry' (at *pos*), 'none' (nothing had to happen, as of *pos*), 'created', 'opened', 'claimed'
-- and 'resumed' (the seat *pos*, of *name*, by the connection *seq*, which was at node *at* and reads *rooms*, each behind
-- its log; *content* has the rooms where they are by other nodes), 'told' (the mail *pos* is for the node *seq*; *rooms* has
-- all of it, each before its node), 'posted' (likewise), 'changed' (accounts, by the version *pos*), 'authenticated' (as
-- *name*; *content* has the logs that tell of it, with their positions, and rooms), or why it can't be. The *content* of an
-- entry is told where it is not what was asked for; that of a rename, or of accounts that have other names, has the logs
-- where the name was another one, with their positions. Where others have mail by it, *rooms* has their nodes.
CREATE TYPE chat.answer AS (
    outcome text, log bigint, pos bigint, seq bigint, at bigint, name text, rooms text[], content text
);

-- What a batch is told: the answer to its change *n*, or without that an entry of others.
CREATE TYPE chat.told AS (
    n bigint, outcome text, log bigint, pos bigint, seq bigint, at bigint,
    kind text, name text, content text, action smallint, session bytea, cid text, by text, re bigint,
    rooms text[]
);

-- The answers to the last batch of a node, apart from the row that each batch changes: there may be many.
CREATE TABLE chat.answers (
    node bigint PRIMARY KEY REFERENCES chat.nodes ON DELETE CASCADE,
    answers chat.answer[] NOT NULL
);
