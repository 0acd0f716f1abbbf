"""The first line of a connection, which tells in which dialect it goes on: by programs of IRC, and by people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from random import Random

import pytest

from chatroom.core.values.errors import LineTooLong, UsernameInvalid
from chatroom.core.values.names import username
from chatroom.wire.framing.lines import PIECE, Lines

CLIENTS = {
    "WeeChat": ["CAP LS 302", "NICK alice", "USER alice 0 * :alice", "CAP REQ :server-time", "CAP END"],
    "irssi": ["CAP LS 302", "JOIN :", "CAP END", "NICK alice", "USER alice alice irc.example :Alice"],
    "HexChat": ["CAP LS 302", "NICK alice", "USER alice 0 * :realname"],
    "Halloy": ["CAP LS 302", "NICK alice", "USER alice 0 * alice"],
    "senpai": ["CAP LS 302", "NICK alice", "USER alice 0 * :alice"],
    "gamja": ["CAP LS 302", "NICK alice", "USER alice 0 * alice"],
    "goguma": ["CAP LS 302", "NICK alice", "USER alice 0 * :Alice"],
    "Quassel": ["CAP LS 302", "PASS :secret", "NICK :alice", "USER alice 8 * :Alice"],
    "mIRC": ["CAP LS 302", "NICK alice", 'USER alice "" "127.0.0.1" :Alice'],
    "sopel": ["CAP LS 302", "NICK Sopel", "USER sopel 0 * :Sopel (v8.0)"],
    "Limnoria": ["CAP LS 302", "NICK :limnoria", "USER limnoria 0 * :Limnoria"],
    "irctest": ["QUIT :chkport"],
    "a bouncer": ["WEBIRC secret gateway host 192.0.2.1", "PASS alice:secret", "NICK alice"],
    "an old one": ["PASS secret", "NICK alice", "USER alice host server :Alice"],
    "a bot": ["NICK alice", "USER alice 0 * :Alice"],
    "one with tags": ["@label=1 CAP LS 302", "NICK alice"],
    "one with a source": [":alice NICK alice"],
    "one that wants TLS": ["STARTTLS", "CAP LS"],
}
"""What programs send at first."""


def lines_of(pieces: Sequence[bytes], *, ends: bool = False, limit: int = 32_768) -> tuple[str, list[bytes]]:
    """Return the dialect of what comes in *pieces*, and the lines that it makes."""
    lines = Lines(limit)
    found: list[bytes] = []
    for number, piece in enumerate(pieces):
        lines.feed(piece)
        if ends and number == len(pieces) - 1:
            lines.end()
        while lines.pending:
            if len(lines):
                found.append(lines.pop())
            else:
                lines.feed()
    return lines.dialect, found


def each_cut(data: bytes) -> list[list[bytes]]:
    """Return *data* in two pieces, in each way in which that can be done, and byte by byte."""
    return [[data[:place], data[place:]] for place in range(len(data))] + [[bytes([byte]) for byte in data]]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_program_of_irc_is_told_by_its_first_line_however_that_is_cut(client: str, end: bytes) -> None:
    sent = [line.encode() for line in CLIENTS[client]]
    for pieces in each_cut(b"".join(line + end for line in sent)):
        assert lines_of(pieces) == ("irc", sent)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("client", CLIENTS)
def test_until_that_line_has_ended_nothing_is_decided(client: str, end: bytes) -> None:
    line = CLIENTS[client][0].encode()
    lines = Lines(1000)
    for byte in line + end[:-1]:
        lines.feed(bytes([byte]))
        assert lines.dialect == "unknown"
        assert not lines.pending
    lines.feed(b"\n")
    assert lines.dialect == "irc"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("end", [b"", b"\r"])
def test_a_first_line_without_an_end_counts_when_the_input_has_ended(client: str, end: bytes) -> None:
    line = CLIENTS[client][0].encode()
    for pieces in each_cut(line + end):
        assert lines_of(pieces, ends=True) == ("irc", [line])


COMMANDS = "CAP NICK USER PASS WEBIRC AUTHENTICATE QUIT PING JOIN REGISTER PROTOCTL STARTTLS".split()
ALPHABETS = [
    "abcxyz_-019",
    "ABCJNPQRSUW",
    "NICKUSERPASCAPJO",
    "éäßñøł",
    "абвгд",
    "αβγδ",
    "אבגד",
    "한국어",
    "日本語かな",
]


def usernames() -> list[str]:
    """Return a thousand names, many of which begin like a command."""
    chance = Random(1)
    names = dict.fromkeys([*COMMANDS[:-1], "CAPTAIN", "NICKNAME", "Users", "STARTTLSA"])
    while len(names) < 1000:
        letters = chance.choice(ALPHABETS)
        text = chance.choice(["", "", *COMMANDS]) * letters.isascii() + "".join(
            chance.choices(letters, k=chance.randint(1, 12))
        )
        with suppress(UsernameInvalid):
            names[username(text)] = None
    return list(names)


def test_a_username_is_one_whatever_its_letters() -> None:
    for name in usernames():
        for end in (b"\n", b"\r\n", b" \n"):
            assert lines_of([name.encode() + end])[0] == "text", name


def test_only_one_name_is_a_command_alone() -> None:
    # Whoever sends that wants something of the server.
    assert username("STARTTLS") == "STARTTLS"
    assert lines_of([b"STARTTLS\r\n"])[0] == "irc"


@pytest.mark.parametrize(
    "line",
    [
        "nick alice",
        "/nick alice",
        "/NICK alice",
        "NICK",
        "CAP",
        "CAP ",
        "USER  ",
        "NICK\talice",
        "Nick alice",
        "CAPTAIN hello",
        "@alice",
        "@alice hello",
        ":)",
        ":NICK alice",
        "@NICK alice",
        "JOINED tea",
        "starttls",
        "STARTTLS now",
        "PRIVMSG #tea :hello",
        "\x00CAP LS",
    ],
)
def test_what_people_type_is_text_also_if_it_looks_a_bit_like_that(line: str) -> None:
    for pieces in each_cut(line.encode() + b"\n"):
        assert lines_of(pieces)[0] == "text"


def test_frames_are_told_by_their_first_byte_as_ever() -> None:
    line = json.dumps({"type": "login", "username": "NICK alice"}).encode()
    for pieces in each_cut(line + b"\n"):
        assert lines_of(pieces) == ("frames", [line])
    assert lines_of([b"{"])[0] == "frames"


def test_a_first_letter_with_which_nothing_of_irc_begins_is_text_at_once() -> None:
    for letter in b"BDEFGHIKLMOTVXYZabcdefghijklmnopqrstuvwxyz0/-\xc3\x00\t":
        assert lines_of([bytes([letter])])[0] == "text"


@pytest.mark.parametrize(
    "before",
    [
        b"\r\n",
        b" \n",
        b"\xef\xbb\xbf",
        b"\xff\xfd\x03\xff\xfb\x18",
        b"\xff\xfa\x1f\x00\x50\xff\xf0",
        b"\n \r\n\xff\xf1 ",
    ],
)
def test_what_means_nothing_may_come_before_it(before: bytes) -> None:
    for pieces in each_cut(before + b"CAP LS 302\r\nNICK a\r\n"):
        assert lines_of(pieces) == ("irc", [b"CAP LS 302", b"NICK a"])


def test_what_telnet_means_by_a_byte_is_left_to_irc() -> None:
    line = b"PRIVMSG #tea :\xff\xfd\x03 is no telnet here"
    for pieces in each_cut(b"NICK alice\r\n" + line + b"\r\n"):
        assert lines_of(pieces) == ("irc", [b"NICK alice", line])


@pytest.mark.parametrize("start", [b"NICK ", b"@", b":alice ", b"CAP LS "])
def test_a_first_line_that_is_too_long_is_refused_and_nothing_is_kept_of_it(start: bytes) -> None:
    lines = Lines(100)
    lines.feed(start + b"a" * 200)
    assert lines.pending
    with pytest.raises(LineTooLong):
        lines.pop()
    lines.feed(b"\r\nNICK alice\r\n")
    assert not lines.pending


def test_a_first_line_may_be_longer_than_a_piece() -> None:
    line = b"@a=" + b"b" * 2 * PIECE + b" CAP LS 302"
    assert lines_of([line + b"\r\n", b"NICK a\r\n"]) == ("irc", [line, b"NICK a"])
    assert lines_of([line], ends=True) == ("irc", [line])
