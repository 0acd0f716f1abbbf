-- All nodes know of each other by this schema alone. Everything here belongs to chatroom.
CREATE TABLE chat.meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);

INSERT INTO chat.meta VALUES (true, 0);

-- A server that writes here; one that starts again is another one. What became of its last *batch* is kept: where the
-- connection was lost meanwhile, it asks again.
CREATE TABLE chat.nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token text NOT NULL,
    batch bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- A log is one life of a room. Its number is never given out twice.
CREATE TABLE chat.logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text UNIQUE,                        -- by which names are compared; NULL when the room is deleted
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
    removed bigint NOT NULL DEFAULT 0       -- messages up to this number are no longer kept
) WITH (fillfactor = 50);

CREATE INDEX ON chat.logs (closed) WHERE closed IS NOT NULL;

-- Whatever happens in a room. Only messages have a number.
CREATE TABLE chat.entries (
    log bigint NOT NULL,
    pos bigint NOT NULL,
    seq bigint,
    kind text NOT NULL,
    at bigint NOT NULL,
    name text NOT NULL,                     -- of who speaks, comes, goes …
    text text,
    action boolean,
    session bytea,
    cid text,
    words tsvector,                         -- as they are cut by a node, and the log: no parser of the engine's is asked
    PRIMARY KEY (log, pos)
);

CREATE UNIQUE INDEX ON chat.entries (log, seq) WHERE seq IS NOT NULL;
-- A flush of what is pending would fall into somebody's append.
CREATE INDEX ON chat.entries USING gin (words) WITH (fastupdate = off);

-- Who is in, by which seats.
CREATE TABLE chat.readers (
    log bigint NOT NULL,
    seat bigint NOT NULL,
    connection integer NOT NULL,
    key text NOT NULL,
    node bigint NOT NULL REFERENCES chat.nodes ON DELETE CASCADE,
    PRIMARY KEY (log, seat)
);

-- What became of a change: 'entry' (at *pos*), 'none' (nothing had to happen), 'created', 'opened', or why it can't be.
CREATE TYPE chat.answer AS (outcome text, log bigint, pos bigint, seq bigint, at bigint);

-- The answers to the last batch of a node, apart from the row that each batch changes: there may be many.
CREATE TABLE chat.answers (
    node bigint PRIMARY KEY REFERENCES chat.nodes ON DELETE CASCADE,
    answers chat.answer[] NOT NULL
);

CREATE FUNCTION chat.now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

-- Let changes happen, as node *me* asks for in its batch *number*: in one transaction, which no client holds open. Each
-- gets an answer, in their order; one that can't be holds up no other. A batch that comes again changes nothing. Logs
-- that were closed before *expired* are not opened again.
CREATE FUNCTION chat.append(
    me bigint, secret text, number bigint, expired bigint,
    kinds text[], places bigint[], keys text[], names text[], texts text[], actions boolean[], sessions bytea[],
    cids text[], seats bigint[], connections integer[], capacities integer[], others text[], words text[]
) RETURNS SETOF chat.answer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    last bigint;
    asked record;
    room chat.logs%ROWTYPE;
    opening text[];
    opened bigint[] := '{}';
    results chat.answer[] := array_fill(NULL::chat.answer, ARRAY[cardinality(kinds)]);
    clock bigint := chat.now();
    many integer := 0;
    numbers bigint[] := '{}';
    positions bigint[] := '{}';
    seqs bigint[] := '{}';
    times bigint[] := '{}';
    outcome text;
