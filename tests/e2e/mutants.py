"""Lines that visitors might send, and what chance makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

from tests.e2e.mutants_irc import IRC

LONG = "n" * 32_000
FRAMES: tuple[dict[str, object], ...] = (
    {"type": "login", "id": 1, "username": "alice", "session": "s" * 22},
    {"type": "login", "id": 1, "username": "carol", "password": "correct horse", "remember": True, "client": "fuzz"},
    {"type": "login", "id": 1, "username": "carol", "token": "t" * 43},
    {"type": "authenticate", "id": 1, "username": "carol", "password": "correct horse", "remember": True},
    {"type": "register", "id": 1, "password": "correct horse"},
    {"type": "password", "id": 1, "old": "correct horse", "new": "battery staple"},
    {"type": "unregister", "id": 1, "password": "battery staple"},
    {"type": "devices", "id": 1},
    {"type": "revoke", "id": 1, "device": 1},
    {"type": "ignore", "id": 1, "username": "bob"},
    {"type": "unignore", "id": 1, "username": "bob"},
    {"type": "ignored", "id": 1},
    {"type": "rename", "id": 2, "username": "bob"},
    {"type": "list", "id": 3, "match": "t", "after": "tea", "watch": True},
    {"type": "list", "id": "three", "watch": False},
    {"type": "create", "id": 4, "room": "milk", "topic": "Milk and honey", "capacity": 10},
    {"type": "join", "id": 5, "room": "tea", "backlog": 50},
    {"type": "join", "id": 5, "room": "tea", "after": 1, "epoch": "e" * 22, "backlog": 2**53},
    {"type": "join", "id": 5, "room": "milk", "after": 1, "epoch": "e" * 22, "redactions": 1},
    {"type": "leave", "id": 6, "room": "tea"},
    {"type": "leave", "id": 6, "room": "milk", "everywhere": True},
    {"type": "delete", "id": 7, "room": "milk"},
    {"type": "say", "id": 8, "room": "tea", "text": "a cup of tea?", "cid": "c1"},
    {"type": "say", "id": 27, "room": "tea", "text": "yes", "re": 1},
    {"type": "say", "id": 28, "room": "tea", "text": "no", "re": 2**53},
    {"type": "say", "room": "tea", "text": "smiles \u263a \U0001f375 \u200f\u202e", "action": True},
    {"type": "tell", "id": 9, "to": "alice", "text": "for you only"},
    {"type": "confide", "id": 9, "room": "tea", "text": "for some only", "role": "voiced"},
    {"type": "tell", "id": 9, "to": "carol", "text": "waves", "action": True, "cid": "c1"},
    {"type": "talks", "id": 9, "before": "2026-11-24T01:48:57.123Z"},
    {"type": "history", "id": 9, "with": "carol", "limit": 3},
    {"type": "search", "id": 9, "with": "alice", "query": "waves"},
    {"type": "redact", "id": 9, "with": "carol", "seq": 1, "reason": "why"},
    {"type": "report", "id": 9, "with": "alice", "seq": 1, "reason": "why"},
    {"type": "who", "id": 10, "room": "tea", "after": "alice"},
    {"type": "who", "id": 10},
    {"type": "topic", "id": 11, "room": "tea", "topic": "Tea"},
    {"type": "history", "id": 12, "room": "tea", "before": 100, "after": 0, "limit": 100},
    {"type": "history", "id": 12, "room": "tea", "around": 3, "limit": 5},
    {"type": "history", "id": 12, "room": "tea", "since": "2026-11-24T01:48:57.123Z"},
    {"type": "history", "id": 12, "room": "tea", "until": "2026-11-24T03:48:57+02:00"},
    {"type": "search", "id": 13, "room": "tea", "query": 'cup* "of tea"', "limit": 3, "newest_first": True},
    {"type": "search", "id": 13, "query": "tea", "since": "2026-11-24T01:48:57Z", "until": "2026-11-24T01:48:58Z"},
    {"type": "search", "id": 13, "room": "tea", "query": "", "from": "bob", "until": "2026-11-24T01:48:57Z"},
    {"type": "mark", "id": 17, "room": "tea", "seq": 3},
    {"type": "mark", "id": 17, "room": "tea", "at": "9999-12-31T23:59:59.999-14:00"},
    {"type": "mark", "id": 17, "room": "tea", "at": "0001-01-01T00:00:00Z"},
    {"type": "unread", "id": 17, "before": "2026-11-24T01:48:57.123Z"},
    {"type": "mark", "id": 17, "with": "carol", "seq": 3},
    {"type": "tell", "id": 17, "to": "carol", "text": "and you?", "cid": "t2", "re": 1},
    {"type": "unread", "id": 17},
    {"type": "kick", "id": 17, "room": "milk", "username": "bob", "reason": "for \u202e nothing"},
    {"type": "mute", "id": 18, "room": "milk", "username": "bob", "seconds": 60, "reason": "r" * 300},
    {"type": "unmute", "id": 18, "room": "milk", "sanction": 1},
    {"type": "ban", "id": 19, "room": "milk", "username": "bob", "seconds": 3_155_760_000, "host": True},
    {"type": "ban", "id": 19, "network": "10.0.0.0/8"},
    {"type": "unban", "id": 19, "room": "milk", "username": "bob"},
    {"type": "unban", "id": 19, "network": "2001:db8::/32"},
    {"type": "sanctions", "id": 20, "room": "milk", "before": 100},
    {"type": "appoint", "id": 21, "room": "milk", "username": "alice", "role": "moderator"},
    {"type": "configure", "id": 22, "room": "milk", "slow": 1, "locked": False, "guests": True, "capacity": 0},
    {"type": "configure", "id": 22, "room": "milk", "private": True},
    {"type": "configure", "id": 22, "room": "milk", "private": False},
    {"type": "invite", "id": 23, "room": "milk", "username": "carol"},
    {"type": "redact", "id": 24, "room": "milk", "seq": 1, "reason": "why"},
    {"type": "redact", "id": 24, "room": "tea", "username": "alice", "seconds": 86_400},
    {"type": "report", "id": 25, "room": "tea", "seq": 1, "reason": "why"},
    {"type": "resolve", "id": 25, "report": 1, "note": "done"},
    {"type": "reports", "id": 26, "room": "milk", "before": 100, "limit": 3, "all": True},
    {"type": "audit", "id": 27, "room": "milk", "before": 100, "limit": 3},
    {"type": "connections", "id": 28, "match": "a", "after": 1},
    {"type": "disconnect", "id": 28, "username": "alice", "reason": "why"},
    {"type": "notice", "id": 29, "text": "hear, hear"},
    {"type": "reload", "id": 30},
    {"type": "log-level", "id": 30, "level": "debug"},
    {"type": "accounts", "id": 31, "match": "a", "after": "alice"},
    {"type": "account", "id": 31, "action": "add", "username": "dave", "password": "correct horse", "role": "operator"},
    {"type": "monitor", "id": 13, "add": ["alice", "bob"], "remove": ["carol"]},
    {"type": "whois", "id": 13, "username": "alice"},
    {"type": "whowas", "id": 13, "username": "bob"},
    {"type": "profile", "id": 13, "away": "out", "realname": "Alice", "bot": True, "invisible": False},
    {"type": "operate", "id": 13, "username": "carol", "password": "correct horse"},
    {"type": "trust", "id": 13},
    {"type": "exempt", "id": 19, "room": "milk", "mask": "*!*@*.irc", "reason": "why"},
    {"type": "unexempt", "id": 19, "room": "milk", "mask": "*!*@*.irc"},
    {"type": "uninvite", "id": 23, "room": "milk", "account": "carol"},
    {"type": "ping", "id": 14},
    {"type": "pong"},
    {"type": "nothing", "id": 15},
    {"type": "history", "id": 10**400, "room": "tea", "limit": 10**30, "before": -1},
    {"type": "say", "id": 16, "room": "tea", "text": "x" * 4001},
    {"type": ["login"], "id": {}, "username": None, "room": 1.5e300, "text": False},
)
"""Every request there is, and some that are none."""

OPERATORS: tuple[dict[str, object], ...] = (
    {"type": "connections", "id": 1},
    {"type": "connections", "id": 1, "match": "m1", "after": 1_000_000_001},
    {"type": "connections", "id": 1, "match": "127.0.0.1", "after": 3},
    {"type": "disconnect", "id": 2, "username": "alice", "reason": "why \u202e"},
    {"type": "disconnect", "id": 2, "username": "carol"},
    {"type": "disconnect", "id": 2, "connection": 7},
    {"type": "disconnect", "id": 2, "connection": 1_000_000_009},
    {"type": "disconnect", "id": 2, "connection": 2_000_000_009, "reason": "r" * 300},
    {"type": "notice", "id": 3, "text": "hear, hear\nhear"},
    {"type": "notice", "id": 3, "text": "\U0001f375" * 1000},
    {"type": "reload", "id": 4},
    {"type": "log-level", "id": 5, "level": "debug"},
    {"type": "log-level", "id": 5, "level": "warn"},
    {"type": "log-level", "id": 5, "level": "error"},
    {"type": "accounts", "id": 6, "match": "a", "after": "alice"},
    {"type": "account", "id": 7, "action": "add", "username": "carol", "password": "correct horse"},
    {"type": "account", "id": 7, "action": "password", "username": "carol", "password": "correct horse"},
    {"type": "account", "id": 7, "action": "role", "username": "carol", "role": "operator"},
    {"type": "account", "id": 7, "action": "role", "username": "carol", "role": "member"},
    {"type": "account", "id": 7, "action": "remove", "username": "carol"},
    {"type": "account", "id": 7, "action": "remove", "username": "witness0"},
    {"type": "ban", "id": 8, "username": "alice", "seconds": 1, "reason": "why"},
    {"type": "ban", "id": 8, "username": "witness0", "seconds": 1},
    {"type": "ban", "id": 8, "network": "192.0.2.0/24", "seconds": 60},
    {"type": "ban", "id": 8, "network": "127.0.0.0/24", "seconds": 1},
    {"type": "unban", "id": 8, "network": "127.0.0.0/24"},
    {"type": "unban", "id": 8, "sanction": 1},
    {"type": "mute", "id": 9, "username": "carol", "seconds": 1, "host": True},
    {"type": "unmute", "id": 9, "username": "carol"},
    {"type": "sanctions", "id": 10, "before": 100},
    {"type": "reports", "id": 11, "all": True, "limit": 3, "before": 100},
    {"type": "resolve", "id": 11, "report": 1, "note": "done"},
    {"type": "audit", "id": 12, "before": 100, "limit": 3},
    {"type": "configure", "id": 13, "guests": False},
    {"type": "configure", "id": 13, "guests": True},
    {"type": "configure", "id": 13, "room": "milk", "slow": 1, "locked": True, "private": True, "capacity": 3},
    {"type": "configure", "id": 13, "room": "milk", "slow": 0, "locked": False, "private": False},
    {"type": "kick", "id": 14, "room": "tea", "username": "carol", "reason": "why"},
    {"type": "appoint", "id": 15, "room": "tea", "username": "carol", "role": "owner"},
    {"type": "invite", "id": 16, "room": "milk", "username": "carol"},
    {"type": "redact", "id": 17, "room": "tea", "username": "carol", "seconds": 86_400},
    {"type": "redact", "id": 17, "room": "tea", "seq": 1},
    {"type": "delete", "id": 18, "room": "tea"},
    {"type": "delete", "id": 18, "room": "milk"},
    {"type": "list", "id": 19, "match": "t"},
    {"type": "who", "id": 20, "room": "tea", "after": "alice"},
    {"type": "ping", "id": 21},
)
"""What operators may ask for by the control socket."""

PERSON = (
    *("help", "help join", "list", "list t", "create milk Milk and honey", "join tea", "delete milk", "who", "who tea"),
    *("nick bob", "tell alice for you only", "msg bob hello", "hello", "/me waves", "//slash", "/topic Tea", "/leave"),
    *(
        "/register correct horse",
        "/register",
        "correct horse",
        "/password",
        "/unregister",
        "/devices",
        "/revoke 1",
        "/unread",
        "/talk bob 5",
    ),
    *("/ignore bob", "/unignore bob", "/ignore"),
    *("/kick bob why", "/mute bob 10m why", "/unmute bob", "/ban bob 1d why", "/unban bob", "/bans", "/op bob"),
    *("/deop bob", "/owner bob", "/slow 1", "/slow 0", "/lock", "/unlock", "/guests off", "/guests on", "/private on"),
    *(
        "/private off",
        "/invite carol",
        "/redact",
        "/redact 1 why",
        "/redact bob why",
        "/report 1 why",
        "/reports",
        "/mods why",
    ),
    *("/back", "/away out", "/hidden on", "/key white", "/key", "/voice bob", "/devoice bob", "/exempt *!*@*.irc"),
    *("/unexempt *!*@*.irc", "/uninvite carol", "/inviteonly on", "/inviteonly off", "/topiclock on", "/whois bob"),
    *("/oper carol", "/notice hear, hear", "/trust"),
    *("/report bob why", "/resolve 1 done", "/audit", "/login carol"),
    *(
        "/history",
        "/history 3 #",
        "/reply bob yes",
        "/reply 1 yes",
        "/reply 99999999 yes",
        "/history 99999999999999999999",
        "/search cup",
        '/search "open',
        "/search a* OR NEAR(b)",
        "/nothing",
    ),
    *(
        "",
        " ",
        "\r",
        "/",
        "//",
        "caf\u00e9",
        "\u0430lice",
        "\u4f60\u597d",
        "a\tb",
        "\x1b]0;title\x07\x1b[31m",
        "\u202e",
    ),
    *("../../x", "'; DROP TABLE messages; --", "%s%n{0}{self.__class__}", "\x00", "x" * 4001),
)
BYTES = (
    b"\xff\xfb\x18\xff\xfd\x06",
    b"\xff\xfa\x18\x00xterm\xff\xf0",
    b"\xff\xff\xff",
    b"\xef\xbb\xbf{}",
    b"\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xfe",
    b'{"type":"say","id":1,"room":"tea","text":"\\ud800"}',
    b'{"type":"say","id":1,"id":2,"type":"who"}',
    b'{"type":"ping","id":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'{"type":"ping","id":1e999,"x":-0.0e-999,"y":NaN}',
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"SSH-2.0-OpenSSH_9.2",
    b"NICK alice\r\nUSER alice 0 * :alice",
    bytes(range(256)).replace(b"\n", b""),
)
BY_OPERATORS = tuple(json.dumps(frame).encode() for frame in OPERATORS)
BY_CLIENTS = tuple(line.encode() for line in IRC)
COMMON = (*(json.dumps(frame).encode() for frame in FRAMES), *(line.encode() for line in PERSON), *BY_CLIENTS, *BYTES)
RARE = (
    b"\xff\xfa endless",
    b"quit",
    b'{"type":"quit","id":1}',
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r",
    b'{"type":"login","id":1,"username":"' + LONG.encode() + b'"}',
    b'{"type":"say","room":"tea","text":"' + b"\\u0041" * 5000 + b'"}',
    b"x" * 32_768,
    b"x" * 40_000,
)
"""Those after which the server hears nothing more, or that are very long: one line in three hundred."""

ENCODINGS = ("utf-16-le", "utf-16", "utf-32-be", "latin-1", "utf-7", "cp037")


def flipped(line: bytes, chance: Random) -> bytes:
    """Change some bits."""
    data = bytearray(line)
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def replaced(line: bytes, chance: Random) -> bytes:
    """Put bytes of any kind in place of some."""
    start = chance.randrange(len(line))
    return line[:start] + chance.randbytes(chance.randint(1, 8)) + line[start + chance.randint(0, 8) :]


def cut(line: bytes, chance: Random) -> bytes:
    """Take a part out, or keep only that."""
    start, end = sorted((chance.randrange(len(line)), chance.randrange(len(line) + 1)))
    return line[:start] + line[end:] if chance.random() < 0.5 else line[start:end]


def doubled(line: bytes, chance: Random) -> bytes:
    """Repeat a part."""
    start, end = sorted((chance.randrange(len(line)), chance.randrange(len(line) + 1)))
    return line[:end] + line[start:end] * chance.choice((1, 2, 10)) + line[end:]


def spliced(line: bytes, chance: Random) -> bytes:
    """Go on as another line."""
    other = chance.choice(COMMON)
    return line[: chance.randrange(len(line))] + other[chance.randrange(len(other) + 1) :]


def in_another_encoding(line: bytes, chance: Random) -> bytes:
    """Write it in another encoding."""
    return line.decode("latin-1").encode(chance.choice(ENCODINGS))


def with_another_number(line: bytes, chance: Random) -> bytes:
    """Put a number where another one, or anything else, was."""
    numbers = (b"-1", b"0", b"1e400", b"9" * 30, b"18446744073709551616", b"null", b"[]", b'""', b"-0.5")
    start = max(line.rfind(b":"), line.rfind(b" ")) + 1
    return line[:start] + chance.choice(numbers) + line[-1:]


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flipped,
    replaced,
    cut,
    doubled,
    spliced,
    in_another_encoding,
    with_another_number,
)


def mutant(chance: Random, *, theirs: Sequence[bytes] = ()) -> bytes:
    """Return a line with its end, mutated up to three times, or as it was; most are of *theirs*, if they have some."""
    lines = theirs if theirs and chance.random() < 0.8 else COMMON
    line = chance.choice(RARE if chance.random() < 1 / 300 else lines)
    if line and chance.random() >= 0.1:
        for _ in range(chance.randint(1, 3)):
            line = chance.choice(MUTATIONS)(line, chance) or b"?"
    return line + chance.choice((b"\n", b"\n", b"\n", b"\r\n"))


def entrance(name: str, chance: Random) -> bytes:
    """Return how one may begin who wants to get any further than to the door."""
    match chance.randrange(5):
        case 0:
            return b""
        case 1:
            return f"{name}\njoin tea\n".encode()
        case 2:
            return f'{{"type":"login","id":0,"username":"{name}"}}\n'.encode()
        case 3:
            # Of several of one account, one has made it; the last line is refused to all others.
            return b"".join(
                json.dumps(request).encode() + b"\n"
                for request in (
                    {"type": "login", "username": "carol", "password": "correct horse"},
                    {"type": "login", "username": "carol"},
                    {"type": "register", "password": "correct horse"},
                    {"type": "join", "room": "milk"},
                )
            )
    room = chance.choice(("tea", "milk"))
    session = f"{name:s<22}" if chance.random() < 0.5 else "s" * 22
    return (
        f'{{"type":"login","id":0,"username":"{name}","session":"{session}"}}\n'
        f'{{"type":"create","id":0,"room":"milk"}}\n'
        f'{{"type":"join","id":0,"room":"{room}","backlog":5}}\n'
    ).encode()


UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
"""What a browser asks for a WebSocket."""

CONTROLS = (b"\x89\x80", b"\x8a\x80", b"\x09\x80", b"\x8b\x80", b"\x89\xfe\x00\x7e")
BROKEN = (b"\x81\x05hello", b"\xc1\x80", b"\x82\x85", b"\x80\x80", b"\x83\x80", b"\x81\xff" + b"\xff" * 8, b"\x88\x81")
"""Heads of frames: controls, right and wrong ones, and what breaks the rules."""


def web_entrance(chance: Random, *, irc: bool = False) -> bytes:
    """Return how a browser begins, which may want to speak *irc*; seldom by something else."""
    other = b"GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n" if chance.random() < 0.2 else b""
    protocol = chance.choice((b"text", b"binary"))
    wanted = b"Sec-WebSocket-Protocol: " + protocol + b".ircv3.net\r\n\r\n"
    upgrade = UPGRADE[:-2] + wanted if irc else UPGRADE
    return other + (chance.choice(MUTATIONS)(upgrade, chance) if chance.random() < 0.02 else upgrade)


def in_messages(lines: Sequence[bytes], chance: Random) -> bytes:
    """Return *lines* as a browser sends them, whole or in pieces, with some frames between that are none."""
    frames = []
    for line in lines:
        # What is not UTF-8 ends it all.
        text = line if chance.random() < 0.001 else line.decode(errors="replace").encode()
        whole = len(text) if chance.random() < 0.9 else chance.randint(1, 9)
        pieces = [text[at : at + whole] for at in range(0, len(text), max(1, whole))] or [b""]
        for number, piece in enumerate(pieces):
            first = (0x80 if number == len(pieces) - 1 else 0) | (0 if number else 1)
            frames.append(masked(first, piece))
            if chance.random() < 0.005:
                frames.append(chance.choice(CONTROLS) + bytes(4) if chance.random() < 0.9 else chance.choice(BROKEN))
    return b"".join(frames)


def masked(first: int, piece: bytes) -> bytes:
    """Return a frame, masked by nothing, so that the ends of lines can still be counted."""
    size = len(piece)
    if size < 126:
        return bytes((first, 0x80 | size)) + bytes(4) + piece
    if size < 65536:
        return bytes((first, 0x80 | 126)) + size.to_bytes(2, "big") + bytes(4) + piece
    return bytes((first, 0x80 | 127)) + size.to_bytes(8, "big") + bytes(4) + piece
