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
-- gets an answer; one that can't be holds up no other. A batch that comes again, or late, changes nothing. Logs that were
-- closed before *expired* are not opened again; *most* are open at a time, of which a session may have made *share* (0:
-- any number); one that has been empty for *linger* milliseconds may be closed. Of each of the logs *followed* the node
-- has all entries up to a position that is *known*; it is given what others have added since, as much as is sure to fit:
-- it may not be there to take it. When it was asked for the first message, it had those up to *known_then*. A log that
-- does not reach as far as is known has lost something, and nothing is changed.
CREATE FUNCTION chat.append(
    me bigint, secret text, number bigint, expired bigint, most bigint, share bigint, linger bigint,
    followed bigint[], known bigint[], known_then bigint[],
    kinds text[], places bigint[], keys text[], names text[], texts text[], actions smallint[], sessions bytea[],
    cids text[], sitting bigint[], connections integer[], capacities integer[], others text[], acts text[],
    res bigint[], words text[]
) RETURNS SETOF chat.told LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    last bigint;
    asked record;
    room chat.logs%ROWTYPE;
    seat chat.seats%ROWTYPE;
    reader chat.readers%ROWTYPE;
    again record;
    opening text[];
    opened bigint[] := '{}';
    closing bigint[];
    refused text[] := '{}';                 -- the connections that were not renamed: their rooms are not told either
    freed bigint[] := '{}';
    left_behind bigint[] := '{}';
    dismissed bigint[];
    elsewhere text[];
    detail text;
    proved boolean;
    behind boolean;
    replaced boolean;
    results chat.answer[] := array_fill(NULL::chat.answer, ARRAY[cardinality(kinds)]);
    clock bigint := chat.now();
    many integer := 0;
    numbers bigint[] := '{}';
    positions bigint[] := '{}';
    seqs bigint[] := '{}';
    times bigint[] := '{}';
    outcome text;
    who text;
    target bigint;
    bearer bigint;
    tuning jsonb;
    closes boolean;
    given bigint;
    redacted jsonb;
    reported text;
    noted bigint;
    meant bytea[] := '{}';
