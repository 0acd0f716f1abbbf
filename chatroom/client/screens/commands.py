"""The commands that are typed with a slash: one table, from which lines are read, completed, and help is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from msgspec import UNSET

from chatroom.client.compose.completion import Kind
from chatroom.client.model.room import Room
from chatroom.client.model.talk import Talk
from chatroom.client.reducer import leaving, marking
from chatroom.client.screens.account_commands import ACCOUNTS
from chatroom.client.screens.command import Command, Incomplete, NotDone, here, named, word, words
from chatroom.client.screens.finding_commands import FINDING
from chatroom.client.screens.moderating_commands import MODERATING
from chatroom.client.screens.overlays.catchup import open_catchup
from chatroom.client.screens.overlays.help import HelpScreen
from chatroom.client.screens.overlays.mentions import open_mentions
from chatroom.client.screens.overlays.search import open_search
from chatroom.client.screens.preference_commands import PREFERRING
from chatroom.client.screens.room_listing import listing
from chatroom.client.screens.screen import Screen
from chatroom.client.screens.speaking_commands import SPEAKING, say
from chatroom.core.values.durations import NoDuration
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


def _join(screen: Screen, rest: str) -> AnyRequest | None:
    room, key = words(rest)
    return screen.chat.enter(word(room), key)


def _create(_: Screen, rest: str) -> AnyRequest | None:
    room, topic = words(rest)
    return requests.Create(room=room, topic=topic)


def _leave(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    first, note = words(rest) if rest else ("", "")
    there = chat.called(first) or chat.talk(first) if first else chat.current
    if not there and note and isinstance(chat.current, Room):
        # The first of several words is none of one's rooms: all of them are for the others.
        there, note = chat.current, rest
    if not isinstance(there, Talk):
        return requests.Leave(room=there.name if there else named(chat, rest), note=note or UNSET)
    chat.further += marking.due(chat, 1, there.name)
    leaving.leave(chat, there.name)
    return None


def _delete(screen: Screen, rest: str) -> AnyRequest | None:
    return requests.Delete(room=named(screen.chat, rest) if rest else here(screen))


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


def _away(_: Screen, rest: str) -> AnyRequest | None:
    return requests.Profile(away=rest or "away")


def _who(screen: Screen, rest: str) -> AnyRequest | None:
    chat = screen.chat
    room = chat.current.name if isinstance(chat.current, Room) else UNSET
    return chat.ask(requests.Who(room=named(chat, rest) if rest else room))


def _lobby(screen: Screen, _: str) -> AnyRequest | None:
    screen.chat.look(None)
    return None


def open_help(screen: Screen) -> None:
    """Show the commands and keys."""
    screen.open(partial(HelpScreen, commands=groups()))


def open_keys(screen: Screen) -> None:
    """Show the keys and commands."""
    screen.open(partial(HelpScreen, commands=groups(), keys_first=True))


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


TALKING = (
    Command("join", "room [key]", "enter a room, or go to it if you are in it", _join, ("elsewhere",), ("j",)),
    Command(
        "leave",
        "[room] [text]",
        "go out of a room, or close the page of a talk",
        _leave,
        ("joined",),
        ("part", "close"),
    ),
    Command("create", "room [topic]", "open a room and enter it", _create, ("room", "text")),
    Command("delete", "[room]", "close a room that you created", _delete, ("own",)),
    *SPEAKING,
    Command(
        "nick",
        "name",
        "be called otherwise",
        lambda _, rest: requests.Rename(username=word(rest)),
        ("name",),
    ),
    Command("away", "[why]", "let those know who tell you something", _away, ("text",)),
    Command("back", "", "be away no longer", lambda *_: requests.Profile(away="")),
    Command("topic", "[text]", "show what the room is about, or say what it is", _topic, ("topic", "text")),
    Command("who", "[room]", "the names of those in a room, or online", _who, ("room",), ("names",)),
    Command("whois", "user", "who somebody is", lambda _, rest: requests.WhoIs(username=word(rest)), ("user",)),
    *PREFERRING,
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
    Command("quit", "[text]", "go away", lambda _, rest: requests.Quit(note=rest or UNSET), (), ("exit",)),
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
