"""Roff, as far as manual pages need it."""

from __future__ import annotations

import re
from collections.abc import Iterable


def bold(text: str) -> str:
    """Return *text* in bold, as people type it."""
    return rf"\fB{plain(text)}\fP"


def italic(text: str) -> str:
    """Return *text* in italics, a placeholder."""
    return rf"\fI{plain(text)}\fP"


def plain(text: str) -> str:
    """Return *text* in one line, with all escaped that means something to roff."""
    line = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    return re.sub(r"^\.", r"\&.", line)


def title(name: str, section: int, book: str) -> str:
    """Return the title of the page about *name*."""
    return f'.TH {plain(name).upper()} {section} "" "{plain(book)}" "{plain(book)}"\n'


def section(heading: str, *parts: str) -> str:
    """Return a section of *parts*."""
    return f'.SH "{plain(heading).upper()}"\n{"".join(parts)}'


def subsection(heading: str, *parts: str) -> str:
    """Return a subsection of *parts*."""
    return f'.SS "{plain(heading)}"\n{"".join(parts)}'


def paragraph(*pieces: str) -> str:
    """Return a paragraph of *pieces* by :func:`plain`, :func:`bold` and :func:`italic`."""
    return f".PP\n{' '.join(pieces)}\n"


def terms(rows: Iterable[tuple[str, str]]) -> str:
    """Return a list of terms with their meanings."""
    return "".join(f".TP\n{term}\n{meaning}\n" for term, meaning in rows)


def example(text: str) -> str:
    """Return the lines of *text* verbatim."""
    lines = [rf"\&{plain(line)}" if line.strip() else "" for line in text.rstrip("\n").split("\n")]
    return "\n".join([".PP", ".RS 4", ".nf", *lines, ".fi", ".RE", ""])