BEGIN
    -- All locks are taken in this order: one's own node, meta, seats and then logs by their numbers. So nobody waits in a
    -- circle. Names change under that of meta alone.
    PERFORM chat.beat(me, secret);
    SELECT batch INTO last FROM chat.nodes WHERE id = me;
    IF number < last THEN
        -- It comes late, by a connection that was given up: it has been asked for again, and was answered.
        RAISE EXCEPTION 'batch % was overtaken by batch %', number, last;
    ELSIF number = last THEN
        SELECT answers INTO results FROM chat.answers WHERE node = me;
        RETURN QUERY SELECT * FROM chat.others(followed, known, results);
        RETURN QUERY SELECT * FROM chat.mine(results);
        RETURN;
    END IF;

    opening := ARRAY(SELECT k FROM unnest(kinds, keys) AS c (kind, k) WHERE kind = 'open');
    closing := ARRAY(SELECT log FROM unnest(kinds, places) AS c (kind, log) WHERE kind = 'close');
    IF kinds && '{open,claim,reserve,disclaim,rename,free,erased,reported,accounts,authenticate}' THEN
        PERFORM FROM chat.meta FOR UPDATE;
    END IF;
    IF kinds && '{sanctioned,ranked,invited}' THEN
        -- Those have to hold for the account whose a guest is about to be.
        meant := ARRAY(
            SELECT CASE kind WHEN 'sanctioned' THEN decode(content::jsonb -> 'sanction' ->> 'person', 'base64') ELSE person END
            FROM unnest(kinds, texts, sessions) AS c (kind, content, person)
            WHERE kind IN ('sanctioned', 'ranked', 'invited')
        );
    END IF;
    IF 'accounts' = ANY (kinds) THEN
        meant := meant || ARRAY(
            SELECT m.person FROM unnest(kinds, texts) AS c (kind, content)
            CROSS JOIN LATERAL chat.merged(CASE WHEN kind = 'accounts' THEN content::jsonb END) AS m
        );
    END IF;
    IF kinds && '{claim,rename,free,came,went,called,authenticate,sanctioned,ranked,invited}' OR meant <> '{}' THEN
        PERFORM FROM chat.seats
        WHERE id = ANY (sitting) OR person = ANY (meant)
            OR session = ANY (ARRAY(SELECT s FROM unnest(kinds, sessions) AS c (kind, s) WHERE kind = 'claim'))
        ORDER BY id FOR UPDATE;
    END IF;
    IF kinds && '{free,rename}' THEN
        -- Those of other seats of the same person too, where they are about to have another name.
        left_behind := ARRAY(
            SELECT r.log FROM unnest(kinds, sitting) AS c (kind, s)
            JOIN chat.seats one ON one.id = c.s
            JOIN chat.seats other ON other.id = one.id OR (kind = 'rename' AND other.key = one.key)
            JOIN chat.readers r ON r.seat = other.id WHERE kind IN ('free', 'rename')
        );
    END IF;
    IF 'authenticate' = ANY (kinds) THEN
        left_behind := left_behind || ARRAY(
            SELECT l.log FROM unnest(kinds, sitting) AS c (kind, s) JOIN chat.seats ON id = c.s
            CROSS JOIN LATERAL (
                SELECT r.log FROM chat.readers r WHERE r.seat = seats.id UNION ALL SELECT * FROM chat.concerning(seats.person)
            ) AS l (log)
            WHERE kind = 'authenticate'
        );
    END IF;
    IF 'accounts' = ANY (kinds) THEN
        left_behind := left_behind || ARRAY(
            SELECT r.log FROM unnest(kinds, texts) AS c (kind, content)
            CROSS JOIN LATERAL chat.renamed(CASE WHEN kind = 'accounts' THEN content::jsonb END) AS account
            JOIN chat.seats s ON s.person = account JOIN chat.readers r ON r.seat = s.id
            UNION ALL
            SELECT t.log FROM unnest(kinds, texts) AS c (kind, content)
            CROSS JOIN LATERAL chat.dropped(CASE WHEN kind = 'accounts' THEN content::jsonb END) AS account
            JOIN chat.talks t ON t.person = account
            UNION ALL
            SELECT l.log FROM unnest(kinds, texts) AS c (kind, content)
            CROSS JOIN LATERAL chat.merged(CASE WHEN kind = 'accounts' THEN content::jsonb END) AS m
            CROSS JOIN LATERAL chat.concerning(m.person) AS l (log)
        );
    END IF;
    PERFORM FROM chat.logs WHERE id = ANY (places) OR key = ANY (opening) OR id = ANY (left_behind)
    ORDER BY id FOR NO KEY UPDATE;

    -- People, and what is told to them.
    FOR asked IN
        SELECT c.* FROM
            unnest(kinds, keys, names, texts, actions, sitting, connections, others, capacities, cids) WITH ORDINALITY
            AS c (kind, k, name, content, away, seat, connection, other, most, proof, n)
        WHERE kind IN (
            'reserve', 'disclaim', 'rename', 'free', 'known', 'accounts', 'tell', 'copy', 'answered', 'authenticate',
            'marks'
        )
        ORDER BY n
    LOOP
        outcome := 'none';
        who := NULL;
        target := NULL;
        elsewhere := NULL;
        detail := NULL;
        IF asked.kind = 'tell' THEN
            SELECT name INTO who FROM chat.users WHERE key = asked.k AND reserved IS NULL;
            IF who IS NULL THEN
                outcome := 'no-such-user';
            ELSE
                outcome := 'unavailable';
                FOR seat IN
                    SELECT DISTINCT ON (s.node) s.* FROM chat.seats s JOIN chat.nodes ON nodes.id = s.node
                    WHERE s.key = asked.k AND (s.node <> me OR asked.away IS DISTINCT FROM 1) ORDER BY s.node, s.id
                LOOP
                    INSERT INTO chat.mail (node, kind, seat, name, speaker, content, back, at)
                    VALUES (seat.node, 'told', seat.id, who, asked.name, asked.content, me, clock)
                    RETURNING mail.number INTO given;
                    IF target IS NULL THEN
                        outcome := 'told';
                        target := given;
                        bearer := seat.node;
                    END IF;
                    elsewhere := elsewhere || (given || ' ' || seat.node);
                END LOOP;
            END IF;
            results[asked.n] := (
                outcome, NULL, target, CASE WHEN target IS NOT NULL THEN bearer END, NULL, who, elsewhere, NULL
            );
            CONTINUE;
        ELSIF asked.kind = 'copy' THEN
            elsewhere := chat.post(
                'copied', ARRAY(
                    SELECT DISTINCT ON (node) id FROM chat.seats WHERE key = asked.k AND node <> me ORDER BY node, id
                ),
                asked.name, asked.other, asked.content, clock
            );
            results[asked.n] := ('none', NULL, NULL, NULL, NULL, NULL, elsewhere, NULL);
            CONTINUE;
        ELSIF asked.kind = 'marks' THEN
            elsewhere := chat.keep_marks(me, asked.content::jsonb, clock);
            results[asked.n] := ('none', NULL, NULL, NULL, NULL, NULL, elsewhere, NULL);
            CONTINUE;
        ELSIF asked.kind = 'accounts' THEN
            results[asked.n] := chat.change(asked.content::jsonb, clock);
            IF (results[asked.n]).outcome = 'changed' THEN
                freed := freed || chat.dismiss(me, asked.content::jsonb, clock);
            END IF;
            CONTINUE;
        ELSIF asked.kind = 'answered' THEN
            UPDATE chat.mail SET node = back, kind = 'answered', content = asked.content
            WHERE number = asked.seat AND taken RETURNING back INTO target;
            results[asked.n] := ('posted', NULL, asked.seat, target, NULL, NULL, NULL, NULL);
            CONTINUE;
        END IF;
        SELECT * INTO seat FROM chat.seats WHERE id = asked.seat;
        IF asked.kind = 'disclaim' THEN
            DELETE FROM chat.users WHERE reserved = asked.seat AND connection = asked.connection;
        ELSIF asked.kind = 'known' THEN
            UPDATE chat.seats SET person = decode(asked.other, 'hex'), device = NULL, guest = NULL WHERE id = asked.seat;
        ELSIF seat.id IS NULL OR seat.connection > asked.connection
            OR (asked.kind = 'authenticate' AND seat.person = decode(asked.other, 'hex'))
        THEN
            outcome := 'replaced';
            IF asked.kind = 'rename' THEN
                refused := refused || (asked.seat || '/' || asked.connection);
            END IF;
        ELSIF asked.kind = 'authenticate' THEN
            dismissed := chat.place(decode(asked.other, 'hex'), asked.most);
            IF dismissed IS NULL THEN
                outcome := 'too-many-connections';
                who := asked.name;
            ELSE
                PERFORM chat.unseat(dismissed);
                freed := freed || dismissed;
                results[asked.n] := chat.authenticate(
                    me, seat, decode(asked.other, 'hex'), asked.content::bigint, asked.proof, asked.name, clock
                );
                CONTINUE;
            END IF;
        ELSIF asked.kind = 'reserve' AND chat.owner(asked.k, clock) <> seat.person THEN
            outcome := 'username-taken';
            who := asked.name;
        ELSIF asked.kind = 'reserve' THEN
            INSERT INTO chat.users (key, name, reserved, connection)
            VALUES (asked.k, asked.name, asked.seat, asked.connection) ON CONFLICT DO NOTHING;
            IF NOT FOUND AND seat.key <> asked.k THEN
                SELECT name INTO who FROM chat.users WHERE key = asked.k AND (
                    reserved IS NULL OR reserved NOT IN (SELECT id FROM chat.seats WHERE key = seat.key)
                );
                IF FOUND THEN
                    outcome := 'username-taken';
                END IF;
            END IF;
        ELSIF asked.kind = 'rename' THEN
            DELETE FROM chat.users
            WHERE key = asked.k AND reserved IN (SELECT id FROM chat.seats WHERE key = seat.key);
            SELECT name INTO who FROM chat.users WHERE key = asked.k AND key <> seat.key;
            IF FOUND THEN
                outcome := 'username-taken';
                refused := refused || (asked.seat || '/' || asked.connection);
            ELSE
                UPDATE chat.users SET key = asked.k, name = asked.name WHERE key = seat.key;
                UPDATE chat.seats SET key = asked.k WHERE key = seat.key;
                -- Of the rooms where they are by other nodes this one knows nothing.
                detail := chat.call(asked.k, asked.name, clock, ARRAY(
                    SELECT log || ' ' || old FROM unnest(kinds, places, names) AS c (kind, log, old) WHERE kind = 'called'
                ));
            END IF;
        ELSIF asked.kind = 'free' THEN
            freed := freed || seat.id;
            DELETE FROM chat.seats WHERE id = seat.id;
            DELETE FROM chat.users WHERE reserved = seat.id
                OR (key = seat.key AND NOT EXISTS (SELECT FROM chat.seats WHERE key = seat.key));
        END IF;
        results[asked.n] := (outcome, NULL, NULL, NULL, NULL, who, elsewhere, detail);
    END LOOP;

    FOR asked IN
        SELECT c.* FROM unnest(kinds, keys, names, texts, actions, capacities, others, sessions, cids) WITH ORDINALITY
            AS c (kind, k, name, topic, stays, capacity, epoch, owner, creator, n)
        WHERE kind = 'open' ORDER BY n
    LOOP
        UPDATE chat.logs SET key = NULL WHERE key = asked.k AND closed <= expired;
        SELECT * INTO room FROM chat.logs WHERE key = asked.k;
        outcome := NULL;
        IF room.id IS NULL AND asked.epoch IS NULL THEN
            outcome := 'no-such-room';
        -- One that is closed in the same batch was so before, unless others are there.
        ELSIF room.id IS NOT NULL AND room.closed IS NULL AND asked.creator IS NOT NULL
            AND (room.id <> ALL (closing) OR room.members > 0)
        THEN
            outcome := 'room-exists';
        -- Nobody makes one anew that not all may enter, or give a topic: who may come in joins it.
        ELSIF (room.invite_only OR room.password <> '' OR room.topic_locked) AND asked.creator IS NOT NULL THEN
            outcome := 'room-exists';
        ELSIF (room.id IS NULL OR room.closed IS NOT NULL) AND asked.stays = 0 AND asked.k NOT LIKE ' %' THEN
            IF share > 0 AND asked.owner IS NOT NULL AND room.id IS NULL AND share <= (
                SELECT count(*) FROM chat.logs WHERE owner = asked.owner AND closed IS NULL AND key <> ''
            ) THEN
                outcome := 'too-many-of-yours';
            ELSIF most > 0 AND most <= (SELECT count(*) FROM chat.logs WHERE closed IS NULL AND key >= '!') THEN
                UPDATE chat.logs SET closed = clock, changed = pg_current_xact_id() WHERE id = (
                    SELECT id FROM chat.logs
                    WHERE closed IS NULL AND key >= '!' AND empty IS NOT NULL AND NOT permanent
                        AND id <> ALL (array_remove(places, NULL) || opened)
                    ORDER BY empty, id LIMIT 1 FOR UPDATE SKIP LOCKED
                );
                IF NOT FOUND THEN
                    -- Of a private one nobody is told who may not know of it.
                    outcome := CASE WHEN room.invite_only AND room.hidden THEN 'no-such-room' ELSE 'too-many-rooms' END;
                END IF;
            END IF;
        END IF;
        IF outcome IS NOT NULL THEN
            results[asked.n] := (outcome, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
            CONTINUE;
        END IF;
        outcome := 'opened';
        IF room.id IS NULL THEN
            INSERT INTO chat.logs (
                key, room, epoch, topic, capacity, creator, owner, empty, permanent, begun, topic_by, topic_at
            )
            VALUES (
                asked.k, asked.name, asked.epoch, asked.topic, asked.capacity, asked.creator, asked.owner,
                CASE WHEN asked.k NOT LIKE ' %' THEN clock END, asked.stays = 1, clock,
                CASE WHEN asked.topic <> '' THEN asked.creator END, CASE WHEN asked.topic <> '' THEN clock ELSE 0 END
            )
            RETURNING * INTO room;
            outcome := 'created';
        ELSE
            -- At other nodes it may be open still.
            IF asked.topic NOT IN ('', room.topic) THEN
                room.pos := room.pos + 1;
                INSERT INTO chat.entries (log, pos, kind, at, name, text)
                VALUES (room.id, room.pos, 'topic', clock, coalesce(asked.creator, ''), asked.topic);
                room.topic := asked.topic;
                room.topic_by := asked.creator;
                room.topic_at := clock;
            END IF;
            UPDATE chat.logs SET
                closed = NULL, topic = room.topic, topic_by = room.topic_by, topic_at = room.topic_at,
                permanent = permanent OR asked.stays = 1,
                empty = CASE WHEN members = 0 AND key NOT LIKE ' %' THEN clock END, pos = room.pos,
                changed = pg_current_xact_id()
            WHERE id = room.id;
        END IF;
        opened := opened || room.id;
        results[asked.n] := (outcome, room.id, NULL, NULL, NULL, NULL, NULL, NULL);
    END LOOP;

    room := NULL;
    FOR asked IN
        SELECT c.* FROM
            unnest(
                kinds, places, keys, names, texts, actions, sessions, cids, sitting, connections, capacities, others, acts,
                res
            ) WITH ORDINALITY
            AS c (kind, log, k, name, content, action, session, cid, seat, connection, capacity, renamed, acts, re, n)
        WHERE kind IN (
            'said', 'withheld', 'topic', 'kicked', 'ranked', 'tuned', 'invited', 'sanctioned', 'lifted', 'erased', 'reported',
            'resolved', 'gone', 'close', 'came', 'went', 'called', 'noted', 'nothing'
        )
        ORDER BY log, n
    LOOP
        IF asked.log IS DISTINCT FROM room.id THEN
            PERFORM chat.keep(room);
            SELECT * INTO room FROM chat.logs WHERE id = asked.log;
            room.id := asked.log;
            IF room.pos < known[array_position(followed, asked.log)] THEN
                RAISE EXCEPTION 'of % entries of the room %, there are %',
                    known[array_position(followed, asked.log)], room.room, room.pos USING ERRCODE = 'CH002';
            END IF;
            behind := room.pos > known_then[array_position(followed, asked.log)];
        END IF;
        outcome := 'entry';
        who := NULL;
        elsewhere := NULL;
        -- By a later connection of the seat; or it was given up by one, and nobody would ever leave again.
        replaced := asked.kind IN ('came', 'went') AND EXISTS (
            SELECT FROM chat.seats WHERE id = asked.seat AND connection > asked.connection
        ) OR asked.kind = 'came' AND asked.seat <> ALL (freed) AND NOT EXISTS (
            SELECT FROM chat.seats WHERE id = asked.seat
        );
        IF asked.kind = 'nothing' THEN
            outcome := 'none';
        ELSIF asked.kind = 'noted' THEN
            PERFORM chat.note(room, asked.acts::jsonb, clock);
            outcome := 'none';
        ELSIF room.key IS NULL THEN
            outcome := 'no-such-room';
        ELSIF asked.kind IN ('said', 'withheld') THEN
            -- It may be there already: the same, sent again over another node.
            IF behind AND asked.cid IS NOT NULL AND asked.session IS NOT NULL THEN
                SELECT * INTO again FROM chat.entries
                WHERE log = room.id AND pos > known_then[array_position(followed, room.id)]
                    AND session = asked.session AND cid = asked.cid
                ORDER BY pos;
                IF FOUND THEN
                    -- What was taken back had any text, and nobody is shown one again.
                    IF again.re IS DISTINCT FROM asked.re
                        OR (again.text <> '' AND (again.text <> asked.content OR again.action <> asked.action))
                    THEN
                        outcome := 'cid-reused';
                    END IF;
                    results[asked.n] := (
                        outcome, asked.log, again.pos, again.seq, again.at, again.name, NULL,
                        CASE WHEN again.text = '' THEN '' END
                    );
                    CONTINUE;
                END IF;
            END IF;
        ELSIF asked.kind = 'topic' THEN
            IF asked.content <> room.topic THEN
                room.topic := asked.content;
                room.topic_by := asked.name;
                room.topic_at := clock;
                room.changed := pg_current_xact_id();
            END IF;
        ELSIF asked.kind = 'kicked' THEN
            SELECT name INTO who FROM chat.readers WHERE log = room.id AND key = asked.k LIMIT 1;
            IF NOT FOUND THEN
                outcome := 'none';
            ELSE
                DELETE FROM chat.readers WHERE log = room.id AND key = asked.k;
                DELETE FROM chat.admitted WHERE log = room.id AND person = asked.session;
                DELETE FROM chat.follows WHERE log = room.id AND person = asked.session;
                room := chat.emptier(room, clock);
                names[asked.n] := who;
                elsewhere := chat.moved(ARRAY[asked.k], NULL, clock);
            END IF;
        ELSIF asked.kind = 'ranked' THEN
            IF asked.content = 'owner' AND room.owner IS NOT NULL THEN
                -- Who was it before is a moderator from now on.
                INSERT INTO chat.moderators VALUES (room.id, room.owner, coalesce(room.creator, ''))
                ON CONFLICT DO NOTHING;
            END IF;
            DELETE FROM chat.moderators WHERE log = room.id AND person = asked.session;
            DELETE FROM chat.voiced WHERE log = room.id AND person = asked.session;
            IF asked.content = 'moderator' THEN
                INSERT INTO chat.moderators VALUES (room.id, asked.session, asked.name);
            ELSIF asked.content = 'voiced' AND asked.session IS DISTINCT FROM room.owner THEN
                INSERT INTO chat.voiced VALUES (room.id, asked.session, asked.name);
            ELSIF asked.content = 'owner' THEN
                room.owner := asked.session;
            END IF;
            IF room.hidden THEN
                -- Who may know of it is another one.
                room.changed := pg_current_xact_id();
            END IF;
        ELSIF asked.kind = 'tuned' THEN
            tuning := asked.content::jsonb;
            closes := coalesce(tuning ->> 'invite_only', tuning ->> 'private')::boolean;
            IF closes AND NOT room.invite_only THEN
                room := chat.close_to_others(room, greatest(room.at, clock));
            ELSIF NOT closes THEN
                DELETE FROM chat.admitted WHERE log = room.id;
            END IF;
            room.invite_only := coalesce(closes, room.invite_only);
            room.hidden := coalesce(tuning ->> 'hidden', tuning ->> 'private', room.hidden::text)::boolean;
            room.topic_locked := coalesce((tuning ->> 'topic_locked')::boolean, room.topic_locked);
            room.password := coalesce(tuning ->> 'key', room.password);
            room.keys := room.keys + (tuning ->> 'key' IS NOT NULL)::integer;
            room.slow := coalesce((tuning ->> 'slow')::integer, room.slow);
            room.locked := coalesce((tuning ->> 'locked')::boolean, room.locked);
            room.guests := coalesce((tuning ->> 'guests')::boolean, room.guests);
            room.capacity := coalesce((tuning ->> 'capacity')::integer, room.capacity);
            room.changed := pg_current_xact_id();
        ELSIF asked.kind = 'invited' THEN
            IF coalesce(asked.action, 0) = 0 THEN
                INSERT INTO chat.admitted VALUES (room.id, asked.session) ON CONFLICT DO NOTHING;
                IF room.hidden THEN
                    room.changed := pg_current_xact_id();
                END IF;
            END IF;
            -- Those who are at this node it tells itself.
            WITH told AS (
                INSERT INTO chat.mail (node, kind, seat, name, speaker, at, log, pos)
                SELECT nodes.id, 'invited', s.id, room.room, asked.renamed, clock, room.id, room.pos + 1
                FROM chat.seats s JOIN chat.nodes ON nodes.id = s.node
                WHERE s.person = asked.session AND s.node <> me
                ORDER BY s.id
                RETURNING node
            )
            SELECT array_agg(DISTINCT node::text) INTO elsewhere FROM told;
        ELSIF asked.kind = 'sanctioned' THEN
            given := nextval('chat.sanction');
            PERFORM chat.impose(room.id, given, asked.content::jsonb -> 'sanction', asked.content::jsonb -> 'replaces');
            -- Others hear of it with its number.
            texts[asked.n] := (asked.content::jsonb || jsonb_build_object('number', given))::text;
            IF asked.action = 1 THEN
                DELETE FROM chat.follows
                WHERE log = room.id AND person = decode(asked.content::jsonb -> 'sanction' ->> 'person', 'base64');
                DELETE FROM chat.admitted
                WHERE log = room.id AND person = decode(asked.content::jsonb -> 'sanction' ->> 'person', 'base64');
                IF room.hidden THEN
                    room.changed := pg_current_xact_id();
                END IF;
                DELETE FROM chat.readers WHERE log = room.id AND key = asked.k;
                IF FOUND THEN
                    room := chat.emptier(room, clock);
                    elsewhere := chat.moved(ARRAY[asked.k], NULL, clock);
                END IF;
            END IF;
        ELSIF asked.kind = 'lifted' THEN
            DELETE FROM chat.sanctions WHERE log = room.id AND number IN (
                SELECT n::bigint FROM jsonb_array_elements_text(asked.content::jsonb -> 'numbers') n
            );
        ELSIF asked.kind = 'erased' THEN
            -- What this batch has added may be meant, too.
            PERFORM chat.add(
                numbers, positions, seqs, times, kinds, places, names, texts, actions, sessions, cids, others, res, words
            );
            many := 0;
            numbers := '{}';
            positions := '{}';
            seqs := '{}';
            times := '{}';
            redacted := chat.redact(
                room, asked.content::jsonb -> 'redactions', asked.acts::jsonb, greatest(room.at, clock)
            );
            IF redacted = '[]' THEN
                outcome := 'none';
            ELSE
                room.redactions := room.redactions + jsonb_array_length(redacted);
                texts[asked.n] := jsonb_build_object('redactions', redacted)::text;
            END IF;
        ELSIF asked.kind = 'reported' THEN
            SELECT r.outcome, r.told INTO outcome, reported
            FROM chat.report(asked.content::jsonb, room.id, room.pos + 1, clock) r;
            texts[asked.n] := reported;
        ELSIF asked.kind = 'resolved' THEN
            UPDATE chat.reports SET
                resolved = clock, resolver = asked.name, note = asked.content::jsonb ->> 'note'
            WHERE chat.reports.number = (asked.content::jsonb ->> 'number')::bigint AND resolved IS NULL;
            IF NOT FOUND THEN
                outcome := 'none';
            END IF;
        ELSIF asked.kind = 'gone' THEN
            room.key := NULL;
            room.closed := clock;
            room.changed := pg_current_xact_id();
            opening := ARRAY(SELECT DISTINCT key FROM chat.readers WHERE log = room.id ORDER BY key);
            DELETE FROM chat.readers WHERE log = room.id;
            elsewhere := chat.moved(opening, NULL, clock);
        ELSIF asked.kind = 'close' THEN
            -- Where it is opened as well, that was asked for later.
            IF room.closed IS NULL AND room.empty <= clock - linger AND asked.log <> ALL (opened) THEN
                room.closed := clock;
                room.changed := pg_current_xact_id();
            END IF;
            outcome := 'none';
        ELSIF asked.kind = 'came' THEN
            IF NOT EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = asked.k) THEN
                -- At another node they were given another name, of which this one has not heard.
                SELECT u.key, u.name INTO asked.k, asked.name FROM (VALUES (1)) AS one
                LEFT JOIN (
                    chat.seats s JOIN chat.users u ON u.key = s.key AND u.name <> asked.name
                    JOIN chat.accounts a ON a.id = s.person AND a.gone IS NULL
                ) ON s.id = asked.seat;
                IF asked.k IS NULL THEN
                    asked.k := keys[asked.n];
                    asked.name := names[asked.n];
                ELSE
                    who := asked.name;
                    names[asked.n] := who;
                END IF;
            ELSE
                SELECT name INTO asked.name FROM chat.readers WHERE log = asked.log AND key = asked.k ORDER BY seat LIMIT 1;
            END IF;
            IF replaced THEN
                outcome := 'replaced';
            ELSIF EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = asked.k) THEN
                outcome := 'none';
            ELSIF asked.capacity > 0 AND room.members >= asked.capacity THEN
                outcome := 'room-full';
            ELSE
                room.members := room.members + 1;
                room.empty := NULL;
                room.closed := NULL;
                room.changed := pg_current_xact_id();
            END IF;
            IF outcome IN ('entry', 'none') THEN
                -- By another name, which nobody has there then, the seat was counted before.
                PERFORM FROM chat.readers r WHERE log = asked.log AND seat = asked.seat AND key <> asked.k
                    AND NOT EXISTS (SELECT FROM chat.readers o WHERE o.log = r.log AND o.key = r.key AND o.seat <> r.seat);
                IF FOUND THEN
                    room.members := room.members - 1;
                END IF;
                INSERT INTO chat.readers VALUES (asked.log, asked.seat, asked.connection, asked.k, asked.name)
                ON CONFLICT (log, seat) DO UPDATE
                SET connection = excluded.connection, key = excluded.key, name = excluded.name;
                -- That they had left it is over: who has not heard of that hears nothing more of it.
                DELETE FROM chat.mail WHERE node = me AND kind = 'left' AND seat = asked.seat AND content = room.room;
                IF asked.session IS NOT NULL THEN
                    PERFORM chat.follow(asked.log, asked.session, coalesce(asked.renamed::integer, 0), clock);
                END IF;
                elsewhere := chat.moved(ARRAY[asked.k], me, clock);
            END IF;
        ELSIF asked.kind = 'went' AND asked.action = 1 THEN
            -- By all of their seats that are not here.
            dismissed := ARRAY(
                SELECT r.seat FROM chat.readers r JOIN chat.seats s ON s.id = r.seat
                WHERE r.log = asked.log AND r.key = asked.k AND s.node <> me ORDER BY r.seat
            );
            elsewhere := chat.post('left', dismissed, NULL, NULL, room.room, clock);
            DELETE FROM chat.readers WHERE log = asked.log AND seat = ANY (dismissed) RETURNING * INTO reader;
            IF NOT FOUND OR EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = asked.k) THEN
                outcome := 'none';
            ELSE
                room := chat.emptier(room, clock);
                DELETE FROM chat.follows WHERE log = asked.log AND person = asked.session;
                who := reader.name;
                names[asked.n] := who;
            END IF;
            IF dismissed <> '{}' THEN
                PERFORM chat.moved(ARRAY[asked.k], NULL, clock);
            END IF;
        ELSIF asked.kind = 'went' THEN
            -- A later connection of the same seat may be there meanwhile: it stays.
            reader := NULL;
            DELETE FROM chat.readers
            WHERE log = asked.log AND seat = asked.seat AND connection <= asked.connection AND NOT replaced
            RETURNING * INTO reader;
            IF FOUND THEN
                elsewhere := chat.moved(ARRAY[reader.key], me, clock);
            END IF;
            IF replaced THEN
                outcome := 'replaced';
            ELSIF reader.log IS NULL OR EXISTS (SELECT FROM chat.readers WHERE log = asked.log AND key = reader.key) THEN
                outcome := 'none';
            ELSE
                DELETE FROM chat.follows WHERE log = asked.log AND person = asked.session;
                room := chat.emptier(room, clock);
                -- Who goes may have another name meanwhile.
                who := reader.name;
                names[asked.n] := who;
            END IF;
        ELSIF asked.kind = 'called' THEN
            IF asked.seat || '/' || asked.connection = ANY (refused) THEN
                outcome := 'none';
            ELSE
                UPDATE chat.readers SET key = asked.renamed, name = asked.content
                WHERE log = asked.log AND key = asked.k AND name = asked.name;
                IF NOT FOUND THEN
                    outcome := 'none';
                END IF;
            END IF;
        END IF;
        IF outcome = 'entry' THEN
            room.pos := room.pos + 1;
            room.at := greatest(room.at, clock);
            many := many + 1;
            numbers[many] := asked.n;
            positions[many] := room.pos;
            times[many] := room.at;
            IF asked.kind IN ('said', 'withheld') THEN
                room.seq := room.seq + 1;
                seqs[many] := room.seq;
            ELSE
                seqs[many] := NULL;
                IF asked.kind = 'resolved' THEN
                    -- In the room that it is about, if those are to know who read that.
                    noted := (asked.content::jsonb ->> 'log')::bigint;
                    PERFORM chat.note((SELECT l FROM chat.logs l WHERE l.id = noted), asked.acts::jsonb, room.at);
                ELSIF asked.kind <> 'erased' AND asked.acts IS NOT NULL THEN
                    PERFORM chat.note(room, asked.acts::jsonb, room.at);
                END IF;
            END IF;
            IF room.key LIKE ' %' THEN
                IF asked.kind IN ('said', 'withheld') THEN
                    PERFORM chat.talked(room, CASE asked.kind WHEN 'withheld' THEN asked.session END);
                END IF;
                elsewhere := chat.tell_both(room, asked.seat, clock);
            END IF;
            results[asked.n] := (
                outcome, asked.log, positions[many], CASE WHEN asked.kind = 'sanctioned' THEN given ELSE seqs[many] END,
                room.at, who, elsewhere,
                CASE WHEN asked.kind IN ('erased', 'reported') THEN texts[asked.n] END
            );
            IF asked.kind IN ('sanctioned', 'ranked', 'invited') THEN
                -- Meant is a guest who is an account's since this was asked for.
                SELECT guest, person INTO again FROM chat.seats
                WHERE guest = CASE asked.kind
                    WHEN 'sanctioned' THEN decode(asked.content::jsonb -> 'sanction' ->> 'person', 'base64')
                    ELSE asked.session
                END
                ORDER BY id LIMIT 1;
                IF FOUND THEN
                    room := chat.merge(room, again.guest, again.person, clock);
                    IF asked.kind = 'sanctioned' AND asked.action = 1 THEN
                        room := chat.put_out(room, again.person, asked.content::jsonb -> 'sanction', clock);
                    END IF;
                END IF;
            END IF;
        ELSE
            results[asked.n] := (outcome, asked.log, room.pos, NULL, NULL, NULL, elsewhere, NULL);
        END IF;
    END LOOP;
    PERFORM chat.keep(room);

    -- Last: of the rooms of a seat, what an earlier connection has asked for in this batch is true as well.
    FOR asked IN
        SELECT c.* FROM
            unnest(kinds, keys, names, sessions, others, texts, actions, capacities, connections, cids) WITH ORDINALITY
            AS c (kind, k, name, session, person, host, proved, most, device, proof, n)
        WHERE kind = 'claim' ORDER BY n
    LOOP
        proved := asked.proved IS NOT DISTINCT FROM 1;
        outcome := NULL;
        who := asked.name;
        SELECT * INTO seat FROM chat.seats WHERE session = asked.session;
        IF seat.id IS NOT NULL AND proved AND seat.person <> decode(asked.person, 'hex') THEN
            -- It was a guest's, or another account's, and is this one's now.
            PERFORM chat.post('revoked', ARRAY(SELECT seat.id WHERE seat.node <> me), NULL, NULL, NULL, clock);
            PERFORM chat.unseat(ARRAY[seat.id]);
            freed := freed || seat.id;
            seat := NULL;
        ELSIF seat.id IS NOT NULL AND NOT proved AND EXISTS (
            SELECT FROM chat.accounts WHERE id = seat.person AND gone IS NULL
        ) THEN
            outcome := 'password-required';
        END IF;
        IF proved AND outcome IS NULL THEN
            SELECT username INTO who FROM chat.accounts WHERE id = decode(asked.person, 'hex') AND gone IS NULL;
            SELECT key INTO asked.k FROM chat.names
            WHERE account = decode(asked.person, 'hex') AND until IS NULL AND who IS NOT NULL;
            -- What they came by may have been revoked, or changed, at another node just now.
            IF NOT FOUND OR EXISTS (SELECT FROM chat.devices WHERE number = asked.device AND gone IS NOT NULL) OR EXISTS (
                SELECT FROM chat.accounts WHERE id = decode(asked.person, 'hex') AND password <> asked.proof
            ) THEN
                outcome := 'gone';
            END IF;
        ELSIF outcome IS NULL AND seat.id IS NULL AND chat.owner(asked.k, clock) IS NOT NULL THEN
            outcome := 'password-required';
        END IF;
        IF outcome IS NOT NULL THEN
            results[asked.n] := (outcome, NULL, NULL, NULL, NULL, coalesce(who, asked.name), NULL, NULL);
            CONTINUE;
        END IF;
        IF seat.id IS NOT NULL THEN
            UPDATE chat.seats SET
                node = me, connection = connection + 1, host = decode(asked.host, 'hex'), device = asked.device
            WHERE id = seat.id;
            IF proved THEN
                -- First: where they have other seats, they are in these rooms as before.
                PERFORM chat.moved(ARRAY[seat.key], me, clock);
            END IF;
            INSERT INTO chat.mail (node, kind, seat, connection, at)
            SELECT id, 'moved', seat.id, seat.connection + 1, clock FROM chat.nodes
            WHERE id = seat.node AND id <> me;
            results[asked.n] := (
                'resumed', NULL, seat.id, seat.connection + 1, seat.node,
                (SELECT name FROM chat.users WHERE key = seat.key),
                ARRAY(
                    SELECT l.id || ' ' || l.room FROM chat.readers r JOIN chat.logs l ON l.id = r.log
                    WHERE r.seat = seat.id AND l.key IS NOT NULL ORDER BY l.id
                ),
                CASE WHEN proved THEN chat.elsewhere(seat.key, me) END
            );
            CONTINUE;
        END IF;
        detail := NULL;
        IF proved THEN
            -- A further connection of somebody who is here.
            SELECT key INTO detail FROM chat.seats WHERE person = decode(asked.person, 'hex') LIMIT 1;
            dismissed := chat.place(decode(asked.person, 'hex'), asked.most);
            IF dismissed IS NULL THEN
                results[asked.n] := ('too-many-connections', NULL, NULL, NULL, NULL, who, NULL, NULL);
                CONTINUE;
            END IF;
            PERFORM chat.unseat(dismissed);
            freed := freed || dismissed;
        END IF;
        IF detail IS NOT NULL THEN
            INSERT INTO chat.users (key, name) VALUES (detail, who) ON CONFLICT DO NOTHING;
            SELECT key, name INTO asked.k, who FROM chat.users WHERE key = detail;
        ELSE
            INSERT INTO chat.users (key, name) VALUES (asked.k, who) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                SELECT name INTO who FROM chat.users WHERE key = asked.k;
                results[asked.n] := ('username-taken', NULL, NULL, NULL, NULL, who, NULL, NULL);
                CONTINUE;
            END IF;
        END IF;
        INSERT INTO chat.seats (key, session, person, host, node, device)
        VALUES (asked.k, asked.session, decode(asked.person, 'hex'), decode(asked.host, 'hex'), me, asked.device)
        RETURNING * INTO seat;
        results[asked.n] := (
            'claimed', NULL, seat.id, 1, NULL, who, NULL, CASE WHEN proved THEN chat.elsewhere(seat.key, me) END
        );
    END LOOP;
    -- Most have left all rooms before. What that adds is nobody's own.
    IF freed <> '{}' THEN
        PERFORM chat.abandon(freed);
    END IF;
    RETURN QUERY SELECT * FROM chat.others(followed, known, results);

    PERFORM chat.add(
        numbers, positions, seqs, times, kinds, places, names, texts, actions, sessions, cids, others, res, words
    );
    UPDATE chat.nodes SET batch = number WHERE id = me;
    UPDATE chat.answers SET answers = results WHERE node = me;
    RETURN QUERY SELECT * FROM chat.mine(results);
