"""Talking: what the server says of private talks, and the pages that come of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from chatroom.client.model.chat import PAGE_SIZE, Chat
from chatroom.client.model.preferences import Interest
from chatroom.client.model.room import Room
from chatroom.client.model.talk import SIGN, Talk
from chatroom.client.reducer import leaving, marking, receiving
from chatroom.client.views.lines import NoticeLine
from chatroom.core.values.names import fold
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest

MAX_TALKS = 100
"""Pages of private talks that are open at most."""

MAX_LISTED = 1000
"""Talks that the server is asked to list at a login, page after page: as many as it searches."""

KEPT_NOWHERE = frozenset(("no-such-user", "password-required", "not-allowed", "unknown-type"))
"""Answers to a question about a talk which mean that the server keeps none."""


def begin(chat: Chat) -> Sequence[AnyRequest]:
    """Return what asks for the talks of the user's account."""
    chat.talks_listed = 0
    return [requests.Talks()] if chat.keeps_talks else []


def open_talk(chat: Chat, other: str) -> Talk:
    """Open the page of a talk with *other*, behind all others; of too many, one that nobody looks at is closed."""
    if len(chat.talks) >= MAX_TALKS:
        leaving.leave(chat, min(chat.talks, key=lambda talk: _worth(chat, talk)).name)
    talk = Talk(other, chat.input_history, chat.clipboard, chat.new_hues())
    chat.conversations[talk.name] = talk
    talk.editor.replace(chat.memory.begun(talk.name))
    return talk


def tell(chat: Chat, to: str, text: str) -> AnyRequest:
    """Say *text* to somebody alone; it is shown as waiting on their page, which is opened if need be."""
    if not chat.pages:
        return requests.Tell(to=to, text=text)
    return chat.say(chat.talk(to) or open_talk(chat, to), text)


def listed(chat: Chat, reply: answers.Talks) -> Sequence[AnyRequest]:
    """Open the pages that were open the last time, and those with something unread; know what was read elsewhere.

    That is done page by page; one that is not listed yet is open only if the user looks at it.
    """
    chat.talks_listed += len(reply.talks)
    more = reply.more and bool(reply.talks) and chat.talks_listed < MAX_LISTED
    rows = {fold(row.with_): row for row in reply.talks}
    seen = "" if chat.current or chat.wanted.first else chat.wanted_talk
    later = [other for other in chat.wanted_talks if more and other != seen and fold(other) not in rows]
    wanted, chat.wanted_talks = [other for other in chat.wanted_talks if other not in later], later
    asked: list[AnyRequest] = []
    for other in wanted:
        row = rows.get(fold(other))
        if not chat.talk(other):
            asked += _read(open_talk(chat, other)) if row is None else _list(chat, row)
    room = MAX_TALKS - _unread(chat)
    fresh = [row for row in reply.talks if row.unread and not (chat.talk(row.with_) or _is_quiet(chat, row.with_))]
    # There is none to close for what is older than all that is new there.
    opened = {row.with_ for row in fresh[:room]}
    for row in reversed(reply.talks):
        if talk := chat.talk(row.with_):
            marking.marked(chat, talk, row.marked)
            if row.gone:
                talk.lose()
            asked += _read(talk) if talk.kept else []
        elif row.with_ in opened:
            asked += _list(chat, row)
            chat.alerts.told(row.from_, row.text)
    if seen and (view := chat.talk(seen)):
        chat.look(view)
    chat.wanted_talk = ""
    if more and _unread(chat) < MAX_TALKS:
        asked.append(requests.Talks(before=chat.local(reply.talks[-1].at)))
    return asked


def told(chat: Chat, event: answers.Told) -> Sequence[AnyRequest]:
    """Put what somebody was told where it belongs: on a page, which appears if there is none."""
    own = event.from_ == chat.username
    other = event.with_ or (event.to if own else event.from_)
    talk = chat.talk(other)
    if talk is None:
        if chat.preferences.ignores(other):
            return []
        talk = open_talk(chat, other)
    if isinstance(chat.current, Room) and not own:
        # Who writes to the user is no stranger.
        chat.current.speak_to(event.from_)
    asked = _take(
        chat, talk, event.seq, event.from_, event.at, event.text, event.action or False, event.re, event.notice
    )
    talk.arrived(event.cid or "")
    return asked


def stored(chat: Chat, reply: answers.Ok, request: requests.Tell) -> Sequence[AnyRequest]:
    """Know that the user's own message is told, and whether the server keeps it."""
    if chat.was_asked(request):
        chat.aside(f"Told {request.to}.")
    talk = chat.addressed(request)
    if talk is None or not request.cid:
        return []
    talk.arrived(request.cid)
    at = reply.at or chat.now().isoformat()
    return _take(chat, talk, reply.seq, chat.username, at, request.text, request.action, request.re)


