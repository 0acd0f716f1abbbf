"""Themes: styles for dark and light terminals, in 16 colours and in none; the background stays the terminal's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chatroom.client.drawing.name_looks import ANSI, LOOKS

AUTO = "auto"
"""Instead of the name of a theme: the one that suits the terminal."""

PaletteEntry = tuple[str, str, str, str, str, str]
"""A line of urwid's palette: style, 16 colours (foreground, background), none, many colours (the same two)."""


class Style(StrEnum):
    """The kind of a piece of text, by which it is drawn."""

    TITLE = "title"
    TITLE_DIM = "title-dim"
    RULE = "rule"
    TIME = "time"
    TEXT = "text"
    OWN = "own"
    ACTION = "action"
    PRIVATE = "private"
    NOTICE = "notice"
    ERROR = "error"
    TRAFFIC = "traffic"
    DAY = "day"
    NEW = "new"
    MENTION = "mention"
    LINK = "link"
    ROOM = "room"
    CODE = "code"
    QUOTE = "quote"
    GUTTER = "gutter"
    PENDING = "pending"
    STATUS = "status"
    STATUS_DIM = "status-dim"
    STATUS_NEWS = "status-news"
    STATUS_ALERT = "status-alert"
    TAB = "tab"
    TAB_UNREAD = "tab-unread"
    TAB_MENTION = "tab-mention"
    TAB_NUMBER = "tab-number"
    PROMPT = "prompt"
    INPUT = "input"
    HINT = "hint"
    HINT_CHOSEN = "hint-chosen"
    CHOSEN = "chosen"
    CHOSEN_DIM = "chosen-dim"
    QUESTION = "question"
    KEY = "key"
    DIM = "dim"


@dataclass(frozen=True, slots=True)
class Theme:
    """A palette for urwid, by the *name* that people choose it by."""

    name: str
    palette: tuple[PaletteEntry, ...]


# A look is "settings,colour on background"; what is left out is the terminal's own.
# Without colours; dark with 16 colours and with many; light likewise. A g# is a grey that 256 colours have too.
_DIM = ("faint", "dark gray", "g#8a", "dark gray", "g#76")
_PLAIN = ("", "", "", "", "")
_BOLD = ("bold",) * 5
_BAR = ("standout", "white on dark blue", "g#d0 on g#26", "white on dark blue", "g#30 on g#e4")
_BAR_DIM = (
    "standout",
    "light gray on dark blue",
    "g#94 on g#26",
    "light gray on dark blue",
    "g#58 on g#e4",
)
_ALERT = ("bold", "light red", "#ff8787", "dark red", "#af0000")
_ACCENT = ("", "light cyan", "#87d7ff", "dark cyan", "#005f87")
_FRESH = ("bold", "yellow", "#ffd75f", "brown", "#875f00")
_SPECIAL = ("bold", "light magenta", "#d787ff", "dark magenta", "#8700af")

