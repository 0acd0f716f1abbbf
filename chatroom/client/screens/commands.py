"""The commands that are typed with a slash: one table, from which lines are read, completed, and help is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from msgspec import UNSET

from chatroom.client.compose.completion import Kind
from chatroom.client.model import marking, talking
from chatroom.client.model.chat import Chat
from chatroom.client.model.preferences import Interest, NotRemembered
from chatroom.client.model.room import Room
from chatroom.client.model.talk import SIGN, Talk
from chatroom.client.screens.account_commands import ACCOUNTS
from chatroom.client.screens.command import Command, Incomplete, NotDone, conversation, here, number, word, words
from chatroom.client.screens.finding_commands import FINDING
from chatroom.client.screens.moderating_commands import MODERATING
from chatroom.client.screens.overlays.catchup import open_catchup
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.mentions import open_mentions
from chatroom.client.screens.overlays.messages import NO_REPLIES
from chatroom.client.screens.overlays.search import open_search
from chatroom.client.screens.room_listing import listing
from chatroom.client.screens.screen import Screen
from chatroom.core.values import names, texts
from chatroom.core.values.durations import NoDuration
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


def say(chat: Chat, text: str, *, action: bool = False) -> AnyRequest | None:
    """Say *text* in the room that is looked at, in answer to the message that is to be answered there.

    :raises NotDone: if it can't be said.
    """
    if chat.current is None:
        raise NotDone("You are in the lobby: enter a room to talk, or write /msg and a name.")
    try:
        said = chat.say(chat.current, texts.message(text), action=action, re=chat.current.answering)
    except ChatError as error:
        raise NotDone(str(error)) from error
    chat.current.answering = None
    return said


def _join(screen: Screen, rest: str) -> AnyRequest | None:
    return screen.chat.enter(word(rest))


def _create(_: Screen, rest: str) -> AnyRequest | None:
    room, topic = words(rest)
    return requests.Create(room=room, topic=topic)


def _named(chat: Chat, rest: str) -> str:
    """Return the room or talk that *rest* names, or the one that is looked at."""
    if rest:
        name = word(rest)
        return found.name if (found := chat.called(name)) else name
    if chat.current is None:
        raise Incomplete
    return chat.current.name


def _leave(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    name = _named(chat, rest)
    there = chat.called(name) or chat.talk(name)
    if not isinstance(there, Talk):
        return requests.Leave(room=name)
    chat.further += marking.due(chat, 1, there.name)
    chat.leave(there.name)
    return None


def _delete(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Delete(room=_named(screen.chat, rest) if rest else here(screen))


def _me(screen: Screen, rest: str) -> AnyRequest | None:
    if not rest:
        raise Incomplete
    return say(screen.chat, rest, action=True)


def _reply(screen: Screen, rest: str) -> AnyRequest | None:
    what, text = words(rest)
    if not screen.chat.replies:
        raise NotDone(NO_REPLIES)
    there = conversation(screen)
    if not (seq := number(what) or there.newest_of(what)):
        raise NotDone(f"Nothing that {what} said here is left to answer.")
    there.answering = seq
    return say(screen.chat, text) if text else None


def _msg(screen: Screen, rest: str) -> AnyRequest | None:
    to, text = words(rest)
    to = to.removeprefix(SIGN)
    chat = screen.chat
    if text:
        return _tell(chat, to, text)
    if not chat.pages:
        raise Incomplete
    try:
        chat.further += talking.query(chat, names.username(to))
    except ChatError as error:
        raise NotDone(str(error)) from error
    return None


def _query(screen: Screen, rest: str) -> AnyRequest | None:
    to, text = words(rest)
    if screen.chat.pages:
        _msg(screen, to)
    return _msg(screen, rest) if text or not screen.chat.pages else None


def _tell(chat: Chat, to: str, text: str) -> AnyRequest:
    """Say *text* to one person alone.

    :raises NotDone: if it can't be said.
    """
    try:
        request = talking.tell(chat, names.username(to), texts.message(text))
    except ChatError as error:
        raise NotDone(str(error)) from error
    # Who looks at the page sees it there.
    return request if chat.current and chat.current is chat.talk(to) else chat.ask(request)


def _topic(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    if chat.current is None:
        raise NotDone("You are in the lobby: enter a room to set its topic.")
    name = here(screen)
    if not rest:
        topic = chat.current.topic
        chat.aside(f"The topic of {name}: {topic}" if topic else f"{name} has no topic.")
        return None
    return requests.Topic(room=name, topic=rest)


def _who(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    room = chat.current.name if isinstance(chat.current, Room) else UNSET
    return chat.ask(requests.Who(room=_named(chat, rest) if rest else room))


def _lobby(screen: Screen, _: str) -> AnyRequest | None:
    screen.chat.look(None)
    return None


def open_help(screen: Screen) -> None:
    """Show the commands and keys."""
    screen.open(partial(HelpScreen, commands=groups()))


def _rooms(screen: Screen, rest: str) -> AnyRequest | None:
    screen.chat.aside(listing(screen.chat, rest))
    return None


def _help(screen: Screen, rest: str) -> AnyRequest | None:
    if not rest:
        open_help(screen)
    elif rest.lower() in topics():
        about = [group for group in groups() if group[0].lower() == rest.lower()]
        screen.open(partial(HelpScreen, commands=about, keys=False))
    else:
        screen.chat.aside(_explained(word(rest).removeprefix("/")))
    return None


def _keep(chat: Chat, told: str) -> None:
    """Remember what one prefers now, as *told*."""
    try:
        chat.preferences.keep()
    except NotRemembered as error:
        chat.aside(f"{told} That lasts only until you quit: {error}.", error=True)
    else:
        chat.aside(told)


def _notify(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    *named, interest = rest.split() or [""]
    if interest and interest not in list(Interest):
        named, interest = [*named, interest], ""
    if len(named) > 1:
        raise Incomplete
    room = _named(chat, named[0] if named else "")
    known = chat.called(room) or names.fold(room) in map(names.fold, chat.room_list.rooms)
    if not known:
        raise NotDone(f"There is no room called {room}; what you can ask for is all, mentions or mute.")
    if interest:
        chat.preferences.take(room, Interest(interest))
        if interest == Interest.MUTE and (conversation := chat.called(room)):
            conversation.look()
        _keep(chat, f"{room}: {_INTERESTS[Interest(interest)]}.")
    else:
        chat.aside(f"{room}: {_INTERESTS[chat.preferences.interest(room)]}.")
    return None


_INTERESTS: Mapping[Interest, str] = {
    Interest.ALL: "you are told of every message",
    Interest.MENTIONS: "you are told of messages that mention you",
    Interest.MUTE: "you are told of nothing, and nothing is counted",
}


def _ignore(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    if not rest:
        chat.aside(f"You ignore {', '.join(chat.preferences.ignored) or 'nobody'}.")
        return None
    try:
        username = names.username(word(rest))
    except ChatError as error:
        raise NotDone(str(error)) from error
    if names.fold(username) == names.fold(chat.username):
        raise NotDone("That is you.")
    chat.preferences.ignore(username)
    _keep(chat, f"What {username} says is hidden, until you write /unignore {username}.")
    return None


def _unignore(screen: Screen, rest: str) -> AnyRequest | None:
    username = word(rest)
    if not screen.chat.preferences.unignore(username):
        raise NotDone(f"You do not ignore {username}; /ignore lists whom you do.")
    _keep(screen.chat, f"You see again what {username} says.")
    return None


TALKING = (
    Command("join", "room", "enter a room, or go to it if you are in it", _join, ("elsewhere",), ("j",)),
    Command("leave", "[room]", "go out of a room, or close the page of a talk", _leave, ("joined",), ("part", "close")),
    Command("create", "room [topic]", "open a room and enter it", _create, ("room", "text")),
    Command("delete", "[room]", "close a room that you created", _delete, ("own",)),
    Command("me", "text", "do something, as in /me waves", _me, ("text",)),
    Command("reply", "user text", "answer their last message, or one by its number", _reply, ("user", "text")),
    Command(
        "msg",
        "user [text]",
        "say something to one person alone; without a text, go to the page of the talk",
        _msg,
        ("user", "text"),
        ("tell",),
    ),
    Command(
        "query", "user [text]", "go to the page of a talk, and say something there", _query, ("user", "text"), ("talk",)
    ),
    Command(
        "nick",
        "name",
        "be called otherwise",
        lambda _, rest: requests.Rename(username=word(rest)),
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
    Command(
        "search",
        "[*] [words]",
        "find what was said in the room, or with * in all of them",
        open_search,
        ("text",),
        ("lastlog",),
    ),
    *FINDING,
    Command("mentions", "", "all messages that mention you", lambda screen, _: open_mentions(screen)),
    Command("catchup", "", "what is new in all your rooms", lambda screen, _: open_catchup(screen)),
    Command("rooms", "[part]", "list the open rooms, or those with part in their name", _rooms, ("room",)),
    Command("lobby", "", "see the open rooms", _lobby, (), ("list",)),
    Command("help", "[command]", "what can be done here", _help, ("command",)),
    Command("quit", "", "go away", lambda *_: requests.Quit(), (), ("exit",)),
)
"""Those that anybody uses."""

COMMANDS = (*TALKING, *MODERATING, *ACCOUNTS)
"""All of them."""

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
    except Incomplete:
        raise NotDone(f"Write {command.usage}: {command.purpose}.") from None
    except NoDuration as wrong:
        raise NotDone(f"{wrong}.") from None


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the table says to a person, by what it is about: how each command is written, and what for."""
    parts = ("Commands", TALKING), ("Moderating", MODERATING), ("Accounts", ACCOUNTS)
    lists = [(title, [(command.usage, command.purpose) for command in commands]) for title, commands in parts]
    lists[0][1].append(("//text", "say /text"))
    return lists


def topics() -> list[str]:
    """Return what help can be asked for about, beside single commands."""
    return [title.lower() for title, _ in groups()[1:]]


def _explained(name: str) -> str:
    """Return how the command *name* is written and what it does.

    :raises NotDone: if there is no such command.
    """
    command = BY_NAME.get(name.lower())
    if command is None:
        raise NotDone(f"There is no command /{name}. /help lists them.")
    also = f" (also {', '.join(f'/{alias}' for alias in command.aliases)})" if command.aliases else ""
    return f"{command.usage}: {command.purpose}{also}"
