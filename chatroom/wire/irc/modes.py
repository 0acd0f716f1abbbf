"""MODE: how a room is, and who may do what there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatroom.core.values import masks
from chatroom.core.values.commands import Appoint, Command, Configure, Impose, Lift, ListSanctions, Request, ShowRoom
from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import RoomName, Username, key, username
from chatroom.core.values.replies import Ok, Refused, Reply, RoomShown, SanctionList
from chatroom.core.values.rights import Role, Tuning
from chatroom.core.values.sanctions import Kind, Sanction
from chatroom.core.values.texts import room_key
from chatroom.wire.irc.changes import ModeChange, of_tuning, written
from chatroom.wire.irc.channels import CHANNEL, channel, is_channel, room_of
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.numerics import BY_CODE
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, answered, local
from chatroom.wire.irc.requests import Asked, Write, request
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.irc.user_modes import user_mode

FLAGS = {"i": "invite_only", "m": "locked", "s": "hidden", "t": "topic_locked"}
"""Modes that are on or off, and what they are called in the core."""

ALWAYS = "nCc"
"""Modes of every room: only members speak, and neither colours nor requests to programs come through."""

ROLES: dict[str, Role] = {"o": "moderator", "v": "voiced"}
"""Modes of members, and what those are called in the core."""

LISTS = {"b": ("367", "368"), "e": ("348", "349"), "I": ("346", "347")}
"""Lists of masks, with the numerics of a row and of the end."""

KINDS: dict[str, Kind] = {"b": "ban", "e": "exempt", "I": "invite"}
"""What those are called in the core."""

MUTED, ACCOUNT = "m:", "a:"
"""Before a mask by which people may not speak, and before one that is on the names of accounts."""

MAX_LIMIT = 2**31 - 1


def mode(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Tell or change how a room is, or oneself."""
    if not is_channel(line.params[0]):
        return user_mode(session, line, call)
    room = room_of(line.params[0])
    if len(line.params) < 2 or not line.params[1]:
        return (request(call, line, ShowRoom(room), lambda session, reply: _shown(session, call, line, room, reply)),)
    requests: list[Request] = []
    tuning = Tuning()
    asks: list[ModeChange] = []
    for change in _changes(line.params[1:]):
        if change.letter in FLAGS or change.letter in "kl":
            wrong = _wrong(session, room, change)
            if wrong:
                requests += local(call, line, wrong)
            else:
                tuning = _tuned(tuning, change)
                asks.append(change)
        else:
            requests += _other(session, call, line, room, change)
    if asks:
        requests.insert(0, _configure(call, line, room, tuning, asks))
    return requests or answered(session, line, call)


def _changes(params: Sequence[str]) -> Iterator[ModeChange]:
    """Yield what is to change."""
    letters, words = params[0], list(params[1:])
    on = True
    for letter in letters:
        if letter in "+-":
            on = letter == "+"
            continue
        takes = letter in "ovbeI" or letter == "k" or (letter == "l" and on)
        yield ModeChange(on, letter, words.pop(0) if takes and words else "")


def _wrong(session: IRCVisit, room: RoomName, change: ModeChange) -> str:
    """Return what is wrong with the word of a *change*, if something is."""
    if change.letter == "l" and change.on:
        word = change.word
        if not (word.isascii() and word.isdecimal() and 0 < int(word[:12]) <= MAX_LIMIT):
            return session.numeric("696", channel(room), "l", word or "*", "A limit is a number from 1 on")
    if change.letter == "k" and change.on:
        try:
            if not room_key(change.word):
                return session.numeric("696", channel(room), "k", "*", "A key is a word")
        except ChatError as error:
            return session.numeric("696", channel(room), "k", "*", str(error))
    return ""


def _tuned(tuning: Tuning, change: ModeChange) -> Tuning:
    """Return *tuning* with a *change*."""
    now = {name: getattr(tuning, name) for name in (*FLAGS.values(), "capacity", "key")}
    if change.letter == "l":
        now["capacity"] = int(change.word) if change.on else 0
    elif change.letter == "k":
        now["key"] = change.word if change.on else ""
    else:
        now[FLAGS[change.letter]] = change.on
    return Tuning(**now)


def _configure(
    call: LabeledResponse, line: Line, room: RoomName, tuning: Tuning, asks: Sequence[ModeChange]
) -> Request:
    command = Configure(room, tuning)

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), command, reply.error)
        assert isinstance(reply, Ok), "or it is refused"
        if reply.event_follows:
            session.labels.wait(call, "MODE", key(room))
            return []
        return [f":{session.mask} MODE {CHANNEL}{reply.name} {written(asks)}"]

    return request(call, line, command, write)