END
$$;

-- Return whose name *k* is, or was not long ago: NULL if it is no account's.
CREATE FUNCTION chat.owner(k text, clock bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT account FROM chat.names WHERE key = k AND (until IS NULL OR until > clock)
$$;

-- Make all changes to accounts that are *asked* for, or none. Of those that are no more nothing is changed.
CREATE FUNCTION chat.change(asked jsonb, clock bigint) RETURNS chat.answer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    each jsonb;
    this bytea;
    taken text;
    given bigint;
    dropped bytea[] := ARRAY(SELECT chat.dropped(asked));
    called jsonb := '[]';
    guest record;
    places bigint[];
BEGIN
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'accounts') LOOP
        this := decode(each ->> 'id', 'base64');
        IF NOT (each ->> 'new')::boolean AND NOT EXISTS (SELECT FROM chat.accounts WHERE id = this AND gone IS NULL) THEN
            RETURN ('gone', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::chat.answer;
        ELSIF chat.owner(each ->> 'key', clock) <> this THEN
            SELECT username INTO taken FROM chat.names WHERE key = each ->> 'key';
            RETURN ('username-taken', NULL, NULL, NULL, NULL, taken, NULL, NULL)::chat.answer;
        ELSIF NOT (each ->> 'new')::boolean THEN
            taken := chat.held(each ->> 'key', this);
            IF taken IS NOT NULL THEN
                RETURN ('username-taken', NULL, NULL, NULL, NULL, taken, NULL, NULL)::chat.answer;
            END IF;
        END IF;
        IF (each ->> 'unlike')::boolean AND EXISTS (
            SELECT FROM chat.looks l JOIN jsonb_array_elements_text(each -> 'looks') look ON l.skeleton = look
            WHERE l.account <> this
        ) THEN
            RETURN ('name-kept', NULL, NULL, NULL, NULL, each ->> 'username', NULL, NULL)::chat.answer;
        END IF;
    END LOOP;
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'ignoring') LOOP
        this := decode(each ->> 'account', 'base64');
        IF NOT EXISTS (SELECT FROM chat.accounts WHERE id = this AND gone IS NULL) THEN
            RETURN ('gone', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::chat.answer;
        END IF;
    END LOOP;
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'devices') LOOP
        this := decode(each ->> 'account', 'base64');
        IF NOT EXISTS (SELECT FROM chat.accounts WHERE id = this AND gone IS NULL) OR (
            SELECT count(gone) > 0 OR (count(*) = 0 AND NOT (each ->> 'new')::boolean)
            FROM chat.devices WHERE number = (each ->> 'number')::bigint
        ) THEN
            RETURN ('gone', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::chat.answer;
        ELSIF EXISTS (
            SELECT FROM chat.devices
            WHERE secret = decode(each ->> 'secret', 'base64') AND number <> (each ->> 'number')::bigint
        ) THEN
            RETURN ('refused', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::chat.answer;
        END IF;
    END LOOP;
    given := nextval('chat.version');
    UPDATE chat.devices SET
        secret = NULL, session = NULL, door = '', host = '', client = '', gone = clock, version = given,
        changed = pg_current_xact_id()
    WHERE gone IS NULL AND (
        number = ANY (ARRAY(SELECT n::bigint FROM jsonb_array_elements_text(asked -> 'revoked') n))
        OR account = ANY (dropped)
        OR (
            account = ANY (ARRAY(SELECT decode(a, 'base64') FROM jsonb_array_elements_text(asked -> 'dismissed') a))
            AND number <> ALL (ARRAY(SELECT n::bigint FROM jsonb_array_elements_text(asked -> 'kept') n))
        )
    );
    UPDATE chat.accounts SET password = '', gone = clock, version = given, changed = pg_current_xact_id()
    WHERE gone IS NULL AND id = ANY (dropped);
    PERFORM chat.end_talks(dropped, clock);
    DELETE FROM chat.names WHERE account = ANY (dropped);
    DELETE FROM chat.looks WHERE account = ANY (dropped);
    DELETE FROM chat.ignored WHERE account = ANY (dropped) OR person = ANY (dropped);
    DELETE FROM chat.followers WHERE person = ANY (dropped);
    DELETE FROM chat.follows WHERE person = ANY (dropped);
    DELETE FROM chat.marks WHERE person = ANY (dropped);
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'accounts') LOOP
        this := decode(each ->> 'id', 'base64');
        IF (each ->> 'new')::boolean THEN
            INSERT INTO chat.accounts (id, username, password, created, seen, role, version)
            VALUES (
                this, each ->> 'username', each ->> 'password', (each ->> 'created')::bigint, (each ->> 'seen')::bigint,
                each ->> 'role', given
            )
            ON CONFLICT (id) DO UPDATE SET
                username = excluded.username, password = excluded.password, created = excluded.created,
                seen = excluded.seen, role = excluded.role, gone = NULL, version = excluded.version,
                changed = pg_current_xact_id();
        ELSE
            -- What another node has changed meanwhile stays.
            UPDATE chat.accounts SET
                username = coalesce(each ->> 'username', username), password = coalesce(each ->> 'password', password),
                seen = coalesce((each ->> 'seen')::bigint, seen), role = coalesce(each ->> 'role', role),
                version = given, changed = pg_current_xact_id()
            WHERE id = this;
        END IF;
        IF each ->> 'key' IS NOT NULL THEN
            DELETE FROM chat.names WHERE account = this OR key = each ->> 'key';
            INSERT INTO chat.names VALUES (each ->> 'key', this, each ->> 'username');
            DELETE FROM chat.looks WHERE account = this;
            INSERT INTO chat.looks SELECT look, this FROM jsonb_array_elements_text(each -> 'looks') look;
            INSERT INTO chat.names (key, account, username, until, place)
            SELECT old ->> 0, this, old ->> 1, (old ->> 2)::bigint, n
            FROM jsonb_array_elements(each -> 'former') WITH ORDINALITY AS f (old, n)
            ON CONFLICT (key) DO UPDATE SET
                account = excluded.account, username = excluded.username, until = excluded.until, place = excluded.place
            WHERE names.until <= clock;
            IF NOT (each ->> 'new')::boolean THEN
                called := called || chat.call_by(this, each ->> 'key', each ->> 'username', clock);
            END IF;
        END IF;
    END LOOP;
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'ignoring') LOOP
        this := decode(each ->> 'account', 'base64');
        DELETE FROM chat.ignored
        WHERE account = this AND (key = each ->> 'key' OR person = decode(each ->> 'person', 'base64'));
        IF NOT (each ->> 'ends')::boolean THEN
            INSERT INTO chat.ignored (account, key, username, person)
            VALUES (this, each ->> 'key', each ->> 'username', decode(each ->> 'person', 'base64'));
        END IF;
        UPDATE chat.accounts SET version = given, changed = pg_current_xact_id() WHERE id = this;
    END LOOP;
    FOR each IN SELECT * FROM jsonb_array_elements(asked -> 'devices') LOOP
        INSERT INTO chat.devices (
            number, account, kind, secret, created, seen, door, host, client, session, version
        )
        VALUES (
            (each ->> 'number')::bigint, decode(each ->> 'account', 'base64'), each ->> 'kind',
            decode(each ->> 'secret', 'base64'), (each ->> 'created')::bigint, (each ->> 'seen')::bigint,
            each ->> 'door', each ->> 'host', each ->> 'client', decode(each ->> 'session', 'base64'), given
        )
        ON CONFLICT (number) DO UPDATE SET
            secret = excluded.secret, seen = greatest(devices.seen, excluded.seen), door = excluded.door,
            host = excluded.host, client = excluded.client, session = excluded.session, version = excluded.version,
            changed = pg_current_xact_id();
    END LOOP;
    FOR guest IN SELECT * FROM chat.merged(asked) LOOP
        UPDATE chat.seats SET person = guest.account, guest = guest.person WHERE person = guest.person;
        places := chat.inherit(guest.person, guest.account, clock);
        called := called || (
            SELECT coalesce(jsonb_agg(jsonb_build_array(id, pos) ORDER BY id), '[]') FROM chat.logs WHERE id = ANY (places)
        );
    END LOOP;
    RETURN ('changed', NULL, given, NULL, NULL, NULL, NULL, nullif(called, '[]')::text)::chat.answer;
