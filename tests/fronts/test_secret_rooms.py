"""A room of which somebody may not know: all that they send about it is answered as if there were none."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from chatroom.core.values.names import RoomName, key
from chatroom.wire.frames import requests
from chatroom.wire.irc.commands import COMMANDS
from tests.fronts.irc.clients import ALL, IRCHouse

NONE = "absent"
SECRET = {
    "unseen": {"private": True},
    "closed": {"private": True},
    "hidden": {"hidden": True},
}
"""Rooms of others, each called by six letters, with how they are."""

PRIVATE = ("unseen", "closed")

EPOCH = "0123456789abcdef"
"""In place of the epoch of a room that has none."""

CLIENT = f"{ALL} draft/chathistory draft/read-marker"

LINES = {
    **{each: [f"{each} DROP #{{room}}", f"{each} DROP {{room}}"] for each in ("CS", "CHANSERV")},
    "CHATHISTORY": [
        "CHATHISTORY LATEST #{room} * 10",
        "CHATHISTORY LATEST #{room} msgid={epoch}-1 10",
        "CHATHISTORY BEFORE #{room} msgid={epoch}-1 10",
        "CHATHISTORY AFTER #{room} msgid=x-1 10",
        "CHATHISTORY AROUND #{room} timestamp=2026-01-01T00:00:00.000Z 10",
        "CHATHISTORY BETWEEN #{room} msgid={epoch}-1 msgid={epoch}-2 10",
        "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2099-01-01T00:00:00.000Z 10",
    ],
    "INVITE": ["INVITE zoe #{room}", "INVITE"],
    "JOIN": ["JOIN #{room}", "JOIN #{room} key"],
    "KICK": ["KICK #{room} owner :go", "KICK #{room} zoe"],
    "KNOCK": ["KNOCK #{room}", "KNOCK #{room} :let me in"],
    "LIST": ["LIST", "LIST #{room}", "LIST >0", "LIST C<9"],
    "LUSERS": ["LUSERS"],
    "MARKREAD": ["MARKREAD #{room}", "MARKREAD #{room} timestamp=2026-01-01T00:00:00.000Z"],
    "MODE": [
        *(
            f"MODE #{{room}} {modes}".rstrip()
            for modes in ("", "b", "+b", "e", "I", "+b *!*@x", "-b *!*@x", "+o zoe", "-o owner", "+v zoe")
        ),
        *(f"MODE #{{room}} {modes}" for modes in ("+i", "-s", "+p", "+k word", "+l 5", "+m", "+t", "+z", "q")),
    ],
    "NAMES": ["NAMES #{room}", "NAMES #{room},#tea"],
    "NOTICE": ["NOTICE #{room} :hello", "NOTICE @#{room} :hello"],
    "PART": ["PART #{room}", "PART #{room} :bye"],
    "PRIVMSG": [
        "PRIVMSG #{room} :hello",
        "PRIVMSG +#{room} :hello",
        "@+draft/reply={epoch}-1 PRIVMSG #{room} :hello",
        "PRIVMSG #{room} :\x01ACTION waves\x01",
        "PRIVMSG ChanServ :DROP #{room}",
    ],
    "BATCH": ["BATCH +a draft/multiline #{room}\r\n@batch=a PRIVMSG #{room} :one\r\nBATCH -a"],
    "REDACT": [
        "REDACT #{room} {epoch}-1",
        "REDACT #{room} {epoch}-x",
        "REDACT #{room} x-1",
        "REDACT #{room} x",
        "REDACT #{room} x-1 :why",
    ],
    "SEARCH": ["SEARCH in=#{room};text=word", "SEARCH text=word"],
    "TAGMSG": ["@+typing=active TAGMSG #{room}"],
    "TOPIC": ["TOPIC #{room}", "TOPIC #{room} :mine", "TOPIC #{room} :"],
    "WHO": ["WHO #{room}", "WHO #{room} %cuhnar", "WHO own*", "WHO *"],
    "WHOIS": ["WHOIS owner", "WHOIS #{room}"],
    "WHOWAS": ["WHOWAS owner"],
    "NICK": ["NICK #{room}", "NICK {room}"],
}
"""The lines of IRC that name a room, or tell of rooms, by their commands."""

ROOMLESS = frozenset(
    (
        *("ADMIN", "AUTHENTICATE", "AWAY", "CAP", "HELP", "HELPOP", "INFO", "ISON", "ISUPPORT", "KILL", "LINKS"),
        *("MAP", "MONITOR", "MOTD", "NICKSERV", "NS", "OPER", "PASS", "PING", "PONG", "PROTOCTL", "QUIT", "REGISTER"),
        *("SETNAME", "STATS", "TIME", "USER", "USERHOST", "USERS", "VERIFY", "VERSION", "WALLOPS", "WEBIRC"),
    )
)
"""The other commands: nothing that they say or tell is about rooms."""

FRAMES: dict[str, list[dict[str, Any]]] = {
    "appoint": [{"username": "zoe", "role": "moderator"}],
    "audit": [{}],
    "ban": [{"username": "owner"}, {"mask": "*!*@x"}],
    "confide": [{"text": "hi", "role": "moderator"}],
    "configure": [{"slow": 1}, {"private": False}, {"hidden": False}],
    "create": [{}],
    "delete": [{}],
    "exempt": [{"mask": "*!*@x"}],
    "history": [{}, {"after": 0}, {"around": 1}],
    "invite": [{"username": "zoe"}, {"mask": "*!*@x"}],
    "join": [{}, {"key": "key"}, {"after": 0, "epoch": "{epoch}"}],
    "kick": [{"username": "owner"}],
    "leave": [{}, {"everywhere": True}],
    "mark": [{"seq": 1}],
    "mute": [{"username": "owner"}],
    "redact": [{"seq": 1}, {"from": "owner", "seconds": 60}, {}],
    "report": [{"seq": 1, "reason": "bad"}],
    "reports": [{}],
    "sanctions": [{}],
    "say": [{"text": "hi"}, {"text": "hi", "re": 1}],
    "search": [{"query": "word"}],
    "topic": [{"topic": "mine"}],
    "unban": [{"username": "owner"}],
    "unexempt": [{"mask": "*!*@x"}],
    "uninvite": [{"mask": "*!*@x"}],
    "unmute": [{"username": "owner"}],
    "who": [{}],
}
"""The requests that name a room, by their types, with what else they say."""

TAKEN = {"JOIN", "create"}
"""What makes a room that is none: that its name is taken is told to all."""

LISTS = {"LIST", "LUSERS", "NAMES", "SEARCH", "WHO", "WHOIS", "WHOWAS", "who"}
"""What tells nothing of a hidden room either, which whoever knows its name may enter."""


class Secret(IRCHouse):
    """A server where *room* is, if there is such a one, and only its owner knows of it."""

    def __init__(self, room: str) -> None:
        super().__init__(linger=0)
        owner, self.name, self.epoch = self.program("owner"), room, EPOCH
        if room in SECRET:
            owner.ask({"type": "create", "room": room}, {"type": "configure", "room": room, **SECRET[room]})
            owner.ask(*({"type": "say", "room": room, "text": "a word"} for _ in range(3)))
            self.epoch = self.lobby.rooms[key(RoomName(room))].epoch
        if room == "closed":
            owner.ask({"type": "leave", "room": room})
            assert key(RoomName(room)) not in self.lobby.rooms
        self.program("zoe")

    def fill(self, words: str) -> str:
        """Return *words* about the room."""
        return words.replace("{room}", self.name).replace("{epoch}", self.epoch)

    def plain(self, answer: str) -> str:
        """Return *answer* without what was asked, and what each server hides otherwise."""
        return re.sub(r"\b\w{8}(?=\.(irc|frames))", "cloak", answer.replace(self.name, NONE).replace(self.epoch, EPOCH))


def told_by_irc(line: str, room: str) -> list[str]:
    """Return what a client of IRC is told that sends *line* about *room*."""
    house = Secret(room)
    client = house.client("carol", CLIENT)
    return [house.plain(each) for each in client.ask(house.fill(line))]


def told_by_frames(type: str, fields: dict[str, Any], room: str) -> list[str]:
    """Return what a program is told that sends a frame of that *type* about *room*."""
    house = Secret(room)
    filled = {name: house.fill(each) if isinstance(each, str) else each for name, each in fields.items()}
    return [house.plain(repr(each)) for each in house.program("carol").ask({"type": type, "room": room, **filled})]


LINES_OF = [(command, line) for command, lines in LINES.items() for line in lines]
FRAMES_OF = [(type, fields) for type, some in FRAMES.items() for fields in some]


@pytest.mark.parametrize(("command", "line"), LINES_OF, ids=[line for _, line in LINES_OF])
def test_a_line_of_irc_tells_nothing(command: str, line: str) -> None:
    nothing = told_by_irc(line, NONE)
    for room in () if command in TAKEN else PRIVATE:
        assert told_by_irc(line, room) == nothing
    if command in LISTS and not line.startswith("SEARCH in"):
        assert told_by_irc(line, "hidden") == nothing


@pytest.mark.parametrize(("type", "fields"), FRAMES_OF, ids=[f"{type}-{len(fields)}" for type, fields in FRAMES_OF])
def test_a_frame_tells_nothing(type: str, fields: dict[str, Any]) -> None:
    nothing = told_by_frames(type, fields, NONE)
    for room in () if type in TAKEN else PRIVATE:
        assert told_by_frames(type, fields, room) == nothing
    if type in LISTS:
        assert told_by_frames(type, fields, "hidden") == nothing


def test_the_name_of_a_private_room_is_taken_and_that_is_all() -> None:
    for room in PRIVATE:
        assert told_by_irc("JOIN #{room}", room) == told_by_irc("JOIN #{room}", "unseen")
        [refused] = told_by_frames("create", {}, room)
        assert "room-exists" in refused


def test_every_line_that_names_a_room_is_among_these() -> None:
    assert {*LINES, *ROOMLESS} == {*COMMANDS}


def test_every_frame_that_names_a_room_is_among_these() -> None:
    frames = get_args(requests.AnyRequest)
    assert {each.__struct_config__.tag for each in frames if "room" in each.__struct_fields__} == {*FRAMES}
