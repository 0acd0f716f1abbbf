"""A configuration file to start with: it lists everything, all of it commented out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap

from chatroom.client.config.file import COLORS, HOOKS, KEYS, PEOPLE, shown, usual
from chatroom.client.config.options import Parser, default, purpose, sentence
from chatroom.client.drawing.styles import COLOURS, SETTINGS, written
from chatroom.client.drawing.themes import THEMES, Theme
from chatroom.client.keys.actions import KEYS as TABLE
from chatroom.client.keys.actions import label
from chatroom.client.keys.bindings import DEFAULT, name, unsaid
from chatroom.client.model.alerts import EVENTS
from chatroom.client.views.hues import HUES

_WIDTH = 78


def sample(parser: Parser, theme: Theme) -> str:
    """Return a file with all options of *parser*, all keys, and the styles of *theme*, each as it is without a file."""
    return "\n".join([*_head(), *_options(parser), *_keys(), *_styles(theme), *_hues(), *_hooks()]) + "\n"


def _head() -> Iterator[str]:
    yield from _remark(
        f"What chatroom-urwid shall do otherwise; it looks for this in {shown(usual())}. "
        "A line that begins with # and a space explains; one that begins with # and a name is as it is anyway: "
        "take the # away and change it. What is given on the command line counts more than what stands here."
    )


def _options(parser: Parser) -> Iterator[str]:
    for called, option in parser.options.items():
        yield ""
        choices = f"; one of {', '.join(map(str, option.choices))}" if option.choices else ""
        yield from _remark(sentence(purpose(option) + choices))
        yield _setting(called, default(option))


def _keys() -> Iterator[str]:
    yield from ("", "")
    yield from _remark(
        'Keys: one in quotes, as "alt-x" or "f5", several in brackets, as ["ctrl-n", "alt-down"], or none, as "". '
        "A key that is bound here means nothing else any more."
    )
    yield f"[{KEYS}]"
    group = ""
    for row in TABLE:
        if row.group != group:
            yield from ("", *_remark(f"{row.group}:"))
            group = row.group
        yield from _remark(sentence(row.purpose or unsaid(row.action)))
        keys = [label(key) for key in DEFAULT.keys(row.action)]
        yield _setting(name(row.action), keys[0] if len(keys) == 1 else keys)


def _styles(theme: Theme) -> Iterator[str]:
    # Without colours there are none to write down.
    theme = THEMES["dark"] if theme.name == "mono" else theme
    yield from ("", "")
    yield from _remark(
        f'Colours, here those of the theme {theme.name}; they count in all but mono. A look is written like "bold, '
        f"yellow on dark blue\"; what is left out is the terminal's own. There are the settings {', '.join(SETTINGS)}, "
        f"and the colours {', '.join(COLOURS)}; a terminal with more has #rrggbb too. "
        "name-0 to name-15 are those of people's names, in the order of the hues below."
    )
    yield f"[{COLORS}]"
    for style, look in written(theme).items():
        yield _setting(style, look.replace(",", ", "))


def _hues() -> Iterator[str]:
    yield from ("", "")
    yield from _remark(
        'Hues of people, as in bob = "orange"; all others have one that is free. '
        f"There are {', '.join(HUES)}; their numbers, from 0 on, will do too."
    )
    yield f"[{PEOPLE}]"


def _hooks() -> Iterator[str]:
    yield from ("", "")
    yield from _remark(
        "Programs that are told what concerns you, by a line of JSON on their standard input. "
        "A command has its words; no shell reads it."
    )
    yield f"[{HOOKS}]"
    for event in EVENTS:
        yield _setting(event, "")


def _remark(text: str) -> Iterator[str]:
    for line in wrap(text, _WIDTH):
        yield f"# {line}"


def _setting(called: str, value: object) -> str:
    return f"#{called} = {json.dumps(value, ensure_ascii=False)}"
