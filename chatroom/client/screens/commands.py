"""The commands that are typed with a slash: one table, from which lines are read, completed, and help is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from msgspec import UNSET, UnsetType

from chatroom.client.compose.completion import Kind
from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import Interest, NotRemembered
from chatroom.client.screens.overlays.catchup import open_catchup
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.mentions import open_mentions
from chatroom.client.screens.overlays.password import AGAIN, NEW, PRESENT, PasswordScreen
from chatroom.client.screens.overlays.search import open_search
from chatroom.client.screens.room_listing import listing
from chatroom.client.screens.screen import Screen
from chatroom.core.values import names, texts
from chatroom.core.values.durations import leading, seconds
from chatroom.core.values.errors import ChatError
from chatroom.core.values.rights import DAY, Role
from chatroom.core.values.sanctions import CENTURY
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


class NotDone(Exception):
    """A line that can't be carried out; its text says why, and what to do.

    It is typed again as *line*, if it is not to be seen as it was.
    """

    def __init__(self, text: str, line: str | None = None) -> None:
        super().__init__(text)
        self.line = line


Meaning = Callable[[Screen, str], AnyRequest | None]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how it is written (*name*, then *form*), what for, what its *arguments* are, and what it does."""

    name: str
    form: str
    purpose: str
    meaning: Meaning
    arguments: tuple[Kind, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """Show how it is written."""
        return f"/{self.name} {self.form}".rstrip()


class _Incomplete(Exception):
    """A command that lacks a word."""


def say(chat: Chat, text: str, *, action: bool = False) -> AnyRequest | None:
    """Say *text* in the room that is looked at.

    :raises NotDone: if it can't be said.
    """
    if chat.current is None:
        raise NotDone("You are in the lobby: enter a room to talk, or write /msg and a name.")
    try:
        return chat.say(chat.current, texts.message(text), action=action)
    except ChatError as error:
        raise NotDone(str(error)) from error


def _word(rest: str) -> str:
    if not rest:
        raise _Incomplete
    return rest.split(maxsplit=1)[0]


def _words(rest: str) -> tuple[str, str]:
    """Return the first word, and what comes after it."""
    first = _word(rest)
    return first, rest[len(first) :].strip()


def _join(screen: Screen, rest: str) -> AnyRequest | None:
    return screen.chat.enter(_word(rest))


def _create(_: Screen, rest: str) -> AnyRequest | None:
    room, topic = _words(rest)
    return requests.Create(room=room, topic=topic)


def _room(chat: Chat, rest: str) -> str:
    """Return the room that *rest* names, or the one that is looked at."""
    if rest:
        name = _word(rest)
        return found.room if (found := chat.called(name)) else name
    if chat.current is None:
        raise _Incomplete
    return chat.current.room


def _me(screen: Screen, rest: str) -> AnyRequest | None:
    if not rest:
        raise _Incomplete
    return say(screen.chat, rest, action=True)


def _msg(_: Screen, rest: str) -> AnyRequest | None:
    to, text = _words(rest)
    if not text:
        raise _Incomplete
    return requests.Tell(to=to, text=text)


def _topic(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    if chat.current is None:
        raise NotDone("You are in the lobby: enter a room to set its topic.")
    if not rest:
        topic = chat.current.topic
        chat.notice(f"The topic of {chat.current.room}: {topic}" if topic else f"{chat.current.room} has no topic.")
        return None
    return requests.Topic(room=chat.current.room, topic=rest)


def _who(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    here = chat.current.room if chat.current else UNSET
    return chat.ask(requests.Who(room=_room(chat, rest) if rest else here))


def _here(screen: Screen) -> str:
    """Return the room that is looked at."""
    if screen.chat.current is None:
        raise NotDone("You are in the lobby: enter the room that it is about.")
    return screen.chat.current.room


def _kick(screen: Screen, rest: str) -> AnyRequest | None:
    username, why = _words(rest)
    return requests.Kick(room=_here(screen), username=username, reason=why or UNSET)


def _appoint(role: Role, screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Appoint(room=_here(screen), username=_word(rest), role=role)


def _imposed(rest: str) -> tuple[str, int | UnsetType, str | UnsetType]:
    """Return on whom something is imposed, for how many seconds, and why."""
    username, why = _words(rest)
    lasts, why = leading(why)
    if lasts is not None and not 0 < lasts <= CENTURY:
        raise _Incomplete
    return username, UNSET if lasts is None else lasts, why or UNSET


def _mute(screen: Screen, rest: str) -> AnyRequest | None:
    username, lasts, why = _imposed(rest)
    return requests.Mute(room=_here(screen), username=username, seconds=lasts, reason=why)


def _ban(screen: Screen, rest: str) -> AnyRequest | None:
    username, lasts, why = _imposed(rest)
    return requests.Ban(room=_here(screen), username=username, seconds=lasts, reason=why)


def _slow(screen: Screen, rest: str) -> AnyRequest | None:
    slow = seconds(_word(rest))
    if slow is None or slow > DAY:
        raise _Incomplete
    return requests.Configure(room=_here(screen), slow=slow)


def _lock(locked: bool, screen: Screen, _: str) -> AnyRequest | None:  # which of two commands
    return requests.Configure(room=_here(screen), locked=locked)


def _with_accounts(screen: Screen, name: str = "", rest: str = "") -> None:
    """See that the server has accounts, and nothing is typed as the *rest* behind *name* that is not to be seen."""
    if "accounts" not in screen.chat.features:
        raise NotDone("This server has no accounts.")
    if rest:
        raise NotDone(f"Write /{name} alone: what it needs is asked for then, and not shown.", f"/{name}")


def _with_account(screen: Screen, name: str = "", rest: str = "") -> None:
    """See besides that the user has one."""
    _with_accounts(screen, name, rest)
    if not screen.chat.account:
        raise NotDone("You have no account; /register makes your name yours.")


def _register(screen: Screen, rest: str) -> AnyRequest | None:
    _with_accounts(screen, "register", rest)
    if screen.chat.account:
        raise NotDone("You have an account already; /password changes its password.")
    _ask(screen, (NEW, AGAIN), lambda password: requests.Register(password=password))
    return None


def _password(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen, "password", rest)
    _ask(screen, (PRESENT, NEW, AGAIN), lambda old, new: requests.ChangePassword(old=old, new=new))
    return None


def _unregister(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen, "unregister", rest)
    screen.chat.notice("Without your account anybody can take your name when you are gone. Your password confirms it.")
    _ask(screen, (PRESENT,), lambda password: requests.Unregister(password=password))
    return None


def _ask(screen: Screen, prompts: Sequence[str], request: Callable[..., AnyRequest]) -> None:
    screen.open(partial(PasswordScreen, prompts=prompts, request=request))


def _devices(screen: Screen, _: str) -> AnyRequest | None:
    _with_account(screen)
    return requests.Devices()


def _revoke(screen: Screen, rest: str) -> AnyRequest | None:
    _with_account(screen)
    number = _word(rest)
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 2**53):
        raise NotDone(f"{number} is no device; /devices lists them by number.")
    return requests.Revoke(device=int(number))


def _lobby(screen: Screen, _: str) -> AnyRequest | None:
    screen.chat.look(None)
    return None


def open_help(screen: Screen) -> None:
    """Show the commands and keys."""
    screen.open(partial(HelpScreen, commands=groups()))


def _rooms(screen: Screen, rest: str) -> AnyRequest | None:
    screen.chat.notice(listing(screen.chat, rest))
    return None


def _help(screen: Screen, rest: str) -> AnyRequest | None:
    if rest:
        screen.chat.notice(_explained(_word(rest).removeprefix("/")))
    else:
        open_help(screen)
    return None


def _keep(chat: Chat, told: str) -> None:
    """Remember what one prefers now, as *told*."""
    try:
        chat.preferences.keep()
    except NotRemembered as error:
        chat.notice(f"{told} That lasts only until you quit: {error}.", error=True)
    else:
        chat.notice(told)


def _notify(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    *named, interest = rest.split() or [""]
    if interest and interest not in list(Interest):
        named, interest = [*named, interest], ""
    if len(named) > 1:
        raise _Incomplete
    room = _room(chat, named[0] if named else "")
    known = chat.called(room) or names.fold(room) in map(names.fold, chat.room_list.rooms)
    if not known:
        raise NotDone(f"There is no room called {room}; what you can ask for is all, mentions or mute.")
    if interest:
        chat.preferences.take(room, Interest(interest))
        if interest == Interest.MUTE and (conversation := chat.called(room)):
            conversation.look()
        _keep(chat, f"{room}: {_INTERESTS[Interest(interest)]}.")
    else:
        chat.notice(f"{room}: {_INTERESTS[chat.preferences.interest(room)]}.")
    return None


_INTERESTS: Mapping[Interest, str] = {
    Interest.ALL: "you are told of every message",
    Interest.MENTIONS: "you are told of messages that mention you",
    Interest.MUTE: "you are told of nothing, and nothing is counted",
}


def _ignore(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    if not rest:
        chat.notice(f"You ignore {', '.join(chat.preferences.ignored) or 'nobody'}.")
        return None
    try:
        username = names.username(_word(rest))
    except ChatError as error:
        raise NotDone(str(error)) from error
    if names.fold(username) == names.fold(chat.username):
        raise NotDone("That is you.")
    chat.preferences.ignore(username)
    _keep(chat, f"What {username} says is hidden, until you write /unignore {username}.")
    return None


def _unignore(screen: Screen, rest: str) -> AnyRequest | None:
    username = _word(rest)
    if not screen.chat.preferences.unignore(username):
        raise NotDone(f"You do not ignore {username}; /ignore lists whom you do.")
    _keep(screen.chat, f"You see again what {username} says.")
    return None


COMMANDS = (
    Command("join", "room", "enter a room, or go to it if you are in it", _join, ("elsewhere",), ("j",)),
    Command(
        "leave",
        "[room]",
        "go out of a room",
        lambda screen, rest: requests.Leave(room=_room(screen.chat, rest)),
        ("joined",),
        ("part",),
    ),
    Command("create", "room [topic]", "open a room and enter it", _create, ("room", "text")),
    Command(
        "delete",
        "[room]",
        "close a room that you created",
        lambda screen, rest: requests.Delete(room=_room(screen.chat, rest)),
        ("own",),
    ),
    Command("me", "text", "do something, as in /me waves", _me, ("text",)),
    Command("msg", "user text", "say something to one person alone", _msg, ("user", "text"), ("tell", "query")),
    Command(
        "nick",
        "name",
        "be called otherwise",
        lambda _, rest: requests.Rename(username=_word(rest)),
        ("name",),
    ),
    Command("topic", "[text]", "show what the room is about, or say what it is", _topic, ("topic", "text")),
    Command("who", "[room]", "the names of those in a room, or online", _who, ("room",), ("names",)),
    Command(
        "notify",
        "[room] [level]",
        "how much you are told of a room: all, mentions or mute",
        _notify,
        ("notified", "level"),
    ),
    Command("ignore", "[name]", "see no more of what somebody says; alone, list those ignored", _ignore, ("user",)),
    Command("unignore", "name", "see somebody again", _unignore, ("ignored",)),
    Command("search", "[words]", "find what was said in the room", open_search, ("text",), ("lastlog",)),
    Command("mentions", "", "all messages that mention you", lambda screen, _: open_mentions(screen)),
    Command("catchup", "", "what is new in all your rooms", lambda screen, _: open_catchup(screen)),
    Command("rooms", "[part]", "list the open rooms, or those with part in their name", _rooms, ("room",)),
    Command("lobby", "", "see the open rooms", _lobby, (), ("list",)),
    Command("kick", "user [why]", "put somebody out of the room; they may come back", _kick, ("user", "text")),
    Command("mute", "user [time] [why]", "let them not speak, for 10m or 2h, or for ever", _mute, ("user", "text")),
    Command(
        "unmute",
        "user",
        "let them speak again",
        lambda screen, rest: requests.Unmute(room=_here(screen), username=_word(rest)),
        ("user",),
    ),
    Command("ban", "user [time] [why]", "put them out, and not let them in again", _ban, ("user", "text")),
    Command(
        "unban",
        "user",
        "let them in again",
        lambda screen, rest: requests.Unban(room=_here(screen), username=_word(rest)),
        ("user",),
    ),
    Command("bans", "", "who is banned or muted here", lambda screen, _: requests.Sanctions(room=_here(screen))),
    Command("slow", "time", "one message each in 10s or 5m; 0 ends it", _slow),
    Command("lock", "", "let only moderators speak", partial(_lock, True)),
    Command("unlock", "", "let all speak again", partial(_lock, False)),
    Command("op", "user", "make somebody a moderator of the room", partial(_appoint, "moderator"), ("user",)),
    Command("deop", "user", "let them be one no more", partial(_appoint, "member"), ("user",)),
    Command("owner", "user", "give the room to somebody else", partial(_appoint, "owner"), ("user",)),
    Command("register", "", "make your name yours, by a password that it asks for", _register),
    Command("password", "", "change your password", _password),
    Command("unregister", "", "give up your account", _unregister),
    Command("devices", "", "where your account is signed in, or can be without a password", _devices),
    Command("revoke", "number", "sign out one of your devices", _revoke),
    Command("help", "[command]", "these commands, and the keys", _help, ("command",)),
    Command("quit", "", "go away", lambda *_: requests.Quit(), (), ("exit",)),
)

BY_NAME: Mapping[str, Command] = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}

ARGUMENTS: Mapping[str, tuple[Kind, ...]] = {name: command.arguments for name, command in BY_NAME.items()}
"""The arguments of each command, to complete them."""


def carry_out(screen: Screen, line: str) -> AnyRequest | None:
    """Do what *line* means: say it, or what its command does; return what to ask the server for, if anything.

    :raises NotDone: if it can't be done.
    """
    if line.startswith("//"):
        return say(screen.chat, line[1:])
    if not line.startswith("/"):
        return say(screen.chat, line)
    name, _, rest = line[1:].partition(" ")
    command = BY_NAME.get(name.lower())
    if command is None:
        raise NotDone(f"There is no command /{name}. /help lists them; //{name} says /{name}.")
    try:
        return command.meaning(screen, rest.strip())
    except _Incomplete:
        raise NotDone(f"Write {command.usage}: {command.purpose}.") from None


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the table says to a person: how each command is written, and what for."""
    lines = [(command.usage, command.purpose) for command in COMMANDS]
    return [("Commands", [*lines, ("//text", "say /text")])]


def _explained(name: str) -> str:
    """Return how the command *name* is written and what it does.

    :raises NotDone: if there is no such command.
    """
    command = BY_NAME.get(name.lower())
    if command is None:
        raise NotDone(f"There is no command /{name}. /help lists them.")
    also = f" (also {', '.join(f'/{alias}' for alias in command.aliases)})" if command.aliases else ""
    return f"{command.usage}: {command.purpose}{also}"
