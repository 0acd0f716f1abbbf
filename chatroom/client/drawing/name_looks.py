"""The looks of names: a colour for each hue, on dark and on light backgrounds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chatroom.client.views.hues import first_choice, folded

# Columns as in the themes: without colours; dark with 16 colours and with many; light likewise. With many, all are
# equally light (in OKLCH 0.78 on dark, 0.45 on light), as colourful as screens can show, and 22.5 degrees apart.
LOOKS = (
    ("", "light red", "#fe93a4", "dark red", "#9c113f"),  # rose
    ("", "light red", "#fe9883", "light red", "#9c1d07"),  # red
    ("", "brown", "#fb9d59", "brown", "#824104"),  # orange
    ("", "brown", "#e9ab3f", "brown", "#714e04"),  # amber
    ("", "yellow", "#ccb93e", "brown", "#615604"),  # gold
    ("", "light green", "#a8c559", "dark green", "#4c5e04"),  # lime
    ("", "light green", "#7acf7e", "dark green", "#05681a"),  # green
    ("", "dark green", "#42d4a5", "dark green", "#05654c"),  # jade
    ("", "dark cyan", "#17d2ca", "dark cyan", "#05635f"),  # teal
    ("", "light cyan", "#17cde9", "dark cyan", "#056070"),  # cyan
    ("", "light cyan", "#57c4fe", "dark blue", "#055c83"),  # sky
    ("", "light blue", "#8ab9fe", "dark blue", "#0850ab"),  # blue
    ("", "light blue", "#a9affe", "light blue", "#4841af"),  # indigo
    ("", "dark magenta", "#c8a2fe", "dark magenta", "#70309b"),  # violet
    ("", "light magenta", "#e497e8", "dark magenta", "#812688"),  # purple
    ("", "light magenta", "#f891c8", "light magenta", "#911a69"),  # pink
)
"""The looks of names by the numbers of their hues."""

# In the terminal's own colours, of which six can be read on any background, in two weights.
ANSI = (
    "dark red",
    "bold,dark red",
    "brown",
    "bold,brown",
    "brown",
    "dark green",
    "bold,dark green",
    "dark green",
    "dark cyan",
    "bold,dark cyan",
    "dark cyan",
    "default",
    "bold,default",
    "dark magenta",
    "bold,dark magenta",
    "dark magenta",
)
"""The same for the theme that leaves the colours to the terminal."""

_NONE: Mapping[str, int] = MappingProxyType({})


def name_style(name: str, hues: Mapping[str, int] = _NONE) -> str:
    """Return the style of *name*: by its hue among *hues*, or that of its first choice."""
    hue = hues.get(folded(name))
    return f"name-{first_choice(name) if hue is None else hue}"