_LOOKS = {
    Style.TITLE: _BOLD,
    Style.TITLE_DIM: _DIM,
    Style.RULE: ("faint", "dark gray", "g#4e", "light gray", "g#c6"),
    Style.TIME: _DIM,
    Style.TEXT: _PLAIN,
    Style.OWN: _BOLD,
    Style.ACTION: ("", "italics", "italics", "italics", "italics"),
    Style.PRIVATE: _SPECIAL,
    Style.NOTICE: ("", "dark cyan", "#87afaf", "dark cyan", "#005f5f"),
    Style.ERROR: _ALERT,
    Style.TRAFFIC: _DIM,
    Style.DAY: _DIM,
    Style.NEW: ("bold", "dark red", "#d75f5f", "dark red", "#af5f5f"),
    Style.MENTION: ("bold,standout", "bold,yellow", "bold,#ffd75f", "bold,brown", "bold,#875f00"),
    Style.LINK: (
        "underline",
        "underline,light cyan",
        "underline,#87d7ff",
        "underline,dark cyan",
        "underline,#005f87",
    ),
    Style.ROOM: _ACCENT,
    Style.CODE: ("", "light gray on black", "g#d0 on g#26", "black on light gray", "g#30 on g#e4"),
    Style.QUOTE: _DIM,
    Style.GUTTER: _FRESH,
    Style.PENDING: _DIM,
    Style.STATUS: _BAR,
    Style.STATUS_DIM: _BAR_DIM,
    Style.STATUS_NEWS: (
        "bold,standout",
        "yellow on dark blue",
        "#ffd75f on g#26",
        "yellow on dark blue",
        "bold,#875f00 on g#e4",
    ),
    Style.STATUS_ALERT: (
        "bold,standout",
        "white on dark red",
        "#ffffff on #870000",
        "white on dark red",
        "#ffffff on #af0000",
    ),
    Style.TAB: _PLAIN,
    Style.TAB_UNREAD: _ACCENT,
    Style.TAB_MENTION: _FRESH,
    Style.TAB_NUMBER: _DIM,
    Style.PROMPT: _DIM,
    Style.INPUT: _PLAIN,
    Style.HINT: _DIM,
    Style.HINT_CHOSEN: _BOLD,
    Style.CHOSEN: (
        "standout",
        "white on dark blue",
        "bold,#ffffff on g#30",
        "white on dark blue",
        "bold,#000000 on g#da",
    ),
    Style.CHOSEN_DIM: (
        "standout",
        "light gray on dark blue",
        "g#a8 on g#30",
        "light gray on dark blue",
        "g#58 on g#da",
    ),
    Style.QUESTION: _FRESH,
    Style.KEY: _BOLD,
    Style.DIM: _DIM,
}

# What differs from the looks without colours in those that leave the colours to the terminal, whatever is behind them:
# only the first eight of its 16, for in some palettes the bright ones are greys, and one is the background. Of those,
# cyan and green can be read best on anything, and blue worst.
_ANSI = {
    Style.PRIVATE: "bold,dark magenta",
    Style.NOTICE: "dark green",
    Style.ERROR: "bold,dark red",
    Style.NEW: "dark red",
    Style.MENTION: "bold,dark cyan",
    Style.LINK: "underline,dark green",
    Style.ROOM: "dark green",
    Style.GUTTER: "bold,dark cyan",
    Style.ACTION: "italics",
    Style.STATUS_ALERT: "bold,standout,dark red",
    Style.TAB_UNREAD: "dark green",
    Style.TAB_MENTION: "bold,dark cyan",
    Style.QUESTION: "bold,dark cyan",
}


def theme(name: str) -> Theme:
    """Return the theme called *name*; raise :exc:`KeyError` if there is none."""
    return THEMES[name]


def choose(requested: str, environ: Mapping[str, str]) -> Theme:
    """Return the theme *requested*, or (:data:`AUTO`) what the terminal seems to be by its *environ*."""
    if requested != AUTO:
        return theme(requested)
    if environ.get("NO_COLOR"):
        return theme("mono")
    # "foreground;background", or with something between them: 7 and 15 are the whites.
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return theme("light" if background in ("7", "15") else "dark")


def _theme(name: str, few: int, many: int) -> Theme:
    """Return the theme whose looks are in the columns *few* and *many* of the tables."""
    looks = {str(style): look for style, look in _LOOKS.items()}
    looks |= {f"name-{number}": look for number, look in enumerate(LOOKS)}
    return Theme(name, tuple(_entry(style, look[0], look[few], look[many]) for style, look in looks.items()))


def _ansi() -> Theme:
    """Return the theme that is shown in the terminal's own 16 colours, however many it has."""
    looks = {str(style): _ANSI.get(style, look[0]) for style, look in _LOOKS.items()}
    looks |= {f"name-{number}": look for number, look in enumerate(ANSI)}
    plain = {entry[0]: entry[3] for entry in _theme("mono", 0, 0).palette}
    return Theme("ansi", tuple(_entry(style, plain[style], look, look) for style, look in looks.items()))


def _entry(style: str, mono: str, few: str, many: str) -> PaletteEntry:
    """Return the line of the palette for *style*."""
    foreground, _, background = few.partition(" on ")
    high_foreground, _, high_background = many.partition(" on ")
    return style, foreground, background, mono, high_foreground, high_background


THEMES = {theme.name: theme for theme in (_theme("dark", 1, 2), _theme("light", 3, 4), _ansi(), _theme("mono", 0, 0))}
"""All themes by name, the one taken when nothing is known first."""
