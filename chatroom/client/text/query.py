"""What is searched for, as people write it: words, and who said them when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from chatroom.client.text.moments import moment
from chatroom.core.search.query import MAX_PREFIXES
from chatroom.core.search.tokenize import tokenize

_FIELD = re.compile(r"(?<!\S)(from|since|after|before|until):(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """*words* that all occur, said by *speaker* if one is named, from *since* on and before *until*."""

    words: str
    speaker: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it has nothing but words."""
        return not self.speaker and self.since is None and self.until is None

    @property
    def looser(self) -> str:
        """The last word as the beginning of one, if that may find more; else nothing."""
        *_, last = self.words.split() or [""]
        # Of scripts without spaces, and of signs, each character is a word, and a phrase is what it is.
        found = "" if '"' in self.words or last.endswith("*") else tokenize(last).strip()
        letters = len(found) > 1 and " " not in found
        return f"{last}*" if letters and self.words.count("*") < MAX_PREFIXES else ""


def parse(text: str, now: datetime) -> Query:
    """Return what *text* asks for: ``from:bob``, ``since:2026-11-20`` (or ``after:``), ``before:yesterday``, words.

    :raises chatroom.client.text.moments.BadMoment: if a time is none.
    """
    speaker = ""
    since = until = None
    parts = text.split('"')
    # What is quoted is looked for as it stands.
    for number in range(0, len(parts), 2):
        for name, value in _FIELD.findall(parts[number]):
            match name.lower():
                case "from":
                    speaker = value.removeprefix("@")
                case "since" | "after":
                    since = moment(value, now)
                case _:
                    until = moment(value, now)
        parts[number] = _FIELD.sub("", parts[number])
    return Query(" ".join('"'.join(parts).split()), speaker, since, until)