END
$$;

-- Return the accounts that have another name by the changes that are *asked* for.
CREATE FUNCTION chat.renamed(asked jsonb) RETURNS SETOF bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode(a ->> 'id', 'base64') FROM jsonb_array_elements(asked -> 'accounts') a
    WHERE a ->> 'key' IS NOT NULL AND NOT (a ->> 'new')::boolean
$$;

-- Return the accounts that are no more by the changes that are *asked* for.
CREATE FUNCTION chat.dropped(asked jsonb) RETURNS SETOF bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode(a, 'base64') FROM jsonb_array_elements_text(asked -> 'dropped') a
$$;

-- Return the guests who are merged into accounts by the changes that are *asked* for.
CREATE FUNCTION chat.merged(asked jsonb) RETURNS TABLE (person bytea, account bytea) LANGUAGE sql IMMUTABLE AS $$
    SELECT decode(m ->> 'person', 'base64'), decode(m ->> 'account', 'base64')
    FROM jsonb_array_elements(asked -> 'merged') m
$$;

-- Let the accounts *gone* have no talks any more. Those with others are theirs alone; when nobody is left, one is gone.
CREATE FUNCTION chat.end_talks(gone bytea[], clock bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    talk chat.talks%ROWTYPE;
BEGIN
    PERFORM FROM chat.logs WHERE id IN (SELECT log FROM chat.talks WHERE person = ANY (gone)) ORDER BY id FOR NO KEY UPDATE;
    FOR talk IN DELETE FROM chat.talks WHERE person = ANY (gone) RETURNING * LOOP
        UPDATE chat.talks SET name = (SELECT username FROM chat.accounts WHERE id = talk.person)
        WHERE person = talk.other AND other = talk.person;
        IF NOT FOUND THEN
            UPDATE chat.logs SET key = NULL, closed = clock WHERE id = talk.log;
        END IF;
    END LOOP;
END
$$;

-- Return who is here by the name *k*, or is about to be, unless it is by a seat of the account *who*.
CREATE FUNCTION chat.held(k text, who bytea) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT name FROM chat.users u WHERE key = k AND NOT EXISTS (
        SELECT FROM chat.seats s WHERE s.person = who AND (s.key = k OR s.id = u.reserved)
    )
$$;

-- Let those who are here by the account *who* be *called* as that is now; return the logs that tell of it, as chat.call does.
CREATE FUNCTION chat.call_by(who bytea, k text, called text, clock bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    old text;
BEGIN
    SELECT key INTO old FROM chat.seats WHERE person = who ORDER BY id LIMIT 1;
    IF NOT FOUND THEN
        RETURN '[]';
    END IF;
    -- They have reserved it.
    DELETE FROM chat.users WHERE key = k AND k <> old;
    UPDATE chat.users SET key = k, name = called WHERE key = old;
    UPDATE chat.seats SET key = k WHERE key = old;
    RETURN coalesce(chat.call(k, called, clock, '{}')::jsonb, '[]');
END
$$;

-- Return the seats of those who have to go by the changes to accounts that were *asked* for.
CREATE FUNCTION chat.dismissed(asked jsonb) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT id FROM chat.seats WHERE person IN (
        SELECT decode(a, 'base64') FROM jsonb_array_elements_text((asked -> 'dropped') || (asked -> 'dismissed')) a
    )
    UNION
    SELECT id FROM chat.seats WHERE device IN (SELECT n::bigint FROM jsonb_array_elements_text(asked -> 'revoked') n)
    UNION
    -- Guests who have the name of an account that is new.
    SELECT s.id FROM jsonb_array_elements(asked -> 'accounts') a JOIN chat.seats s ON s.key = a ->> 'key'
    WHERE s.person <> decode(a ->> 'id', 'base64') AND (a ->> 'new')::boolean
$$;

-- Let those go at other nodes than *me* who have to, and give up their seats at dead ones, which are returned.
CREATE FUNCTION chat.dismiss(me bigint, asked jsonb, clock bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    seats bigint[] := ARRAY(SELECT chat.dismissed(asked));
BEGIN
    PERFORM chat.post(
        'revoked', ARRAY(SELECT id FROM chat.seats s WHERE id = ANY (seats) AND node <> me), NULL, NULL, NULL, clock
    );
    -- Until they hear of it, nobody takes these seats.
    UPDATE chat.seats s SET session = NULL WHERE id = ANY (seats) AND node <> me;
    -- Nobody is there who could be told.
    seats := ARRAY(
        SELECT id FROM chat.seats s WHERE id = ANY (seats)
            AND NOT EXISTS (SELECT FROM chat.nodes WHERE nodes.id = s.node)
    );
    PERFORM chat.unseat(seats);
    RETURN seats;
END
$$;

-- Make changes to accounts, as an operator asks who is at no node (*me* is the number of none).
CREATE FUNCTION chat.administer(me bigint, asked jsonb) RETURNS chat.answer LANGUAGE plpgsql AS $$
DECLARE
    result chat.answer;
BEGIN
    PERFORM FROM chat.meta FOR UPDATE;
    result := chat.change(asked, chat.now());
    IF result.outcome = 'changed' THEN
        PERFORM chat.abandon(chat.dismiss(me, asked, chat.now()));
    END IF;
    RETURN result;
END
$$;

-- Post a mail of that *what* for each of the *seats* at nodes that live; return the nodes.
CREATE FUNCTION chat.post(what text, seats bigint[], whom text, by text, told text, clock bigint) RETURNS text[]
LANGUAGE sql VOLATILE AS $$
    WITH posted AS (
        INSERT INTO chat.mail (node, kind, seat, name, speaker, content, at)
        SELECT s.node, what, s.id, whom, by, told, clock FROM chat.seats s JOIN chat.nodes n ON n.id = s.node
        WHERE s.id = ANY (seats) ORDER BY s.id
        RETURNING node
    )
    SELECT array_agg(DISTINCT node::text) FROM posted
$$;

-- Let the other nodes know that people with the keys *who* are in other rooms than before, by node *at*, or by any (NULL);
-- return those nodes.
CREATE FUNCTION chat.moved(who text[], at bigint, clock bigint) RETURNS text[] LANGUAGE sql VOLATILE AS $$
    SELECT chat.post(
        'rooms', ARRAY(
            -- Each of their seats: some may be given up before that is read.
            SELECT s.id FROM chat.seats s
            WHERE s.key = ANY (who) AND s.node IS DISTINCT FROM at
                AND EXISTS (SELECT FROM chat.seats o WHERE o.key = s.key AND o.node <> s.node)
            ORDER BY s.id
        ),
        NULL, NULL, NULL, clock
    )
$$;

-- Return the rooms where whoever has the key *k* is by other nodes than *me*, as JSON.
CREATE FUNCTION chat.elsewhere(k text, me bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(room ORDER BY id), '[]')::text FROM (
        SELECT DISTINCT l.id, l.room FROM chat.seats s
        JOIN chat.readers r ON r.seat = s.id JOIN chat.logs l ON l.id = r.log
        WHERE s.key = k AND s.node <> me AND l.key IS NOT NULL
    ) AS rooms
$$;

-- Let whoever has the key *k* now be called so, *as*, in all rooms where they have another name, but for those that are
-- *told* apart, each before that name; return the logs with their positions, as JSON.
CREATE FUNCTION chat.call(k text, called text, clock bigint, told text[]) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    old chat.readers%ROWTYPE;
    room chat.logs%ROWTYPE;
    places jsonb := '[]';
BEGIN
    FOR old IN
        SELECT DISTINCT ON (r.log) r.* FROM chat.seats s JOIN chat.readers r ON r.seat = s.id
        JOIN chat.logs l ON l.id = r.log
        WHERE s.key = k AND r.name <> called AND l.key IS NOT NULL AND r.log || ' ' || r.name <> ALL (told)
        ORDER BY r.log, r.seat
    LOOP
        SELECT * INTO room FROM chat.logs WHERE id = old.log FOR NO KEY UPDATE;
        room.pos := room.pos + 1;
        room.at := greatest(room.at, clock);
        PERFORM chat.keep(room);
        INSERT INTO chat.entries (log, pos, kind, at, name, text)
        VALUES (room.id, room.pos, 'called', room.at, old.name, called);
        UPDATE chat.readers SET key = k, name = called WHERE log = old.log AND key = old.key;
        places := places || jsonb_build_array(jsonb_build_array(room.id, room.pos));
    END LOOP;
    RETURN nullif(places, '[]')::text;
END
$$;

-- Return which seats are to be given up, so that *who* has fewer than *most* (0: any number): one at most, at a dead node;
-- NULL if there is none.
CREATE FUNCTION chat.place(who bytea, most integer) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN most = 0 OR (SELECT count(*) FROM chat.seats WHERE person = who) < most THEN '{}'
        ELSE (
            SELECT ARRAY[id] FROM chat.seats s
            WHERE person = who AND NOT EXISTS (SELECT FROM chat.nodes WHERE nodes.id = s.node) ORDER BY id LIMIT 1
        )
    END
$$;

-- Let *sitter*, the seat of a guest at node *me*, be one of the account *owner*, by a device that has a *number*. All rooms
-- know by it what they knew of the guest, and where the guest is in, the account is. *asked* is what it was called.
CREATE FUNCTION chat.authenticate(
    me bigint, sitter chat.seats, owner bytea, number bigint, proof text, asked text, clock bigint
) RETURNS chat.answer LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    who text;
    k text;
    room chat.logs%ROWTYPE;
    reader chat.readers%ROWTYPE;
    there text;
    places bigint[];
    nodes text[];
BEGIN
    SELECT a.username INTO who FROM chat.accounts a
    WHERE a.id = owner AND a.gone IS NULL AND a.password = coalesce(proof, a.password);
    -- What they show may have been revoked, or changed, at another node just now.
    IF NOT FOUND OR EXISTS (SELECT FROM chat.devices d WHERE d.number = number AND d.gone IS NOT NULL) THEN
        RETURN ('gone', NULL, NULL, NULL, NULL, asked, NULL, NULL)::chat.answer;
    END IF;
    SELECT s.key INTO k FROM chat.seats s WHERE s.person = owner LIMIT 1;
    IF FOUND THEN
        INSERT INTO chat.users (key, name) VALUES (k, who) ON CONFLICT DO NOTHING;
        SELECT u.name INTO who FROM chat.users u WHERE u.key = k;
    ELSE
        SELECT n.key INTO k FROM chat.names n WHERE n.account = owner AND n.until IS NULL;
        INSERT INTO chat.users (key, name) VALUES (k, who) ON CONFLICT DO NOTHING;
        IF NOT FOUND AND k <> sitter.key THEN
            SELECT u.name INTO who FROM chat.users u WHERE u.key = k;
            RETURN ('username-taken', NULL, NULL, NULL, NULL, who, NULL, NULL)::chat.answer;
        END IF;
        UPDATE chat.users u SET name = who WHERE u.key = k;
    END IF;
    UPDATE chat.seats s SET key = k, person = owner, device = number, guest = sitter.person WHERE s.id = sitter.id;
    DELETE FROM chat.users u WHERE u.key = sitter.key AND NOT EXISTS (SELECT FROM chat.seats s WHERE s.key = sitter.key);
    -- First what they are, then what they are called: no room knows them by that name without their roles and sanctions.
    places := chat.inherit(sitter.person, owner, clock);
    FOR reader IN
        SELECT r.* FROM chat.readers r JOIN chat.logs l ON l.id = r.log
        WHERE r.seat = sitter.id AND l.key IS NOT NULL ORDER BY r.log
    LOOP
        PERFORM chat.follow(reader.log, owner, 0, clock);
        SELECT l.* INTO room FROM chat.logs l WHERE l.id = reader.log FOR NO KEY UPDATE;
        SELECT r.name INTO there FROM chat.readers r WHERE r.log = reader.log AND r.key = k AND r.key <> reader.key LIMIT 1;
        UPDATE chat.readers r SET key = k, name = coalesce(there, who) WHERE r.log = reader.log AND r.key = reader.key;
        CONTINUE WHEN there IS NULL AND reader.name = who;
        room.pos := room.pos + 1;
        room.at := greatest(room.at, clock);
        IF there IS NOT NULL THEN
            room := chat.emptier(room, clock);
        END IF;
        INSERT INTO chat.entries (log, pos, kind, at, name, text) VALUES (
            room.id, room.pos, CASE WHEN there IS NULL THEN 'called' ELSE 'went' END, room.at, reader.name,
            CASE WHEN there IS NULL THEN who ELSE 'moved' END
        );
        PERFORM chat.keep(room);
        places := places || reader.log;
    END LOOP;
    nodes := chat.moved(ARRAY[k], me, clock);
    RETURN (
        'authenticated', NULL, NULL, NULL, NULL, who, nodes,
        jsonb_build_object(
            'places', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.pos) ORDER BY l.id), '[]')
                FROM chat.logs l WHERE l.id = ANY (places)
            ),
            'rooms', chat.elsewhere(k, me)::jsonb,
            'follows', (
                SELECT coalesce(jsonb_agg(l.room ORDER BY f.number), '[]')
                FROM chat.follows f JOIN chat.logs l ON l.id = f.log WHERE f.person = owner AND l.key IS NOT NULL
            )
        )::text
    )::chat.answer;