def read(chat: Chat, talk: Talk, reply: answers.Entries, request: requests.History) -> None:
    """Take a page of what the server keeps of *talk*."""
    newest = reply.entries[-1].seq if reply.entries else 0
    fresh = not talk.kept
    talk.keep(newest)
    if isinstance(reply.with_, str) and reply.with_ != talk.other:
        renamed(chat, talk.other, reply.with_)
    before = request.before if isinstance(request.before, int) else None
    after = request.after if isinstance(request.after, int) else None
    talk.page(receiving.messages(chat, reply), more=reply.more is True, before=before, after=after)
    if talk is chat.current and chat.alerts.focused:
        if fresh:
            talk.marked = 0
        talk.news.see(talk.newest)
    _unite(chat, talk)


def kept_nowhere(chat: Chat, error: answers.Error, request: requests.History) -> bool:
    """Return whether *error* means that no server keeps the talk of which *request* asks."""
    if not (request.with_ and error.code in KEPT_NOWHERE and (talk := chat.talk(request.with_))):
        return False
    talk.loading = False
    talk.keep_not()
    return True


def query(chat: Chat, other: str) -> Sequence[AnyRequest]:
    """Look at the page of *other*, opened if need be; return what to ask for."""
    talk = chat.talk(other)
    if talk is None:
        talk = open_talk(chat, other)
        if not chat.keeps_talks:
            talk.keep_not()
    chat.look(talk)
    return _read(talk) if chat.keeps_talks and not talk.newest else []


def renamed(chat: Chat, old: str, new: str) -> None:
    """Let the page of somebody go on under their *new* name."""
    talk = chat.talk(old)
    if talk is None or (chat.talk(new) not in (None, talk)):
        return
    was = talk.name
    talk.rename(new)
    chat.conversations = {(talk.name if name == was else name): each for name, each in chat.conversations.items()}
    if fold(old) != fold(new):
        talk.show(NoticeLine(chat.now(), f"{old} is now {new}."))


def _unite(chat: Chat, talk: Talk) -> None:
    """Close the page of *talk*, or another one that is the same: the other person has had both names."""
    twin = next((each for each in chat.talks if each is not talk and each.kept and each.is_also(talk)), None)
    if twin is None:
        return
    closed, stays = (twin, talk) if talk.is_named_last() else (talk, twin)
    stays.pending.update(closed.pending)
    if not stays.editor.text:
        stays.editor.replace(closed.begun)
    closed.editor.replace("")
    closed.pasted = ""
    if closed is chat.current:
        chat.look(stays)
    leaving.leave(chat, closed.name)


def _list(chat: Chat, row: answers.Talk) -> Sequence[AnyRequest]:
    """Open the page of a talk that the server has listed."""
    talk = open_talk(chat, row.with_)
    talk.list(row, counts=not _is_quiet(chat, row.with_))
    if row.gone:
        talk.lose()
    if not talk.unread:
        talk.look_away()
    return _read(talk)


def _unread(chat: Chat) -> int:
    """Count the pages with something new."""
    return sum(bool(talk.unread) for talk in chat.talks)


def _worth(chat: Chat, talk: Talk) -> tuple[bool, bool, bool, int, str]:
    """Rank *talk* among the pages, of which the one that is worth least is closed."""
    return talk is chat.current, bool(talk.begun), bool(talk.unread), talk.visited, talk.name


def _is_quiet(chat: Chat, other: str) -> bool:
    """Whether the user wants to know nothing of what *other* tells them."""
    return chat.preferences.ignores(other) or chat.preferences.interest(f"{SIGN}{other}") is Interest.MUTE


def _read(talk: Talk) -> Sequence[AnyRequest]:
    """Return what asks for the newest page of *talk*, unless it was asked for."""
    return [talk.address.history(limit=PAGE_SIZE)] if talk.wants_page() else []


def _take(
    chat: Chat,
    talk: Talk,
    seq: int | UnsetType,
    speaker: str,
    at: str,
    text: str,
    action: bool,
    re: int | UnsetType,
    notice: bool | UnsetType = UNSET,
) -> Sequence[AnyRequest]:
    """Take message *seq* of *talk*, which without a number nobody keeps; return what to ask next."""
    if isinstance(seq, int):
        talk.keep(seq - 1)
        asked = _read(talk)
    else:
        talk.keep_not()
        seq, asked = talk.newest + 1, []
    if talk is not chat.current and talk.news.read_to is None:
        # What comes before one looks there is new.
        talk.look_away()
    said = answers.Message(seq=seq, at=at, from_=speaker, text=text, action=action, notice=notice, re=re)
    message = receiving.message(chat, said)
    chat.alerts.said(talk, message, looked_at=talk is chat.current)
    receiving.write_down(chat, talk, message)
    if message.own:
        marking.spoke(talk, seq)
        if talk is not chat.current and not talk.unread:
            talk.look_away()
    return asked
