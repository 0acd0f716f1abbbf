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
    beat bigint NOT NULL DEFAULT 0,
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
    name text NOT NULL,
    node bigint NOT NULL REFERENCES chat.nodes ON DELETE CASCADE,
    PRIMARY KEY (log, seat)
);

-- What became of a change: 'entry' (at *pos*), 'none' (nothing had to happen, as of *pos*), 'created', 'opened', or why it
-- can't be.
CREATE TYPE chat.answer AS (outcome text, log bigint, pos bigint, seq bigint, at bigint);

-- What a batch is told: the answer to its change *n*, or without that an entry of others.
CREATE TYPE chat.told AS (
    n bigint, outcome text, log bigint, pos bigint, seq bigint, at bigint,
    kind text, name text, content text, action boolean, session bytea, cid text
);

-- The answers to the last batch of a node, apart from the row that each batch changes: there may be many.
CREATE TABLE chat.answers (
    node bigint PRIMARY KEY REFERENCES chat.nodes ON DELETE CASCADE,
    answers chat.answer[] NOT NULL
);

CREATE FUNCTION chat.now() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

-- Show that node *me* lives. Each function of a node begins so: one that is no longer a node can do nothing here. And it
-- ends with a commit that waits for the standby, as all have to that was seen meanwhile.
CREATE FUNCTION chat.beat(me bigint, secret text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chat.nodes SET beat = beat + 1 WHERE id = me AND token = secret;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this server is no longer a node of the chat' USING ERRCODE = 'CH001';
    END IF;
END
$$;

-- Let changes happen, as node *me* asks for in its batch *number*: in one transaction, which no client holds open. Each
-- gets an answer; one that can't be holds up no other. A batch that comes again changes nothing. Logs that were closed
-- before *expired* are not opened again. Of each of the logs *followed* the node has all entries up to a position that is
-- *known*; it is given what others have added since, as much as is sure to fit: it may not be there to take it.
CREATE FUNCTION chat.append(
    me bigint, secret text, number bigint, expired bigint, followed bigint[], known bigint[],
    kinds text[], places bigint[], keys text[], names text[], texts text[], actions boolean[], sessions bytea[],
    cids text[], seats bigint[], connections integer[], capacities integer[], others text[], words text[]
) RETURNS SETOF chat.told LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    last bigint;
    asked record;
    room chat.logs%ROWTYPE;
    opening text[];
    opened bigint[] := '{}';
    closing bigint[];
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
    PERFORM chat.beat(me, secret);
    SELECT batch INTO last FROM chat.nodes WHERE id = me;
    IF last = number THEN
        SELECT answers INTO results FROM chat.answers WHERE node = me;
        RETURN QUERY SELECT * FROM chat.others(followed, known, results);
        RETURN QUERY SELECT * FROM chat.mine(results);
        RETURN;
    END IF;

    opening := ARRAY(SELECT k FROM unnest(kinds, keys) AS c (kind, k) WHERE kind = 'open');
    closing := ARRAY(SELECT log FROM unnest(kinds, places) AS c (kind, log) WHERE kind = 'close');
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
        -- One that is closed in the same batch was so before, unless others are there.
        IF FOUND AND room.closed IS NULL AND asked.creator IS NOT NULL AND (
            room.id <> ALL (closing) OR EXISTS (SELECT FROM chat.readers WHERE log = room.id AND node <> me)
        ) THEN
            outcome := 'room-exists';
        ELSIF FOUND THEN
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
        IF outcome IN ('no-such-room', 'room-exists') THEN
            results[asked.n] := (outcome, NULL, NULL, NULL, NULL);
        ELSE
            opened := opened || room.id;
            results[asked.n] := (outcome, room.id, NULL, NULL, NULL);
        END IF;
    END LOOP;

    room := NULL;
    FOR asked IN
        SELECT c.* FROM unnest(kinds, places, keys, names, texts, seats, connections, capacities, others) WITH ORDINALITY
            AS c (kind, log, k, name, content, seat, connection, capacity, renamed, n)
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
                INSERT INTO chat.readers VALUES (asked.log, asked.seat, asked.connection, asked.k, asked.name, me)
                ON CONFLICT (log, seat) DO UPDATE
                SET connection = excluded.connection, key = excluded.key, name = excluded.name, node = excluded.node;
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
            UPDATE chat.readers SET key = asked.renamed, name = asked.content
            WHERE log = asked.log AND key = asked.k;
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
            results[asked.n] := (outcome, asked.log, room.pos, NULL, NULL);
        END IF;
    END LOOP;
    PERFORM chat.keep(room);
    RETURN QUERY SELECT * FROM chat.others(followed, known, results);

    INSERT INTO chat.entries (log, pos, seq, kind, at, name, text, action, session, cid, words)
    SELECT log, pos, seq, kind, at, name, content, action, session, cid, word::tsvector
    FROM unnest(numbers, positions, seqs, times) AS e (n, pos, seq, at)
    JOIN unnest(kinds, places, names, texts, actions, sessions, cids, words) WITH ORDINALITY
        AS c (kind, log, name, content, action, session, cid, word, n) USING (n);

    UPDATE chat.nodes SET batch = number WHERE id = me;
    UPDATE chat.answers SET answers = results WHERE node = me;
    RETURN QUERY SELECT * FROM chat.mine(results);
END
$$;

-- Return *results* as they are told.
CREATE FUNCTION chat.mine(results chat.answer[]) RETURNS SETOF chat.told LANGUAGE sql STABLE AS $$
    SELECT n, outcome, log, pos, seq, at, NULL::text, NULL::text, NULL::text, NULL::boolean, NULL::bytea, NULL::text
    FROM unnest(results) WITH ORDINALITY AS r (outcome, log, pos, seq, at, n)
$$;

-- Return the entries of others in the logs *followed* beyond what is *known*, in order, as many as fit. *mine* are known
-- to whoever asks, if they are stored already.
CREATE FUNCTION chat.others(followed bigint[], known bigint[], mine chat.answer[]) RETURNS SETOF chat.told
LANGUAGE sql STABLE AS $$
    SELECT NULL::bigint, NULL::text, log, pos, seq, at, kind, name, text, action, session, cid FROM (
        SELECT e.*, sum(100 + octet_length(name) + coalesce(octet_length(text), 0)) OVER (ORDER BY e.log, e.pos) AS size
        FROM unnest(followed, known) AS f (log, pos)
        CROSS JOIN LATERAL (
            SELECT * FROM chat.entries e WHERE e.log = f.log AND e.pos > f.pos ORDER BY e.pos LIMIT 200
        ) AS e
    ) AS others
    WHERE size <= 32768 AND NOT EXISTS (
        SELECT FROM unnest(mine) AS m WHERE m.outcome = 'entry' AND m.log = others.log AND m.pos = others.pos
    )
    ORDER BY log, pos
$$;

-- Give node *me* what others have added to *place* beyond the entry *upto*, as much as fits.
CREATE FUNCTION chat.catch_up(me bigint, secret text, place bigint, upto bigint) RETURNS SETOF chat.told
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT * FROM chat.others(ARRAY[place], ARRAY[upto], '{}');
END
$$;

-- Give node *me* the positions of the newest entries of the logs *followed*; of one that is gone, none.
CREATE FUNCTION chat.heads(me bigint, secret text, followed bigint[]) RETURNS TABLE (log bigint, pos bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT l.id, l.pos FROM chat.logs l WHERE l.id = ANY (followed);
END
$$;

-- Give node *me* an open room, or all, with the names of who is in.
CREATE FUNCTION chat.rooms(me bigint, secret text, place bigint) RETURNS TABLE (room chat.logs, people text[])
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT l, ARRAY(SELECT DISTINCT ON (r.key) r.name FROM chat.readers r WHERE r.log = l.id)
    FROM chat.logs l WHERE l.key IS NOT NULL AND CASE WHEN place IS NULL THEN l.closed IS NULL ELSE l.id = place END
    ORDER BY l.id;
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