BEGIN
    -- All locks are taken in this order: one's own node, meta, logs by their numbers. So nobody waits in a circle.
    SELECT batch INTO last FROM chat.nodes WHERE id = me AND token = secret FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this node is no longer one of the chat' USING ERRCODE = 'CH001';
    END IF;
    IF last = number THEN
        RETURN QUERY SELECT a.* FROM chat.answers, unnest(answers) a WHERE node = me;
        RETURN;
    END IF;

    opening := ARRAY(SELECT k FROM unnest(kinds, keys) AS c (kind, k) WHERE kind = 'open');
    IF opening <> '{}' THEN
        PERFORM FROM chat.meta FOR UPDATE;
    END IF;
    PERFORM FROM chat.logs WHERE id = ANY (places) OR key = ANY (opening) ORDER BY id FOR NO KEY UPDATE;

    FOR asked IN
        SELECT c.* FROM unnest(kinds, keys, names, texts, capacities, others, sessions, cids) WITH ORDINALITY
            AS c (kind, k, name, topic, capacity, epoch, owner, creator, n)
        WHERE kind = 'open' ORDER BY n
    LOOP
        UPDATE chat.logs SET key = NULL WHERE key = asked.k AND closed <= expired;
        SELECT * INTO room FROM chat.logs WHERE key = asked.k;
        IF FOUND THEN
            UPDATE chat.logs SET closed = NULL, topic = coalesce(nullif(asked.topic, ''), topic) WHERE id = room.id;
            outcome := 'opened';
        ELSIF asked.epoch IS NOT NULL THEN
            INSERT INTO chat.logs (key, room, epoch, topic, capacity, creator, owner)
            VALUES (asked.k, asked.name, asked.epoch, asked.topic, asked.capacity, asked.creator, asked.owner)
            RETURNING * INTO room;
            outcome := 'created';
        ELSE
            outcome := 'no-such-room';
        END IF;
        IF outcome = 'no-such-room' THEN
            results[asked.n] := (outcome, NULL, NULL, NULL, NULL);
        ELSE
            opened := opened || room.id;
            results[asked.n] := (outcome, room.id, NULL, NULL, NULL);
        END IF;
    END LOOP;

    room.id := NULL;
    FOR asked IN
        SELECT c.* FROM unnest(kinds, places, keys, texts, seats, connections, capacities, others) WITH ORDINALITY
            AS c (kind, log, k, content, seat, connection, capacity, renamed, n)
        WHERE kind <> 'open' ORDER BY log, n
    LOOP
        IF asked.log IS DISTINCT FROM room.id THEN
            PERFORM chat.keep(room);
            SELECT * INTO room FROM chat.logs WHERE id = asked.log;
            room.id := asked.log;
        END IF;
        outcome := 'entry';
        IF asked.kind = 'nothing' THEN
            outcome := 'none';
        ELSIF room.key IS NULL THEN
            outcome := 'no-such-room';
        ELSIF asked.kind = 'topic' THEN
            room.topic := asked.content;
        ELSIF asked.kind = 'gone' THEN
            room.key := NULL;
        ELSIF asked.kind = 'close' THEN
            DELETE FROM chat.readers WHERE log = asked.log AND node = me;
            SELECT count(DISTINCT key) INTO room.members FROM chat.readers WHERE log = asked.log;
            -- Where it is opened as well, that was asked for later.
            IF room.members = 0 AND asked.log <> ALL (opened) THEN
                room.closed := clock;
            END IF;
            outcome := 'none';
        ELSIF asked.kind = 'came' THEN
            IF EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = asked.k) THEN
                outcome := 'none';
            ELSIF asked.capacity > 0 AND room.members >= asked.capacity THEN
                outcome := 'room-full';
            ELSE
                room.members := room.members + 1;
            END IF;
            IF outcome <> 'room-full' THEN
                INSERT INTO chat.readers VALUES (asked.log, asked.seat, asked.connection, asked.k, me)
                ON CONFLICT (log, seat) DO UPDATE
                SET connection = excluded.connection, key = excluded.key, node = excluded.node;
            END IF;
        ELSIF asked.kind = 'went' THEN
            -- A later connection of the same seat may have come in meanwhile: it stays.
            DELETE FROM chat.readers
            WHERE log = asked.log AND key = asked.k AND seat = asked.seat AND connection <= asked.connection;
            IF NOT FOUND OR EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = asked.k) THEN
                outcome := 'none';
            ELSE
                room.members := room.members - 1;
            END IF;
        ELSIF asked.kind = 'called' THEN
            UPDATE chat.readers SET key = asked.renamed WHERE log = asked.log AND key = asked.k;
            IF NOT FOUND THEN
                outcome := 'none';
            END IF;
        END IF;
        IF outcome = 'entry' THEN
            room.pos := room.pos + 1;
            room.at := greatest(room.at, clock);
            many := many + 1;
            numbers[many] := asked.n;
            positions[many] := room.pos;
            times[many] := room.at;
            IF asked.kind = 'said' THEN
                room.seq := room.seq + 1;
                seqs[many] := room.seq;
            ELSE
                seqs[many] := NULL;
            END IF;
            results[asked.n] := (outcome, asked.log, positions[many], seqs[many], room.at);
        ELSE
            results[asked.n] := (outcome, asked.log, NULL, NULL, NULL);
        END IF;
    END LOOP;
    PERFORM chat.keep(room);

    INSERT INTO chat.entries (log, pos, seq, kind, at, name, text, action, session, cid, words)
    SELECT log, pos, seq, kind, at, name, content, action, session, cid, word::tsvector
    FROM unnest(numbers, positions, seqs, times) AS e (n, pos, seq, at)
    JOIN unnest(kinds, places, names, texts, actions, sessions, cids, words) WITH ORDINALITY
        AS c (kind, log, name, content, action, session, cid, word, n) USING (n);

    UPDATE chat.nodes SET batch = number WHERE id = me;
    UPDATE chat.answers SET answers = results WHERE node = me;
    RETURN QUERY SELECT * FROM unnest(results);