END
$$;

-- Let the account *owner* have what is known of the *stranger*, a guest, in all rooms, and what they follow and have read;
-- return the logs that tell of it.
CREATE FUNCTION chat.inherit(stranger bytea, owner bytea, clock bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    room chat.logs%ROWTYPE;
    place bigint;
    places bigint[] := '{}';
BEGIN
    FOR place IN SELECT c FROM chat.concerning(stranger) c LOOP
        SELECT l.* INTO room FROM chat.logs l WHERE l.id = place FOR NO KEY UPDATE;
        room := chat.merge(room, stranger, owner, clock);
        PERFORM chat.keep(room);
        places := places || place;
    END LOOP;
    UPDATE chat.follows o SET keyed = greatest(o.keyed, f.keyed) FROM chat.follows f
    WHERE o.person = owner AND f.person = stranger AND f.log = o.log;
    UPDATE chat.follows f SET person = owner WHERE f.person = stranger
        AND NOT EXISTS (SELECT FROM chat.follows o WHERE o.person = owner AND o.log = f.log);
    DELETE FROM chat.follows f WHERE f.person = stranger;
    DELETE FROM chat.followers f WHERE f.person = stranger;
    INSERT INTO chat.followers VALUES (owner, clock) ON CONFLICT DO NOTHING;
    INSERT INTO chat.marks AS m SELECT owner, g.log, g.seq, g.at FROM chat.marks g WHERE g.person = stranger
    ON CONFLICT (person, log) DO UPDATE SET seq = greatest(m.seq, excluded.seq), at = greatest(m.at, excluded.at);
    DELETE FROM chat.marks m WHERE m.person = stranger;
    RETURN places;
END
$$;

-- Return the logs of rooms, and of the house, that know something of *who*.
CREATE FUNCTION chat.concerning(who bytea) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT l.id FROM chat.logs l WHERE l.key IS NOT NULL AND l.id IN (
        SELECT id FROM chat.logs WHERE owner = who
        UNION ALL SELECT log FROM chat.moderators WHERE person = who
        UNION ALL SELECT log FROM chat.voiced WHERE person = who
        UNION ALL SELECT log FROM chat.admitted WHERE person = who
        UNION ALL SELECT log FROM chat.sanctions WHERE person = who
    )
    ORDER BY l.id
$$;

-- Let *room* know by the *account* whoever was known as the *stranger*, as of a time on the *clock*; return it with the
-- entry that says so.
CREATE FUNCTION chat.merge(room chat.logs, stranger bytea, account bytea, clock bigint) RETURNS chat.logs
LANGUAGE plpgsql AS $$
BEGIN
    IF room.owner = stranger THEN
        room.owner := account;
    END IF;
    INSERT INTO chat.moderators SELECT log, account, name FROM chat.moderators WHERE log = room.id AND person = stranger
    ON CONFLICT DO NOTHING;
    -- An owner is no moderator besides.
    DELETE FROM chat.moderators WHERE log = room.id AND (person = stranger OR (person = account AND room.owner = account));
    INSERT INTO chat.voiced SELECT log, account, name FROM chat.voiced WHERE log = room.id AND person = stranger
    ON CONFLICT DO NOTHING;
    -- Nor is who has more rights voiced.
    DELETE FROM chat.voiced WHERE log = room.id AND (person = stranger OR (person = account AND (
        room.owner = account OR EXISTS (SELECT FROM chat.moderators m WHERE m.log = room.id AND m.person = account)
    )));
    INSERT INTO chat.admitted SELECT log, account FROM chat.admitted WHERE log = room.id AND person = stranger
    ON CONFLICT DO NOTHING;
    DELETE FROM chat.admitted WHERE log = room.id AND person = stranger;
    UPDATE chat.sanctions SET person = account WHERE log = room.id AND person = stranger;
    IF room.hidden THEN
        room.changed := pg_current_xact_id();
    END IF;
    room.pos := room.pos + 1;
    room.at := greatest(room.at, clock);
    INSERT INTO chat.entries (log, pos, kind, at, name, text)
    VALUES (
        room.id, room.pos, 'merged', room.at, '',
        jsonb_build_object('person', encode(stranger, 'base64'), 'account', encode(account, 'base64'))::text
    );
    RETURN room;
END
$$;

-- Put *who* out of *room*, for a *ban* by another name, as of a time on the *clock*; return it with the entry that says so.
CREATE FUNCTION chat.put_out(room chat.logs, who bytea, ban jsonb, clock bigint) RETURNS chat.logs LANGUAGE plpgsql AS $$
DECLARE
    reader chat.readers%ROWTYPE;
BEGIN
    SELECT r.* INTO reader FROM chat.readers r JOIN chat.seats s ON s.id = r.seat
    WHERE r.log = room.id AND s.person = who LIMIT 1;
    IF FOUND THEN
        DELETE FROM chat.readers WHERE log = room.id AND key = reader.key;
        DELETE FROM chat.follows WHERE log = room.id AND person = who;
        room := chat.emptier(room, clock);
        PERFORM chat.moved(ARRAY[reader.key], NULL, clock);
        room.pos := room.pos + 1;
        INSERT INTO chat.entries (log, pos, kind, at, name, text, session, by)
        VALUES (room.id, room.pos, 'kicked', room.at, reader.name, ban ->> 'reason', who, ban ->> 'by');
    END IF;
    RETURN room;
END
$$;

-- Let nobody have the seats *given* any more, nor a name by them.
CREATE FUNCTION chat.unseat(given bigint[]) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    WITH gone AS (DELETE FROM chat.seats WHERE id = ANY (given) RETURNING key)
    DELETE FROM chat.users u WHERE u.reserved IS NULL AND u.key IN (SELECT key FROM gone)
        AND NOT EXISTS (SELECT FROM chat.seats s WHERE s.key = u.key AND s.id <> ALL (given));
    DELETE FROM chat.users WHERE reserved = ANY (given);
END
$$;

-- Store as entries those changes of a batch that have the *numbers*.
CREATE FUNCTION chat.add(
    numbers bigint[], positions bigint[], seqs bigint[], times bigint[],
    kinds text[], places bigint[], names text[], texts text[], actions smallint[], sessions bytea[], cids text[],
    others text[], res bigint[], words text[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO chat.entries (log, pos, seq, kind, at, name, text, action, session, cid, by, re, words)
    SELECT
        log, pos, seq, kind, at, name, content, action,
        CASE WHEN kind IN ('said', 'withheld', 'kicked', 'ranked', 'invited') THEN session END, cid,
        CASE WHEN kind IN ('kicked', 'ranked', 'invited') THEN actor END, re, word::tsvector
    FROM unnest(numbers, positions, seqs, times) AS e (n, pos, seq, at)
    JOIN unnest(kinds, places, names, texts, actions, sessions, cids, others, res, words) WITH ORDINALITY
        AS c (kind, log, name, content, action, session, cid, actor, re, word, n) USING (n);
END
$$;

-- Return *results* as they are told.
CREATE FUNCTION chat.mine(results chat.answer[]) RETURNS SETOF chat.told LANGUAGE sql STABLE AS $$
    SELECT n, outcome, log, pos, seq, at, NULL, name, r.content, NULL::smallint, NULL::bytea, NULL, NULL, NULL::bigint,
        r.rooms
    FROM unnest(results) WITH ORDINALITY AS r (outcome, log, pos, seq, at, name, rooms, content, n)
$$;

-- Return the entries of others in the logs *followed* beyond what is *known*, in order, as many as fit. *mine* are known
-- to whoever asks, if they are stored already.
CREATE FUNCTION chat.others(followed bigint[], known bigint[], mine chat.answer[]) RETURNS SETOF chat.told
LANGUAGE sql STABLE AS $$
    SELECT NULL::bigint, NULL::text, log, pos, seq, at, kind, name, text, action, session, cid, by, re, NULL::text[] FROM (
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

-- Give node *me* the room *place* with the names of who is in.
CREATE FUNCTION chat.room(me bigint, secret text, place bigint)
RETURNS TABLE (
    room chat.logs, people text[], moderators bytea[], voiced bytea[], admitted bytea[], sanctions jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT
        l,
        ARRAY(SELECT DISTINCT ON (r.key) r.name FROM chat.readers r WHERE r.log = l.id),
        ARRAY(SELECT m.person FROM chat.moderators m WHERE m.log = l.id ORDER BY m.person),
        ARRAY(SELECT v.person FROM chat.voiced v WHERE v.log = l.id ORDER BY v.person),
        ARRAY(SELECT a.person FROM chat.admitted a WHERE a.log = l.id ORDER BY a.person),
        (
            SELECT jsonb_agg(jsonb_build_object(
                'number', s.number, 'kind', s.kind, 'username', s.username,
                'person', encode(s.person, 'base64'), 'host', encode(s.host, 'base64'), 'by', s.imposer,
                'at', s.at, 'until', s.until, 'reason', s.reason, 'everybody', s.everybody,
                'network', s.network, 'mask', s.mask
            ) ORDER BY s.number)
            FROM chat.sanctions s WHERE s.log = l.id AND (s.until IS NULL OR s.until > chat.now())
        )
    FROM chat.logs l WHERE l.key IS NOT NULL AND l.id = place;
END
$$;

-- Let a sanction hold in *place*, under a *number*, instead of those *replaced* by it.
CREATE FUNCTION chat.impose(place bigint, number bigint, imposed jsonb, replaced jsonb) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM chat.sanctions s WHERE s.log = place AND s.number IN (
        SELECT n::bigint FROM jsonb_array_elements_text(replaced) n
    );
    INSERT INTO chat.sanctions (
        number, log, kind, username, person, host, imposer, at, until, reason, everybody, network, mask
    ) VALUES (
        number, place, imposed ->> 'kind', imposed ->> 'username', decode(imposed ->> 'person', 'base64'),
        decode(imposed ->> 'host', 'base64'), imposed ->> 'by', (imposed ->> 'at')::bigint,
        (imposed ->> 'until')::bigint, imposed ->> 'reason', (imposed ->> 'everybody')::boolean,
        imposed ->> 'network', imposed ->> 'mask'
    );
END
$$;

-- Let *who* follow *place* from a time on the *clock*, by the key with the number *given*, of which the latest one counts; of
-- very many rooms the one goes that they followed for longest.
CREATE FUNCTION chat.follow(place bigint, who bytea, given integer, clock bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chat.follows (person, log, keyed) VALUES (who, place, given) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO chat.followers VALUES (who, clock) ON CONFLICT DO NOTHING;
        DELETE FROM chat.follows WHERE person = who AND number <= (
            SELECT number FROM chat.follows WHERE person = who ORDER BY number DESC OFFSET 1000 LIMIT 1
        );
    ELSIF given > 0 THEN
        UPDATE chat.follows SET keyed = given WHERE person = who AND log = place AND keyed < given;
    END IF;
END
$$;

-- Give node *me* the rooms that *who* follows, who is here now, each with the number of the key by which they came in last.
CREATE FUNCTION chat.followed(me bigint, secret text, who bytea)
RETURNS TABLE (room text, log bigint, seq bigint, keyed integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM chat.beat(me, secret);
    UPDATE chat.followers SET seen = chat.now() WHERE person = who AND seen <= chat.now() - 86400000;
    RETURN QUERY SELECT l.room, l.id, l.seq, f.keyed
    FROM chat.follows f JOIN chat.logs l ON l.id = f.log
    WHERE f.person = who AND l.key IS NOT NULL ORDER BY f.number;
END
$$;

-- Keep the marks that *asked* has, as far as they are further, of logs that are kept; let the other connections of those
-- people know, and return the nodes other than *me* that have mail by it.
CREATE FUNCTION chat.keep_marks(me bigint, asked jsonb, clock bigint) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    each record;
    told text[];
BEGIN
    -- Both in one order: nobody waits in a circle.
    INSERT INTO chat.followers
    SELECT DISTINCT decode(m ->> 'person', 'base64') AS who, clock FROM jsonb_array_elements(asked) m ORDER BY who
    ON CONFLICT DO NOTHING;
    FOR each IN
        SELECT m, decode(m ->> 'person', 'base64') AS who, l.id AS place
        FROM jsonb_array_elements(asked) m JOIN chat.logs l ON l.id = (m ->> 'log')::bigint AND l.key IS NOT NULL
        ORDER BY who, place
    LOOP
        INSERT INTO chat.marks AS m (person, log, seq, at)
        VALUES (each.who, each.place, (each.m -> 'mark' ->> 'seq')::bigint, (each.m -> 'mark' ->> 'at')::bigint)
        ON CONFLICT (person, log) DO UPDATE SET seq = greatest(m.seq, excluded.seq), at = greatest(m.at, excluded.at);
        told := told || chat.post(
            'marked', ARRAY(
                SELECT DISTINCT ON (node) id FROM chat.seats WHERE person = each.who AND node <> me ORDER BY node, id
            ),
            NULL, NULL, each.m::text, clock
        );
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT t FROM unnest(told) t);
END
$$;

-- Keep no texts of the messages that *asked* takes back in *room*, with an act each, as of a time on the *clock*; return
-- which of these redactions have taken anything back.
CREATE FUNCTION chat.redact(room chat.logs, asked jsonb, acts jsonb, clock bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    redaction record;
    done jsonb := '[]';
BEGIN
    FOR redaction IN
        SELECT told, acts -> (n::integer - 1) AS act FROM jsonb_array_elements(asked) WITH ORDINALITY AS a (told, n)
        ORDER BY n
    LOOP
        UPDATE chat.entries SET text = '', words = NULL
        WHERE log = room.id AND seq = (redaction.told ->> 'seq')::bigint AND text <> '';
        IF FOUND THEN
            done := done || redaction.told;
            INSERT INTO chat.redactions VALUES (
                room.id, room.redactions + jsonb_array_length(done), (redaction.told ->> 'seq')::bigint,
                redaction.told ->> 'username', redaction.told ->> 'by', redaction.told ->> 'note'
            );
            UPDATE chat.contexts SET text = '' WHERE log = room.id AND seq = (redaction.told ->> 'seq')::bigint;
            -- Of what is told the audit keeps nothing.
            IF room.key NOT LIKE ' %' THEN
                PERFORM chat.note(room, jsonb_build_array(redaction.act), clock);
            END IF;
        END IF;
    END LOOP;
    IF done <> '[]' THEN
        UPDATE chat.meta SET erased = erased + 1;
    END IF;
    RETURN done;
END
$$;

-- Note that the newest message of *talk* was said now, if both have their accounts; if it is withheld from the other, that
-- is so for who said it *alone*.
CREATE FUNCTION chat.talked(talk chat.logs, alone bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one bytea := decode(split_part(talk.key, ' ', 2), 'hex');
    two bytea := decode(split_part(talk.key, ' ', 3), 'hex');
    noted bigint;
BEGIN
    UPDATE chat.talks t SET seq = talk.seq, at = talk.at
    WHERE (t.person, t.other) IN ((one, two), (two, one)) AND t.name IS NULL AND (alone IS NULL OR t.person = alone);
    GET DIAGNOSTICS noted = ROW_COUNT;
    IF noted < (CASE WHEN one = two OR alone IS NOT NULL THEN 1 ELSE 2 END) THEN
        -- Whoever ends their account in this moment finds it.
        PERFORM FROM chat.accounts a WHERE a.id IN (one, two) ORDER BY a.id FOR SHARE;
        INSERT INTO chat.talks (person, other, log, seq, at)
        SELECT p.person, p.other, talk.id, talk.seq, talk.at
        FROM (VALUES (one, two), (two, one)) AS p (person, other)
        WHERE (alone IS NULL OR p.person = alone) AND NOT EXISTS (
            SELECT FROM unnest(ARRAY[one, two]) AS each
            WHERE each NOT IN (SELECT a.id FROM chat.accounts a WHERE a.gone IS NULL AND a.id IN (one, two))
        )
        ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- Let both whose *talk* it is hear of its newest entry, wherever they are but by the seat *asker*; return these nodes.
CREATE FUNCTION chat.tell_both(talk chat.logs, asker bigint, clock bigint) RETURNS text[] LANGUAGE sql VOLATILE AS $$
    WITH sides AS (
        SELECT decode(split_part(talk.key, ' ', n), 'hex') AS person, decode(split_part(talk.key, ' ', 5 - n), 'hex') AS other
        FROM generate_series(2, 3) AS n
    ), posted AS (
        INSERT INTO chat.mail (node, kind, seat, name, at, log, pos)
        SELECT DISTINCT ON (s.id) s.node, 'talked', s.id, coalesce(t.name, a.username), clock, talk.id, talk.pos
        FROM sides b JOIN chat.seats s ON s.person = b.person JOIN chat.nodes n ON n.id = s.node
        LEFT JOIN chat.talks t ON t.person = b.person AND t.other = b.other
        LEFT JOIN chat.accounts a ON a.id = b.other AND a.gone IS NULL
        WHERE s.id IS DISTINCT FROM asker ORDER BY s.id
        RETURNING node
    )
    SELECT array_agg(DISTINCT node::text) FROM posted
$$;

-- Give node *me* the newest *most* talks of *who* whose newest messages are from *before* a time.
CREATE FUNCTION chat.talks(me bigint, secret text, who bytea, before bigint, most bigint)
RETURNS TABLE (
    log bigint, other bytea, seq bigint, speaker text, content text, at bigint, action smallint, session bytea, cid text,
    re bigint, withheld boolean, name text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT t.log, t.other, e.seq, e.name, e.text, e.at, e.action, e.session, e.cid, e.re,
        e.kind = 'withheld', t.name
    FROM chat.talks t JOIN chat.entries e ON e.log = t.log AND e.seq = t.seq
    WHERE t.person = who AND (before IS NULL OR t.at < before) ORDER BY t.at DESC, t.log DESC LIMIT most;
END
$$;

-- Keep a report as it is *asked* for, of which the entry at *place* of a *log* tells, as of a time on the *clock*; return
-- what became of it, and what is told: that with its number, and whom it is about.
CREATE FUNCTION chat.report(asked jsonb, log bigint, place bigint, clock bigint, OUT outcome text, OUT told text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    life bigint := (asked ->> 'log')::bigint;
    message chat.entries%ROWTYPE;
    given bigint;
BEGIN
    IF EXISTS (
        SELECT FROM chat.reports
        WHERE log = life AND seq = (asked ->> 'seq')::bigint AND person = decode(asked ->> 'person', 'base64')
    ) THEN
        outcome := 'none';
        RETURN;
    END IF;
    SELECT e.* INTO message FROM chat.entries e
    WHERE e.log = life AND e.seq = (asked ->> 'seq')::bigint AND e.text <> '';
    IF NOT FOUND THEN
        outcome := 'no-such-message';
        RETURN;
    END IF;
    IF (SELECT count(*) FROM chat.reports WHERE log = life AND resolved IS NULL) >= 100 THEN
        outcome := 'too-many-reports';
        RETURN;
    END IF;
    INSERT INTO chat.reports (
        log, room, seq, said, speaker, text, kind, about, reporter, person, at, reason, re, house,
        pos
    )
    VALUES (
        life, asked ->> 'room', message.seq, message.at, message.name, message.text, message.action,
        coalesce(message.session, ''), asked ->> 'by', decode(asked ->> 'person', 'base64'), clock, asked ->> 'reason',
        message.re, log, place
    )
    RETURNING number INTO given;
    INSERT INTO chat.contexts
    SELECT given, e.log, e.seq, e.at, e.name, e.text, e.action, e.re FROM chat.entries e
    WHERE e.log = life AND e.seq >= message.seq - 5 AND e.seq < message.seq;
    outcome := 'entry';
    told := (
        asked || jsonb_build_object('number', given, 'about', encode(coalesce(message.session, ''), 'base64'))
    )::text;
END
$$;

-- Forget the next *piece* of the reports that were resolved before *oldest*; tell whether there were any. The entries that
-- tell of them lose the reasons.
CREATE FUNCTION chat.forget_reports(oldest bigint, piece bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    gone bigint[];
BEGIN
    PERFORM FROM chat.meta FOR UPDATE;
    gone := ARRAY(SELECT number FROM chat.reports WHERE resolved <= oldest ORDER BY number LIMIT piece FOR UPDATE);
    IF gone = '{}' THEN
        RETURN false;
    END IF;
    UPDATE chat.entries e SET text = (e.text::jsonb || '{"reason": ""}')::text
    FROM chat.reports r WHERE r.number = ANY (gone) AND e.log = r.house AND e.pos = r.pos AND e.kind = 'reported';
    UPDATE chat.entries e SET text = (e.text::jsonb || '{"note": ""}')::text
    FROM chat.reports r WHERE r.number = ANY (gone) AND e.log = r.house AND e.kind = 'resolved'
        AND (e.text::jsonb ->> 'number')::bigint = r.number;
    DELETE FROM chat.contexts WHERE report = ANY (gone);
    DELETE FROM chat.reports WHERE number = ANY (gone);
    UPDATE chat.meta SET erased = erased + 1;
    RETURN true;
END
$$;

-- Keep what somebody did in *room*, or anywhere, as of a time on the *clock*.
CREATE FUNCTION chat.note(room chat.logs, acts jsonb, clock bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chat.audit (log, act)
    SELECT room.id, act || jsonb_strip_nulls(
        jsonb_build_object('room', CASE WHEN chat.is_room(room.room) THEN room.room END, 'at', clock)
    )
    FROM jsonb_array_elements(acts) WITH ORDINALITY AS a (act, n) ORDER BY n;
END
$$;

-- Admit who is in *room*, which becomes invite-only, as of a time on the *clock*; return it with the entries that say so: each
-- of a size that fits into a page. Nodes know only who is there by themselves.
CREATE FUNCTION chat.close_to_others(room chat.logs, clock bigint) RETURNS chat.logs LANGUAGE plpgsql AS $$
DECLARE
    piece jsonb;
BEGIN
    INSERT INTO chat.admitted
    SELECT DISTINCT room.id, s.person FROM chat.readers r JOIN chat.seats s ON s.id = r.seat WHERE r.log = room.id
    ON CONFLICT DO NOTHING;
    FOR piece IN
        SELECT jsonb_agg(encode(person, 'base64') ORDER BY person) FROM (
            SELECT person, (row_number() OVER (ORDER BY person) - 1) / 200 AS n FROM chat.admitted WHERE log = room.id
        ) AS a
        GROUP BY n ORDER BY n
    LOOP
        room.pos := room.pos + 1;
        room.at := clock;
        INSERT INTO chat.entries (log, pos, kind, at, name, text)
        VALUES (room.id, room.pos, 'admitted', clock, '', jsonb_build_object('persons', piece)::text);
    END LOOP;
    RETURN room;
END
$$;

-- Return whether *room* is in the lists of *viewer*; nobody in particular may know of all.
CREATE FUNCTION chat.shows(room chat.logs, viewer bytea) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT room.hidden OR viewer IS NULL OR viewer = room.owner
        OR EXISTS (SELECT FROM chat.moderators m WHERE m.log = room.id AND m.person = viewer)
        OR EXISTS (SELECT FROM chat.admitted a WHERE a.log = room.id AND a.person = viewer)
        OR EXISTS (
            SELECT FROM chat.readers r JOIN chat.seats s ON s.id = r.seat WHERE r.log = room.id AND s.person = viewer
        )
$$;

-- Return those with a seat at node *me* who may know of *room*, if it is hidden.
CREATE FUNCTION chat.insiders(me bigint, room chat.logs) RETURNS bytea[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN room.hidden THEN ARRAY(
        SELECT DISTINCT s.person FROM chat.seats s WHERE s.node = me AND s.person IN (
            SELECT room.owner
            UNION ALL SELECT m.person FROM chat.moderators m WHERE m.log = room.id
            UNION ALL SELECT a.person FROM chat.admitted a WHERE a.log = room.id
            -- Also by a seat that is at another node.
            UNION ALL SELECT i.person FROM chat.readers r JOIN chat.seats i ON i.id = r.seat WHERE r.log = room.id
        )
        ORDER BY 1
    ) END
$$;

-- Return *room* with a member less, as of a time on the *clock*.
CREATE FUNCTION chat.emptier(room chat.logs, clock bigint) RETURNS chat.logs LANGUAGE plpgsql AS $$
BEGIN
    room.members := room.members - 1;
    room.changed := pg_current_xact_id();
    IF room.members = 0 AND room.key NOT LIKE ' %' THEN
        room.empty := clock;
    END IF;
    RETURN room;
END
$$;

-- Keep what has become of *room*, if it is one.
CREATE FUNCTION chat.keep(room chat.logs) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE chat.logs SET
        key = room.key, topic = room.topic, topic_by = room.topic_by, topic_at = room.topic_at, closed = room.closed,
        pos = room.pos, seq = room.seq, at = room.at, members = room.members, empty = room.empty,
        owner = room.owner, capacity = room.capacity, slow = room.slow, locked = room.locked,
        guests = room.guests, invite_only = room.invite_only, hidden = room.hidden,
        topic_locked = room.topic_locked, password = room.password, keys = room.keys, redactions = room.redactions,
        changed = room.changed
    WHERE id = room.id;
END
$$;

-- Remove the next entries of a log that is deleted, and at last itself; tell whether there were any.
CREATE FUNCTION chat.erase(place bigint, piece bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chat.entries WHERE log = place AND pos IN (
        SELECT pos FROM chat.entries WHERE log = place ORDER BY pos LIMIT piece
    );
    IF FOUND THEN
        RETURN true;
    END IF;
    DELETE FROM chat.moderators WHERE log = place;
    DELETE FROM chat.voiced WHERE log = place;
    DELETE FROM chat.admitted WHERE log = place;
    DELETE FROM chat.sanctions WHERE log = place;
    DELETE FROM chat.redactions WHERE log = place;
    DELETE FROM chat.follows WHERE log = place;
    DELETE FROM chat.marks WHERE log = place;
    DELETE FROM chat.logs WHERE id = place AND key IS NULL;
    RETURN false;
END
$$;

-- Remove the next things that are no longer kept, *piece* of them at the most; tell whether there were any. Of a room the
-- newest *most* messages are kept (0: all), and none from before *oldest*; a log that was closed before *expired* is not.
-- One that is deleted stays for a minute, until all nodes know. A room that has been empty for *linger* milliseconds is
-- closed, though no node is left that would do that. Reports are forgotten ninety days after they were resolved.
CREATE FUNCTION chat.sweep(most bigint, oldest bigint, expired bigint, linger bigint, piece bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    room chat.logs%ROWTYPE;
    upto bigint;
    clock bigint := chat.now();
    forgotten bigint := clock - 90 * 86400000::bigint;
BEGIN
    -- First, for it locks what comes first in the order of locks.
    IF EXISTS (SELECT FROM chat.reports WHERE resolved <= forgotten) AND chat.forget_reports(forgotten, piece) THEN
        RETURN true;
    END IF;
    DELETE FROM chat.mail WHERE at < clock - 60000;
    DELETE FROM chat.sanctions WHERE until <= clock;
    DELETE FROM chat.accounts WHERE gone < clock - 60000;
    DELETE FROM chat.devices WHERE gone < clock - 60000;
    UPDATE chat.logs SET closed = clock, changed = pg_current_xact_id() WHERE id IN (
        SELECT id FROM chat.logs
        WHERE closed IS NULL AND key IS NOT NULL AND NOT permanent AND empty <= clock - linger
        ORDER BY id LIMIT piece FOR UPDATE SKIP LOCKED
    );
    IF FOUND THEN
        RETURN true;
    END IF;
    UPDATE chat.logs SET key = NULL WHERE id IN (
        SELECT id FROM chat.logs WHERE closed <= expired AND key IS NOT NULL
        ORDER BY id LIMIT piece FOR UPDATE SKIP LOCKED
    );
    IF FOUND THEN
        RETURN true;
    END IF;
    -- Sessions that were not here for as long, and for two days at least.
    WITH gone AS (
        DELETE FROM chat.followers WHERE person IN (
            SELECT person FROM chat.followers WHERE seen < least(expired, clock - 172800000)
                AND NOT EXISTS (SELECT FROM chat.accounts WHERE id = person AND accounts.gone IS NULL)
            ORDER BY seen LIMIT piece FOR UPDATE SKIP LOCKED
        ) RETURNING person
    ), unmarked AS (DELETE FROM chat.marks WHERE person IN (SELECT person FROM gone))
    DELETE FROM chat.follows WHERE person IN (SELECT person FROM gone);
    IF FOUND THEN
        RETURN true;
    END IF;
    SELECT * INTO room FROM chat.logs WHERE key IS NULL AND closed <= clock - 60000 LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
        PERFORM chat.erase(room.id, piece);
        RETURN true;
    END IF;
    -- These look at each log, of which there may be very many.
    IF most > 0 THEN
        SELECT * INTO room FROM chat.logs WHERE key IS NOT NULL AND seq - removed >= most + piece
        LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF room.id IS NULL AND oldest > 0 THEN
        SELECT * INTO room FROM chat.logs l
        WHERE l.key IS NOT NULL
            AND (SELECT e.at FROM chat.entries e WHERE e.log = l.id AND e.seq = l.removed + 1) < oldest
        LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF room.id IS NULL THEN
        RETURN false;
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

-- Return an account, or a device, as nodes are told of it.
CREATE FUNCTION chat.own(it chat.accounts) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('version', it.version) || CASE
        WHEN it.gone IS NOT NULL THEN jsonb_build_object('dropped', encode(it.id, 'base64'))
        ELSE jsonb_build_object('account', jsonb_build_object(
            'id', encode(it.id, 'base64'), 'username', it.username, 'password', it.password, 'created', it.created,
            'seen', it.seen, 'role', it.role, 'former', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(n.username, n.until) ORDER BY n.place), '[]')
                FROM chat.names n WHERE n.account = it.id AND n.until IS NOT NULL
            ), 'ignored', (
                SELECT coalesce(
                    jsonb_agg(
                        jsonb_build_object('username', i.username, 'person', encode(i.person, 'base64'))
                        ORDER BY i.number
                    ),
                    '[]'
                )
                FROM chat.ignored i WHERE i.account = it.id
            )
        ))
    END
$$;

CREATE FUNCTION chat.own(it chat.devices) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('version', it.version) || CASE
        WHEN it.gone IS NOT NULL THEN jsonb_build_object('revoked', it.number)
        ELSE jsonb_build_object('device', jsonb_build_object(
            'number', it.number, 'account', encode(it.account, 'base64'), 'kind', it.kind,
            'secret', encode(it.secret, 'base64'), 'created', it.created, 'seen', it.seen, 'door', it.door,
            'host', it.host, 'client', it.client, 'session', encode(it.session, 'base64')
        ))
    END
$$;

-- Give node *me* the next *most* accounts behind *behind*, with their devices.
CREATE FUNCTION chat.kept(me bigint, secret text, behind bytea, most bigint) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY
        WITH next AS (
            SELECT * FROM chat.accounts a WHERE a.gone IS NULL AND a.id > behind ORDER BY a.id LIMIT most
        )
        SELECT chat.own(a) FROM chat.accounts a JOIN next USING (id)
        UNION ALL SELECT chat.own(d) FROM chat.devices d JOIN next ON next.id = d.account WHERE d.gone IS NULL;
END
$$;

-- Give node *me* the number of a device that nobody has had.
CREATE FUNCTION chat.device_number(me bigint, secret text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN nextval('chat.device');
END
$$;

-- Tell node *me* the account of whoever has the seat of a *session*, or NULL.
CREATE FUNCTION chat.bound(me bigint, secret text, session bytea) RETURNS bytea LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN (
        SELECT s.person FROM chat.seats s JOIN chat.accounts a ON a.id = s.person
        WHERE s.session = session AND a.gone IS NULL
    );
END
$$;

-- Look around, as node *me* does each second: return the newest positions of the logs *followed*, the beats
-- of the other nodes, the nodes that are dead, the mail for this one; and, unless *since* is NULL, the rooms of the lobby
-- and the accounts that have changed since a look before, or may have.
CREATE FUNCTION chat.look(me bigint, secret text, followed bigint[], since xid8, seen bigint[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    heads jsonb;
    beats jsonb;
    dead jsonb;
    mail jsonb;
    rooms jsonb;
    accounts jsonb;
BEGIN
    PERFORM chat.beat(me, secret);
    SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.pos)), '[]') INTO heads
    FROM chat.logs l WHERE l.id = ANY (followed);
    SELECT coalesce(jsonb_agg(jsonb_build_array(n.id, n.beat)), '[]') INTO beats FROM chat.nodes n WHERE n.id <> me;
    SELECT coalesce(jsonb_agg(d.id), '[]') INTO dead FROM chat.dead d WHERE NOT d.buried;
    SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') INTO mail FROM chat.collected(me, seen) c;
    SELECT coalesce(jsonb_agg(jsonb_build_array(
        l.room, l.topic, l.members, l.capacity, l.closed IS NULL AND l.key IS NOT NULL, l.slow, l.locked, l.guests,
        l.invite_only, l.hidden, l.topic_locked, l.password <> '', l.begun, l.topic_at,
        ARRAY(SELECT encode(i, 'base64') FROM unnest(chat.insiders(me, l)) i)
    ) ORDER BY l.changed), '[]')
    INTO rooms FROM chat.logs l WHERE l.changed >= since AND chat.is_room(l.room);
    SELECT coalesce(jsonb_agg(kept), '[]') INTO accounts FROM (
        SELECT chat.own(a) AS kept FROM chat.accounts a WHERE a.changed >= since
        UNION ALL SELECT chat.own(d) FROM chat.devices d WHERE d.changed >= since
    ) AS changes;
    RETURN jsonb_build_object(
        'heads', heads, 'beats', beats, 'dead', dead, 'mail', mail, 'rooms', rooms, 'accounts', accounts,
        'since', pg_snapshot_xmin(pg_current_snapshot())::text,
        'standby', current_setting('synchronous_standby_names'), 'generation', (SELECT generation FROM chat.meta)
    );
END
$$;

-- Let all rooms begin new epochs, made from *token*, unless they have done so since somebody *saw* the generation; it may
-- be lost itself. Tell whether they do. No server is a node any more then: one that took what it is told of the new epochs
-- for the old ones would not know, if that is lost too, that they need others.
CREATE FUNCTION chat.renumber(saw bigint, token text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM chat.meta WHERE generation > saw) THEN
        RETURN false;
    END IF;
    -- Nodes first, as everywhere.
    PERFORM FROM chat.nodes ORDER BY id FOR UPDATE;
    UPDATE chat.meta SET generation = greatest(generation, saw) + 1 WHERE generation <= saw;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    WITH ended AS (DELETE FROM chat.nodes RETURNING id, beat) INSERT INTO chat.dead (id, beat) SELECT id, beat FROM ended;
    PERFORM FROM chat.logs ORDER BY id FOR NO KEY UPDATE;
    UPDATE chat.logs SET
        epoch = translate(encode(substr(sha256(convert_to(token || id, 'UTF8')), 1, 9), 'base64'), '+/', '-_');
    RETURN true;
END
$$;

-- Give node *me* the mail that is for it, but for what it has *seen*.
CREATE FUNCTION chat.collect(me bigint, secret text, seen bigint[]) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM chat.collected(me, seen) c);
END
$$;

-- What is told to somebody comes once, if at all; all else comes until it was seen. The rooms where somebody is by other
-- nodes are those of now, and what was said in a talk may be taken back meanwhile. Of that, some comes at a time.
CREATE FUNCTION chat.collected(me bigint, seen bigint[]) RETURNS SETOF chat.mail LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM chat.mail WHERE node = me AND kind NOT IN ('told', 'copied') AND number = ANY (seen);
    RETURN QUERY SELECT
        m.number, m.node, m.kind, m.seat, m.connection, m.name, m.speaker,
        CASE
            WHEN m.kind = 'rooms' THEN (SELECT chat.elsewhere(s.key, me) FROM chat.seats s WHERE s.id = m.seat)
            WHEN m.kind IN ('talked', 'invited') THEN (
                SELECT jsonb_build_array(
                    e.log, e.pos, e.seq, e.at, e.kind, e.name, e.text, e.action, encode(e.session, 'base64'), e.cid, e.by,
                    e.re
                )::text
                FROM chat.entries e WHERE e.log = m.log AND e.pos = m.pos
            )
            ELSE m.content
        END,
        m.back, m.taken, m.at, m.log, m.pos
    FROM chat.mail m WHERE m.node = me AND m.kind NOT IN ('told', 'copied') AND (m.kind <> 'talked' OR m.number IN (
        SELECT number FROM chat.mail WHERE node = me AND kind = 'talked' ORDER BY number LIMIT 100
    ));
    RETURN QUERY UPDATE chat.mail SET taken = true WHERE number IN (
        SELECT number FROM chat.mail
        WHERE node = me AND kind IN ('told', 'copied') AND NOT taken ORDER BY number LIMIT 20
    ) RETURNING *;
END
$$;

-- Take back a mail that nobody has answered; return whether nobody has taken it.
CREATE FUNCTION chat.withdraw(me bigint, secret text, mailed bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    was boolean;
BEGIN
    PERFORM chat.beat(me, secret);
    DELETE FROM chat.mail WHERE number = mailed RETURNING taken INTO was;
    RETURN was IS NOT DISTINCT FROM false;
END
$$;

-- Note that *node* is dead, whose *pulse* has not moved for too long; return whether that is so.
CREATE FUNCTION chat.reap(me bigint, secret text, node bigint, pulse bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    DELETE FROM chat.nodes WHERE id IN (
        SELECT id FROM chat.nodes WHERE id = node AND beat = pulse FOR UPDATE SKIP LOCKED
    );
    IF FOUND THEN
        INSERT INTO chat.dead (id, beat) VALUES (node, pulse);
        RETURN true;
    END IF;
    RETURN false;
END
$$;

-- Leave the chat: the seats of node *me* can be taken at others.
CREATE FUNCTION chat.leave(me bigint, secret text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM chat.beat(me, secret);
    WITH ended AS (DELETE FROM chat.nodes WHERE id = me RETURNING id, beat)
    INSERT INTO chat.dead (id, beat) SELECT id, beat FROM ended;
END
$$;

-- Let whoever has the seats *given* up be in no room by them; return what that adds to rooms.
CREATE FUNCTION chat.abandon(given bigint[]) RETURNS SETOF chat.told LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    lost chat.readers%ROWTYPE;
    room chat.logs%ROWTYPE;
    clock bigint := chat.now();
    people text[] := '{}';
BEGIN
    PERFORM FROM chat.logs WHERE id IN (SELECT log FROM chat.readers WHERE seat = ANY (given))
    ORDER BY id FOR NO KEY UPDATE;
    FOR lost IN SELECT DISTINCT ON (log, key) * FROM chat.readers WHERE seat = ANY (given) ORDER BY log, key LOOP
        people := people || lost.key;
        SELECT * INTO room FROM chat.logs WHERE id = lost.log;
        IF room.key IS NULL OR EXISTS (
            SELECT FROM chat.readers WHERE log = lost.log AND key = lost.key AND seat <> ALL (given)
        ) THEN
            CONTINUE;
        END IF;
        room.pos := room.pos + 1;
        room.at := greatest(room.at, clock);
        room := chat.emptier(room, clock);
        PERFORM chat.keep(room);
        INSERT INTO chat.entries (log, pos, kind, at, name, text)
        VALUES (room.id, room.pos, 'went', room.at, lost.name, 'lost');
        RETURN QUERY SELECT
            NULL::bigint, NULL, room.id, room.pos, NULL::bigint, room.at, 'went', lost.name, 'lost', NULL::smallint,
            NULL::bytea, NULL, NULL, NULL::bigint, NULL::text[];
    END LOOP;
    DELETE FROM chat.readers WHERE seat = ANY (given);
    -- They may be here still, by another seat.
    PERFORM chat.moved(people, NULL, clock);
END
$$;

-- Give up the next seats of the *dead* node, those that no session can take, or *every* one; return what that adds to
-- rooms. Where none of its seats is left, it is forgotten.
CREATE FUNCTION chat.bury(me bigint, secret text, body bigint, every boolean, piece bigint) RETURNS SETOF chat.told
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    given bigint[];
BEGIN
    PERFORM chat.beat(me, secret);
    PERFORM FROM chat.meta FOR UPDATE;
    given := ARRAY(
        SELECT id FROM chat.seats WHERE node = body AND (every OR session IS NULL) ORDER BY id LIMIT piece FOR UPDATE
    );
    RETURN QUERY SELECT * FROM chat.abandon(given);
    PERFORM chat.unseat(given);
    IF given = '{}' THEN
        UPDATE chat.dead SET buried = true WHERE id = body AND NOT EXISTS (SELECT FROM chat.seats WHERE node = body);
    ELSE
        -- There may be more.
        RETURN QUERY SELECT
            NULL::bigint, NULL, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, 'more', NULL, NULL, NULL::smallint,
            NULL::bytea, NULL, NULL, NULL::bigint, NULL::text[];
    END IF;
END
$$;

-- Give node *me* the next *most* names behind *after*, of who is in the room *place* with their roles there, or of
-- everybody; first the room's. Of a room that is not for *viewer* to know of, as of none, nothing. Operators are that in
-- each, and *own* says that the name is an account's.
CREATE FUNCTION chat.who(me bigint, secret text, place text, behind text, most bigint, viewer bytea)
RETURNS TABLE (name text, role text, own boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    life chat.logs%ROWTYPE;
BEGIN
    PERFORM chat.beat(me, secret);
    IF place IS NULL THEN
        RETURN QUERY SELECT NULL, NULL, NULL::boolean;
        RETURN QUERY SELECT people.name, CASE WHEN a.role = 'operator' THEN a.role END, a.id IS NOT NULL FROM (
            SELECT key, name FROM chat.users WHERE reserved IS NULL AND key > behind COLLATE "C" ORDER BY key LIMIT most
        ) AS people
        LEFT JOIN LATERAL (SELECT person FROM chat.seats s WHERE s.key = people.key ORDER BY id LIMIT 1) AS p ON true
        LEFT JOIN chat.accounts a ON a.id = p.person AND a.gone IS NULL
        ORDER BY people.key;
        RETURN;
    END IF;
    SELECT * INTO life FROM chat.logs WHERE key = place AND closed IS NULL;
    IF FOUND AND chat.shows(life, viewer) THEN
        RETURN QUERY SELECT life.room, NULL, NULL::boolean;
        RETURN QUERY SELECT
            people.name,
            CASE
                WHEN a.role = 'operator' THEN a.role
                WHEN p.person = life.owner THEN 'owner'
                WHEN EXISTS (
                    SELECT FROM chat.moderators m WHERE m.log = life.id AND m.person = p.person
                ) THEN 'moderator'
                WHEN EXISTS (
                    SELECT FROM chat.voiced v WHERE v.log = life.id AND v.person = p.person
                ) THEN 'voiced'
            END,
            a.id IS NOT NULL
        FROM (
            SELECT DISTINCT ON (key) key, name FROM chat.readers WHERE log = life.id AND key > behind COLLATE "C"
            ORDER BY key LIMIT most
        ) AS people
        LEFT JOIN LATERAL (SELECT person FROM chat.seats s WHERE s.key = people.key ORDER BY id LIMIT 1) AS p ON true
        LEFT JOIN chat.accounts a ON a.id = p.person AND a.gone IS NULL
        ORDER BY people.key;
    END IF;
END
$$;

-- Give node *me* whoever has the name *k*, and by what rooms know them.
CREATE FUNCTION chat.person(me bigint, secret text, k text) RETURNS TABLE (name text, person bytea, host bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT u.name, s.person, s.host FROM chat.users u JOIN chat.seats s ON s.key = u.key
    WHERE u.key = k AND u.reserved IS NULL ORDER BY s.id LIMIT 1;
END
$$;

-- Give node *me* the next *most* open rooms behind *after*, hidden ones with those there who may know of them.
CREATE FUNCTION chat.rooms(me bigint, secret text, behind text, most bigint)
RETURNS TABLE (
    key text, room text, topic text, members integer, capacity integer, slow integer, locked boolean,
    guests boolean, invite_only boolean, hidden boolean, topic_locked boolean, keyed boolean,
    begun bigint, topic_at bigint, insiders bytea[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM chat.beat(me, secret);
    RETURN QUERY SELECT
        l.key, l.room, l.topic, l.members, l.capacity, l.slow, l.locked, l.guests, l.invite_only, l.hidden,
        l.topic_locked, l.password <> '', l.begun, l.topic_at, chat.insiders(me, l)
    FROM chat.logs l
    WHERE l.closed IS NULL AND l.key > behind AND l.key >= '!' ORDER BY l.key LIMIT most;
END
$$;
