"""Tab completion, of the names of people, rooms, commands and emoji."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import regex

from chatroom.client.compose import shortcodes
from chatroom.client.text.highlights import plain
from chatroom.core.values import names

Kind = Literal[
    "room",
    "joined",
    "elsewhere",
    "own",
    "notified",
    "level",
    "switch",
    "user",
    "ignored",
    "name",
    "text",
    "topic",
    "command",
    "named",
]
"""Kinds of words: rooms (any, joined, to enter, the user's own, with a level of alerts, *named* in a message), levels
of alerts, on and off, people (any, ignored, the user), text, a topic, a command."""

# Read backwards from the cursor.
_ROOM = regex.compile(r"(?r)[\p{L}\p{M}\p{N}_.-]*")
_BEGUN: Mapping[Kind, regex.Pattern[str]] = {
    **dict.fromkeys(("room", "joined", "elsewhere", "own", "notified", "level", "named"), _ROOM),
    **dict.fromkeys(("user", "ignored", "name", "text", "switch"), regex.compile(r"(?r)[\p{L}\p{M}\p{N}_-]*")),
    "topic": regex.compile(r"(?r)\S*"),
    "command": regex.compile(r"(?r)[^\s/]*"),
}
_SEPARATE = regex.compile(r"[\s\p{P}]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words to complete: *users* and *rooms* in order, *commands* with their arguments, *words* of other kinds."""

    users: Sequence[str]
    rooms: Sequence[str]
    commands: Mapping[str, tuple[Kind, ...]]
    words: Mapping[Kind, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompletedText:
    """The *text* with the word completed, the *cursor* in it, and the *label* of the word."""

    text: str
    cursor: int
    label: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The *candidates*, of which there is at least one, and which of them is chosen."""

    candidates: Sequence[CompletedText]
    index: int = 0

    @property
    def chosen(self) -> CompletedText:
        """Return the candidate that is chosen."""
        return self.candidates[self.index]

    def turned(self, step: int) -> Completion:
        """Return it with the candidate chosen that is *step* further on, round and round."""
        return replace(self, index=(self.index + step) % len(self.candidates))


def ranked(usernames: Iterable[str], addressed: Iterable[str], spoken: Iterable[str], own: str) -> list[str]:
    """Return *usernames* without the user's *own*: people *addressed*, people who have *spoken*, then by the alphabet.

    In both *addressed* and *spoken* the latest comes first, and people may have left by now.
    """
    there = set(usernames) - {own}
    order = dict.fromkeys([*addressed, *spoken, *sorted(there, key=lambda name: (names.fold(name), name))])
    return [name for name in order if name in there]


def completions(text: str, cursor: int, vocabulary: Vocabulary) -> list[CompletedText]:
    """Return how the word before *cursor* can be completed in *text*, best first."""
    kind = _kind(text[:cursor], vocabulary.commands)
    if kind is None:
        return []
    if kind == "text" and (shortcode := shortcodes.begun(text, cursor)) and (found := _emoji(shortcode, text, cursor)):
        return found
    candidates = _completed(kind, text, cursor, vocabulary)
    if kind == "text" and not candidates:
        # Where nobody is called so, a room may be meant; behind # it is.
        candidates = _completed("named", text, cursor, vocabulary)
    return candidates


def _emoji(shortcode: str, text: str, cursor: int) -> list[CompletedText]:
    """Return the emoji for the *shortcode* before *cursor* in *text*."""
    before, behind = text[: cursor - len(shortcode)], text[cursor:]
    return [
        CompletedText(before + emoji + behind, len(before + emoji), f"{emoji} {name}")
        for name, emoji in shortcodes.emoji(shortcode)
    ]


def _completed(kind: Kind, text: str, cursor: int, vocabulary: Vocabulary) -> list[CompletedText]:
    """Return how the word of *kind* before *cursor* can be completed in *text*."""
    found = _BEGUN[kind].match(text, 0, cursor)
    begun = found[0] if found else ""
    before, behind = text[: cursor - len(begun)], text[cursor:]
    if kind == "text" and (before.endswith("#") or (not begun and before and not before.endswith("@"))):
        return []
    if kind == "named" and (before.endswith("@") or not (begun or before.endswith("#"))):
        return []
    end = _end(behind, first=kind != "named" and before in ("", "@"))
    # Go behind a space that was there already as behind one that is added.
    skipped = behind.startswith(" ")
    return [
        CompletedText(before + word + end + behind, len(before + word + end) + skipped, word)
        for word in _words(kind, vocabulary)
        if plain(word).startswith(plain(begun))
    ]


def _kind(before: str, commands: Mapping[str, tuple[Kind, ...]]) -> Kind | None:
    """Return what the word is whose beginning is at the end of *before*, or ``None`` if nothing belongs there."""
    if not before.startswith("/"):
        return "text"
    name, *arguments = regex.split(r"\s+", before[1:])
    if not arguments:
        return "command"
    kinds = commands.get(name.lower(), ("text",))
    if len(arguments) <= len(kinds):
        return kinds[len(arguments) - 1]
    return "text" if kinds[-1:] == ("text",) else None


def _words(kind: Kind, vocabulary: Vocabulary) -> Iterable[str]:
    """Return what a word of *kind* may be."""
    if kind in vocabulary.words:
        return vocabulary.words[kind]
    return {"user": vocabulary.users, "text": vocabulary.users, "command": vocabulary.commands}.get(
        kind, vocabulary.rooms
    )


def _end(behind: str, *, first: bool) -> str:
    """Return the ending of a word with *behind* behind it; the *first* word addresses people."""
    if first and behind[:1] not in (":", ","):
        return ":" if behind[:1] == " " else ": "
    return "" if _SEPARATE.match(behind) else " "