END
$$;

-- Keep what has become of *room*, if it is one.
CREATE FUNCTION chat.keep(room chat.logs) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chat.logs SET
        key = room.key, topic = room.topic, closed = room.closed,
        pos = room.pos, seq = room.seq, at = room.at, members = room.members
    WHERE id = room.id;
END
$$;

-- Remove the next things that are no longer kept, *piece* of them at the most; tell whether there were any. Of a room the
-- newest *most* messages are kept (0: all), and none from before *oldest*; a log that was closed before *expired* is not.
CREATE FUNCTION chat.sweep(most bigint, oldest bigint, expired bigint, piece bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    room chat.logs%ROWTYPE;
    upto bigint;
BEGIN
    UPDATE chat.logs SET key = NULL WHERE id IN (
        SELECT id FROM chat.logs WHERE closed <= expired AND key IS NOT NULL
        ORDER BY id LIMIT piece FOR UPDATE SKIP LOCKED
    );
    IF FOUND THEN
        RETURN true;
    END IF;
    SELECT * INTO room FROM chat.logs
    WHERE key IS NULL OR (most > 0 AND seq - removed >= most + piece)
        OR (SELECT at FROM chat.entries WHERE log = id AND seq = removed + 1) < oldest
    LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF room.key IS NULL THEN
        DELETE FROM chat.entries WHERE log = room.id AND pos IN (
            SELECT pos FROM chat.entries WHERE log = room.id ORDER BY pos LIMIT piece
        );
        IF NOT FOUND THEN
            DELETE FROM chat.logs WHERE id = room.id;
        END IF;
        RETURN true;
    END IF;
    SELECT max(next.seq) INTO upto FROM (
        SELECT seq, at FROM chat.entries WHERE log = room.id AND seq > room.removed ORDER BY seq LIMIT piece
    ) AS next
    WHERE next.at < oldest OR (most > 0 AND next.seq <= room.seq - most);
    DELETE FROM chat.entries
    WHERE log = room.id AND pos <= (SELECT pos FROM chat.entries WHERE log = room.id AND seq = upto);
    UPDATE chat.logs SET removed = upto WHERE id = room.id;
    RETURN true;
END
$$;