def _shown(session: IRCVisit, call: LabeledResponse, line: Line, room: RoomName, reply: Reply) -> Sequence[str]:
    if not isinstance(reply, RoomShown):
        assert isinstance(reply, Refused), "or it is shown"
        return refused(session, Asked(call, line), ShowRoom(room), reply.error)
    info, settings = reply.info, reply.info.settings
    tuning = Tuning(
        locked=settings.locked or None,
        invite_only=settings.invite_only or None,
        hidden=settings.hidden or None,
        topic_locked=settings.topic_locked or None,
        capacity=info.capacity or None,
        keyed=settings.keyed or None,
    )
    changes = [change for change in of_tuning(tuning, session.server.room_capacity, reply.key) if change.on]
    always = [ModeChange(on=True, letter=letter) for letter in ALWAYS]
    words = written([*always, *changes])
    name = channel(info.room)
    lines = [f":{session.server.name} 324 {session.target} {name} {words}"]
    if info.created:
        lines.append(session.numeric("329", name, str(info.created // 1000)))
    return lines


def _other(session: IRCVisit, call: LabeledResponse, line: Line, room: RoomName, change: ModeChange) -> Requests:
    """Return what a *change* asks for that is no setting."""
    letter = change.letter
    if letter in ALWAYS:
        if change.on:
            return ()
        said = "That holds in every room here"
        return local(call, line, session.fail("MODE", "CANNOT_UNSET", channel(room), letter, said))
    if letter in ROLES:
        return _role(session, call, line, room, change)
    if letter in LISTS:
        return _listed(session, call, line, room, change)
    return local(call, line, session.numeric("472", letter, "There is no such mode"))


def _role(session: IRCVisit, call: LabeledResponse, line: Line, room: RoomName, change: ModeChange) -> Requests:
    if not change.word:
        return local(
            call, line, session.numeric("696", channel(room), change.letter, "*", "Say whom: a name belongs to it")
        )
    name, role = change.word, ROLES[change.letter]

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            error = reply.error
            if error.code == "no-such-user":
                return [session.numeric("401", name, str(error))]
            return refused(session, Asked(call, line), command, error)
        assert isinstance(reply, Ok), "or it is refused"
        if reply.event_follows:
            session.labels.wait(call, "MODE", key(room))
            return []
        if key(room) in session.rooms:
            # Nothing has changed; or it has, and who is behind is told anew when they have caught up.
            session.stale.add(key(room))
            return []
        return [f":{session.mask} MODE {CHANNEL}{reply.name} {written([change])}"]

    try:
        who = username(name)
    except ChatError:
        return local(call, line, session.numeric("401", name, f"Nobody called {name} is here"))
    command = Appoint(room, who, role, inside=True) if change.on else Appoint(room, who, "member", but_for=role)
    return (request(call, line, command, write),)


def _listed(session: IRCVisit, call: LabeledResponse, line: Line, room: RoomName, change: ModeChange) -> Requests:
    """Return what lists masks, or changes a list of them."""
    if not change.word:
        return (request(call, line, ListSanctions(room), _rows(call, line, room, change.letter)),)
    kind, mask = _mask(change)
    name = _name_in(mask)
    if change.on:
        wanted: list[Command] = [Impose(kind, room, None, mask=mask)]
    else:
        # What was imposed on a person is shown as a mask of their name.
        wanted = [Lift(kind, room, mask=mask), *([Lift(kind, room, name)] if name and kind in ("ban", "mute") else [])]
    first, *others = wanted

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), first, reply.error)
        # As it is kept and listed, whatever was short for it.
        told = change._replace(word=_told(kind, mask))
        return [f":{session.mask} MODE {channel(room)} {written([told])}"]

    return (
        request(call, line, first, write),
        *(request(call, line, each, lambda session, reply: ()) for each in others),
    )


def _mask(change: ModeChange) -> tuple[Kind, str]:
    """Return what kind of list the word of a *change* is for, and which mask it is."""
    kind, word = KINDS[change.letter], change.word
    if word.startswith(MUTED):
        # Who is exempt is so from both.
        kind, word = "mute" if kind == "ban" else kind, word.removeprefix(MUTED)
    if word.startswith(ACCOUNT):
        return kind, masks.account_mask(word.removeprefix(ACCOUNT))
    return kind, masks.mask(word)


def _name_in(mask: str) -> Username | None:
    """Return the name in a *mask* that is on nothing else."""
    name, _, rest = mask.partition("!")
    if rest != "*@*":
        return None
    try:
        return username(name)
    except ChatError:
        return None


def _rows(call: LabeledResponse, line: Line, room: RoomName, letter: str) -> Write:
    row, end = LISTS[letter]
    kinds = ("ban", "mute") if letter == "b" else (KINDS[letter],)

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            number = BY_CODE.get(reply.error.code)
            if number == "482":
                # Clients ask when they join: to each member an error would be shown each time.
                return [session.numeric(end, channel(room), "The moderators know who is on the list")]
            if number == "403":
                return refused(session, Asked(call, line), ListSanctions(room), reply.error)
        held = [placed.sanction for placed in reply.sanctions] if isinstance(reply, SanctionList) else []
        name = channel(room)
        lines = [
            session.numeric(row, name, _shown_mask(each), each.by, str(each.at // 1000))
            for each in held
            if each.kind in kinds
        ]
        return [*lines, session.numeric(end, name, "End of the list")]

    return write


def _shown_mask(sanction: Sanction) -> str:
    """Return on whom a *sanction* is, as MODE writes it."""
    return _told(sanction.kind, sanction.mask or f"{sanction.username}!*@*")


def _told(kind: Kind, mask: str) -> str:
    """Return a *mask* of some *kind*, as MODE writes it."""
    if mask.startswith(masks.OF_ACCOUNT):
        mask = ACCOUNT + mask.removeprefix(masks.OF_ACCOUNT)
    return f"{MUTED}{mask}" if kind == "mute" else mask
