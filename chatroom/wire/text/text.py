"""The text dialect: it reads lines that people type at netcat, and writes lines for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from chatroom.core.values import texts
from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import (
    Appoint,
    ChangePassword,
    Command,
    Confide,
    Configure,
    Delete,
    Describe,
    History,
    Ignore,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    Local,
    Login,
    Operate,
    Redact,
    Rename,
    Report,
    Request,
    Resolve,
    Revoke,
    Say,
    Search,
    StandDown,
    Tell,
    Topic,
    Trust,
    Unregister,
)
from chatroom.core.values.durations import spoken
from chatroom.core.values.errors import AccountRequired, ChatError, PasswordRequired, PasswordWrong, TextInvalid
from chatroom.core.values.events import Event
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.replies import Entries, Kept, Ok, Refused, Reply, Stored
from chatroom.core.values.wording import appointed, configured, trusted
from chatroom.wire.dialect import Dialect, DialectName, Misread, Standpoint
from chatroom.wire.text import commands
from chatroom.wire.text.commands import Help, PromptedCommand
from chatroom.wire.text.events import numbered, placed, writer
from chatroom.wire.text.replies import reply_lines
from chatroom.wire.text.slips import NamesInUse, slip
from chatroom.wire.text.writing import written

NOBODY = NamesInUse()

NEVER_MIND = "* Never mind."
"""What is said when a question is answered with an empty line."""

SECRET = re.compile(r"\s*+(?:register|password)\s+\S", re.IGNORECASE | re.ASCII)
"""What begins like a command with a password, and is said to nobody for that."""

_MASKED = {
    "mute": "Muted are all that fit",
    "ban": "Banned are all that fit",
    "exempt": "Exempt are all that fit",
    "invite": "Invited are all that fit",
}


class Text:
    """Text on one connection, which has been shown talk of *day* last; without any, that is the day it is.

    By the names that are *known* it tells commands from talk.
    """

    __slots__ = ("_known", "_place", "_question", "_writer", "asks", "further")

    name: ClassVar[DialectName] = "text"
    ping: ClassVar[bytes] = b""
    question: ClassVar[bytes] = b""
    reads: ClassVar[bool] = True
    tags: ClassVar[bool] = False

    def __init__(self, day: str, known: NamesInUse = NOBODY) -> None:
        self._writer = writer(day)
        self._place = Standpoint()
        self._known = known
        self._question: PromptedCommand | None = None
        self.further: Sequence[Request] = ()
        # True while the next line is the answer to a question: all of them are for passwords.
        self.asks = False

    def entry(self, room: RoomName) -> Join:
        """Let a person into *room*."""
        return commands.join(room, None)

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        """Return the request of a visitor in *place*."""
        self._place = place
        try:
            return (Request(self._answer(line) if self.asks else _command(line, place)),)
        except ChatError as error:
            return (Misread(Request(), error),)

    def _answer(self, line: bytes) -> Command:
        """Return what *line*, the answer to a question, means: nothing, until there is one to each prompt."""
        question, self.asks = self._question, False
        assert question is not None
        text = _decoded(line)
        if not text.strip():
            return Local(NEVER_MIND)
        typed = *question.typed, text
        if len(typed) < len(question.prompts):
            return Local(replace(question, typed=typed))
        return question.meaning(typed)

    def _ask(self, question: PromptedCommand, *, again: bool = False) -> bytes:
        """Write the next prompt of *question*; the next line is the answer to it."""
        self._question, self.asks = question, True
        return written("* Password:" if again else question.prompts[len(question.typed)])

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*."""
        match reply:
            case Stored():
                return self._acknowledged(request.command)
            case Kept(other, away=away):
                return written(f"* Told {other}.", *_is_away(other, away))
            case Entries(room, entries, other=other):
                if entries and room is None and other is None:
                    return placed(entries)
                if entries and isinstance(request.command, History) and request.command.numbered:
                    return numbered(entries)
                if entries:
                    return self._talk(entries)
                return written(
                    "* Nothing found." if isinstance(request.command, Search) else "* Nothing has been said here yet."
                )
            case Ok() if isinstance(request.command, Local) and isinstance(request.command.query, PromptedCommand):
                return self._ask(request.command.query)
            case Refused(PasswordRequired(username)) if isinstance(request.command, Login):
                return self._ask(commands.login(Username(username), f"{username} is registered"))
            case Refused(PasswordRequired()) if asked := commands.question(request.command):
                return self._ask(asked)
            case Refused(AccountRequired(username)) if isinstance(request.command, Login):
                return self._ask(commands.login(Username(username), "Only people with an account come in here"))
            case Refused(PasswordWrong()) if isinstance(request.command, Login):
                question = commands.login(request.command.username, "")
                return written(*reply_lines(request.command, reply)) + self._ask(question, again=True)
            case Ok(name, count=int(count)) if isinstance(request.command, Confide):
                return written(f"* Told {trusted(request.command.role, name)} ({count}).")
            case Ok(name):
                done = self._done(request.command, name, shown=reply.event_follows)
                return written(*done, *_is_away(name, reply.away))
            case _:
                return written(*reply_lines(request.command, reply))

    def event(self, event: Event) -> bytes:
        """Write *event*."""
        return self._talk([event])

    def batch(self, batch: Batch) -> bytes:
        """Write the events of a room, once for all who were shown the same day last."""
        data, self._writer = batch.encoded(self._writer)
        return data

    def roster(self, batch: Batch, waiting: int) -> bytes:
        """Write nothing: who is there can be asked at any time."""
        return b""

    def _talk(self, events: Sequence[Event]) -> bytes:
        data, self._writer = self._writer(events)
        return data

    def _acknowledged(self, command: Command | None) -> bytes:
        """Return nothing, for what is said is shown, unless it was meant to be a command."""
        if (
            isinstance(command, Say)
            and command.kind == "text"
            and command.re is None
            and (meant := slip(command.text, self._known))
        ):
            return written(f"* That was said to everybody. The command is {meant}.")
        return b""

    def _done(self, command: Command | None, name: str, *, shown: bool) -> list[str]:
        match command:
            case Local(Help(word)):
                in_room = self._place.room is not None
                return [f"* {line}" for line in commands.help_lines(word, in_room=in_room, named=self._place.named)]
            case Local(str(line)):
                return [line if self._place.named else "* Type the username you want."]
            case ChangePassword():
                return ["* Your password is changed; all your other devices are logged out."]
            case Unregister():
                return ["* You have no account any more; you are a guest."]
            case Trust():
                return ["* Your certificate is a device of yours now; DEVICES lists it."]
            case StandDown():
                return ["* You act as yourself."]
            case Operate():
                return ["* You act as an operator now, until you go."]
            case Revoke(device):
                return [f"* Device {device} is logged out."]
            case Ignore(user, False):
                return [f"* You ignore {user}: nothing that they tell you is shown."]
            case Ignore(user):
                return [f"* You ignore {user} no more."]
            case Describe(away=str(away)):
                return [f"* You are away ({away})." if away else "* You are back."]
            case Leave():
                return [f"* You left {name}. You are in the lobby."]
            case Rename() if not shown:
                return [f"* You are now {name}."]
            case Tell():
                return [f"* Told {name}."]
            case Topic(_, topic) if not shown:
                return [f"* You set the topic: {topic}"]
            case Kick(_, user) if not shown:
                return [f"* You kicked {user} from {name}."]
            case Redact() if not shown:
                return ["* That is taken back."]
            case Report():
                return ["* The moderators are told."]
            case Resolve(number):
                return [f"* Report {number} is seen to."]
            case Appoint(_, user, role) if not shown:
                return [f"* You {appointed(user, role)} of {name}."]
            case Invite(_, user):
                return [f"* You invited {user} to {name}."]
            case Impose(kind, mask=mask) if mask:
                return [f"* {_MASKED[kind]}: {mask}."]
            case Lift(kind, mask=mask) if mask:
                return [f"* No longer so: {mask}."]
            case Impose("mute", _, user, lasts):
                return [f"* You muted {user}{f' for {spoken(lasts)}' if lasts else ''}."]
            case Impose("ban", _, user, lasts) if not shown:
                return [f"* You banned {user} from {name}{f' for {spoken(lasts)}' if lasts else ''}."]
            case Lift("mute", _, user):
                return [f"* {user} may speak again."]
            case Lift("ban", _, user):
                return [f"* {user} may come in again."]
            case Configure(room, tuning) if not shown:
                return [f"* You: {sentence}." for sentence in configured(room or "the server", tuning)]
            case Delete() if not shown:
                return [f"* You deleted {name}."]
        return []


def _is_away(name: str, away: str | None) -> list[str]:
    """Say that *name* is *away*, who was told something, if they are."""
    return [f"* {name} is away ({away})."] if away else []


def greeting(server: str) -> bytes:
    """Write the first line that a person reads."""
    return written(f"* Welcome to {server}. Type the username you want.")


def _decoded(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise TextInvalid("That line is not UTF-8; set your terminal to UTF-8") from None
    if "\0" in text:
        # Also in what nobody reads, such as the words of a search.
        raise TextInvalid("A text can't hold U+0000")
    return text


def _command(line: bytes, place: Standpoint) -> Command:
    """Return the command in *line*."""
    text = _decoded(line)
    if not place.named:
        return commands.before_name(text.strip())
    if place.room is None or (text.startswith("/") and not text.startswith("//")):
        return commands.command(text, place.room)
    # Most messages begin with another letter.
    if text[:1] in " \trRpP" and SECRET.match(text):
        raise TextInvalid("That was not said, for a password may be in it; commands begin with /")
    return Say(place.room, texts.message(text.removeprefix("/")))


_: type[Dialect] = Text
