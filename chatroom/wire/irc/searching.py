"""SEARCH: what was said once, by its words."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Search
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import username
from chatroom.core.values.replies import Entries, Refused, Reply
from chatroom.wire.irc.history import spoken
from chatroom.wire.irc.isupport import PAGE
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line, parsed_tags
from chatroom.wire.irc.places import ANY, MessageTarget, Wrong, limit_of, place_of
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.timestamps import milliseconds

SEARCH = "SEARCH"


def search(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Find messages."""
    wanted = parsed_tags(line.params[0])
    try:
        place = place_of(wanted["in"]) if wanted.get("in") else MessageTarget(ANY)
        since, until = (_searched(wanted.get(name, "")) for name in ("after", "before"))
        limit = limit_of(wanted["limit"]) if "limit" in wanted else PAGE
        author = username(wanted["from"]) if wanted.get("from") else None
    except Wrong as error:
        return local(call, line, session.fail(SEARCH, error.code, error.sentence))
    except ChatError as error:
        return local(call, line, session.fail(SEARCH, "INVALID_PARAMS", str(error)))

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if not isinstance(reply, Entries):
            assert isinstance(reply, Refused), "or what was found"
            return [session.fail(SEARCH, "INVALID_PARAMS", str(reply.error))]
        return session.batch("soju.im/search", spoken(session, place, reply.entries))

    looks_for = Search(
        place.room,
        wanted.get("text", ""),
        limit=limit,
        author=author,
        since=since,
        until=until,
        other=place.other,
    )
    return (request(call, line, looks_for, write),)


def _searched(word: str) -> int | None:
    if not word:
        return None
    at = milliseconds(word)
    if at is None:
        raise Wrong("INVALID_PARAMS", "A time is written as 2026-11-25T08:00:00.000Z")
    return at
