"""Lines of IRC: tags, a source, a command and its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MAX_TAGS = 4096
"""Bytes of the tags of a client's line, with the ``@`` before them and the blank behind."""

MAX_LINE = 510
"""Bytes of all the rest, without the end of the line."""

HAPPENINGS = frozenset(
    (
        "JOIN",
        "PART",
        "QUIT",
        "KICK",
        "MODE",
        "NICK",
        "TOPIC",
        "TAGMSG",
        "AWAY",
        "ACCOUNT",
        "SETNAME",
        "INVITE",
        "REDACT",
    )
)
"""Commands by which clients are told what happens, but for what is said."""

_ESCAPED = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}
_ESCAPES = {value: f"\\{name}" for name, value in _ESCAPED.items()}
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_TO_ESCAPE = re.compile(r"[; \\\r\n]")
_ENDS = re.compile(r"[\r\n\x00]")
_COMMAND = re.compile(rb"(?:@\S* +)?(?::\S* +)? *(\S*)")
_KEY = re.compile(r"\+?(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9-]+")


class Line(NamedTuple):
    """A line that has come; the *command* is in capitals."""

    command: str
    params: Sequence[str]
    tags: Mapping[str, str]


class NoLine(ValueError):
    """Bytes that are no line, but begin like one with a *command*."""

    def __init__(self, command: str) -> None:
        super().__init__(command)
        self.command = command


class LineTooBig(NoLine):
    """A line with too many bytes."""


class NotUTF8(NoLine):
    """A line that is not UTF-8."""


def parsed(data: bytes) -> Line | None:
    """Return the line in *data*, without U+0000, which IRC has not; nothing if it has no command.

    :raises LineTooBig: if it is too long.
    :raises NotUTF8: if it is not UTF-8.
    """
    if len(data) > MAX_LINE and len(data) > _limit(data):
        raise LineTooBig(_command(data))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NotUTF8(_command(data)) from None
    if "\0" in text:
        text = text.replace("\0", "")
    tags: Mapping[str, str] = {}
    if text.startswith("@"):
        written, _, text = text[1:].partition(" ")
        tags = parsed_tags(written)
        text = text.lstrip(" ")
    if text.startswith(":"):
        text = text.partition(" ")[2]
    words, _, last = text.partition(" :")
    command, *params = words.split(" ")
    if not command or "" in params:
        # There are more blanks than are needed.
        command, *params = [word for word in words.split(" ") if word] or [""]
        if not command:
            return None
    if len(words) < len(text):
        params.append(last)
    return Line(command.upper(), params, tags)


def parsed_tags(written: str) -> dict[str, str]:
    """Return the tags that are *written* without their ``@``; of one that comes twice the last counts."""
    tags = {}
    for tag in written.split(";"):
        name, _, value = tag.partition("=")
        if name:
            tags[name] = unescaped(value) if "\\" in value else value
    return tags


def unescaped(value: str) -> str:
    """Return the *value* of a tag as it is meant."""
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), value)


def escaped(value: str) -> str:
    """Return the *value* of a tag as it is written."""
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], value)


def is_key(name: str) -> bool:
    """Return whether *name* can be that of a tag."""
    return _KEY.fullmatch(name) is not None


def tagged(tags: Iterable[str], line: str) -> str:
    """Return *line* with *tags* before it, as they are written; those that it has come behind."""
    written = ";".join(tags)
    if not written:
        return line
    if line.startswith("@"):
        return f"@{written};{line[1:]}"
    return f"@{written} {line}"


def dated(tag: str, lines: Iterable[str]) -> list[str]:
    """Return *lines* with the *tag* that says when it is before those that tell what happens; talk has its own."""
    return [tagged((tag,), line) if _command_of(line) in HAPPENINGS else line for line in lines]


def _command_of(line: str) -> str:
    """Return the command of *line*, which has a source; nothing if it has a time already."""
    words = line.split(" ", 3)
    if not line.startswith("@"):
        return words[1] if len(words) > 1 else ""
    has_time = any(tag.startswith("time=") for tag in words[0][1:].split(";"))
    return words[2] if len(words) > 2 and not has_time else ""


def formatted(*words: str) -> str:
    """Return *words* as a line: the last one may be any text."""
    begin, *middle, last = words
    if not last or " " in last or last.startswith(":"):
        last = f":{last}"
    return " ".join((begin, *map(word, middle), last))


def word(text: str) -> str:
    """Return *text*, which may be what a client has written, as a word of a line; a star stands for what can't be."""
    return text if text and " " not in text and not text.startswith(":") else "*"


def one_line(line: str) -> str:
    """Return *line* without what would end it before its end, and no longer than one may be."""
    if "\n" in line or "\r" in line or "\0" in line:
        line = _ENDS.sub(" ", line)
    return line if len(line) <= MAX_LINE and line.isascii() else _fitting(line)


def written(lines: Iterable[str]) -> bytes:
    """Return *lines* as bytes, each with its end; none holds another line inside, and none is too long."""
    return "".join([one_line(line) + "\r\n" for line in lines]).encode()


def hint() -> bytes:
    """Write what somebody is told who has typed a line by hand that begins IRC."""
    return written(["NOTICE * :This is IRC now. For plain text connect again and type only your name."])


def _fitting(line: str) -> str:
    """Return *line* as far as it may be written: what is said is cut before, so that this is a topic or the like."""
    tags, blank, rest = line.partition(" ") if line.startswith("@") else ("", "", line)
    data = rest.encode()
    if len(data) <= MAX_LINE:
        return line
    return tags + blank + data[:MAX_LINE].decode(errors="ignore")


def _limit(data: bytes) -> int:
    """Return how long *data* may be, by how long its tags are."""
    if not data.startswith(b"@"):
        return MAX_LINE
    tags = data.find(b" ") + 1
    return 0 if not 0 < tags <= MAX_TAGS else tags + MAX_LINE


def _command(data: bytes) -> str:
    """Return the command by which *data* begin, as far as that can be told."""
    found = _COMMAND.match(data)
    word = found[1].decode("ascii", "replace").upper() if found else ""
    return word[:32] if word.isascii() and word.isalnum() else "*"
