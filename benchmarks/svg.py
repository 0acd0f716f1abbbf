"""A terminal's screen as a picture in SVG: the same screen gives the same bytes, and needs no font of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from pyte.screens import Char

from tests.client.emulator import CURSOR_SHOWN, Emulator

WIDTH, HEIGHT, SIZE, BASELINE, PADDING = 8.4, 18, 14, 13.5, 12
"""Of a cell, of the letters and where they stand in it, and what surrounds all cells, in pixels."""

FONTS = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

NAMES = "black red green brown blue magenta cyan white".split()


@dataclass(frozen=True)
class Scheme:
    """The colours of a terminal: its own two, and the sixteen that programs call by number."""

    foreground: str
    background: str
    colours: tuple[str, ...]

    def colour(self, name: str, otherwise: str) -> str:
        """Return as ``#rrggbb`` what pyte calls *name*."""
        plain = name.removeprefix("bright").removeprefix("bfight")  # as pyte spells one of them
        if plain in NAMES:
            return self.colours[NAMES.index(plain) + 8 * (plain != name)]
        return otherwise if name == "default" else f"#{name}"


DARK = Scheme(
    "#d4d7dd",
    "#16181d",
    (
        *("#2b2f38", "#e5707a", "#8fc27a", "#d9b36a", "#6ea8e8", "#c58ad8", "#5fb8c2", "#c3c7cf"),
        *("#7a808c", "#ff8b94", "#a9dd92", "#f0cd86", "#8fc1ff", "#dca6ee", "#7fd6df", "#ffffff"),
    ),
)
LIGHT = Scheme(
    "#2a2d34",
    "#fbfbfa",
    (
        *("#22252b", "#b3262f", "#2e7d32", "#8a6100", "#1f5fbf", "#8a3ea6", "#0f737d", "#d8dadf"),
        *("#6d727c", "#d0343e", "#3d9442", "#a87700", "#2f77e0", "#a552c4", "#16909c", "#ffffff"),
    ),
)

LINES = {
    "─": "lr",
    "│": "ud",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "├": "rud",
    "┤": "lud",
    "┬": "lrd",
    "┴": "lru",
}
LINES |= {"┼": "lrud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "╴": "l", "╵": "u", "╶": "r", "╷": "d"}
"""Where lines go from the middle of a cell; drawn rather than written, they meet in every font."""


@dataclass(frozen=True)
class Look:
    """How a cell is drawn."""

    ink: str
    paper: str
    bold: bool
    italic: bool
    underlined: bool
    struck: bool

    def attributes(self, scheme: Scheme) -> str:
        """Return it as attributes of a text, as far as it differs from ordinary text."""
        decoration = " ".join(["underline"] * self.underlined + ["line-through"] * self.struck)
        return "".join(
            f' {name}="{value}"'
            for name, value, differs in (
                ("fill", self.ink, self.ink != scheme.foreground),
                ("font-weight", "bold", self.bold),
                ("font-style", "italic", self.italic),
                ("text-decoration", decoration, decoration),
            )
            if differs
        )


@dataclass(frozen=True)
class Cell:
    """What begins in a column: *text* over one or two cells."""

    column: int
    text: str
    wide: bool
    look: Look

    @property
    def blank(self) -> bool:
        """Whether there is nothing to write."""
        return self.text == " " and not self.look.underlined and not self.look.struck


def svg(screen: Emulator, scheme: Scheme) -> str:
    """Return a picture of *screen* in the colours of *scheme*."""
    width, height = screen.cells.columns * WIDTH + 2 * PADDING, screen.cells.lines * HEIGHT + 2 * PADDING
    drawing: list[str] = []
    for number in range(screen.cells.lines):
        cells = list(_cells(screen, number, scheme))
        drawing += [*_papers(cells, number, scheme), *_texts(cells, number, scheme), *_lines(cells, number)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}"',
            f' height="{height:g}" font-family="{FONTS}" font-size="{SIZE}" xml:space="preserve">',
            f'<rect width="100%" height="100%" rx="8" fill="{scheme.background}"/>',
            f'<g transform="translate({PADDING} {PADDING})" fill="{scheme.foreground}">',
            *drawing,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _cells(screen: Emulator, number: int, scheme: Scheme) -> Iterator[Cell]:
    columns = [*screen.row(number)]
    for (column, char), (after, _) in zip(columns, [*columns[1:], (screen.cells.columns, None)], strict=True):
        under_cursor = CURSOR_SHOWN in screen.on and screen.cursor == (number, column)
        yield Cell(column, char.data, after - column == 2, _look(char, scheme, under_cursor))


def _look(char: Char, scheme: Scheme, under_cursor: bool) -> Look:
    ink, paper = scheme.colour(char.fg, scheme.foreground), scheme.colour(char.bg, scheme.background)
    if char.reverse != under_cursor:
        ink, paper = paper, ink
    return Look(ink, paper, char.bold, char.italics, char.underscore, char.strikethrough)


def _papers(cells: list[Cell], number: int, scheme: Scheme) -> Iterator[str]:
    for paper, group in groupby(cells, lambda cell: cell.look.paper):
        same = list(group)
        if paper != scheme.background:
            columns = same[-1].column + 1 + same[-1].wide - same[0].column
            x, width = same[0].column * WIDTH, columns * WIDTH
            yield f'<rect x="{x:g}" y="{number * HEIGHT}" width="{width:g}" height="{HEIGHT}" fill="{paper}"/>'


def _texts(cells: list[Cell], number: int, scheme: Scheme) -> Iterator[str]:
    y = number * HEIGHT + BASELINE
    for run in _runs(cells):
        columns = run[-1].column + 1 + run[-1].wide - run[0].column
        # A font whose letters have another width is pulled to the cells.
        length = f' textLength="{columns * WIDTH:g}"' if len(run) > 1 else ""
        text = escape("".join(cell.text for cell in run))
        yield f'<text x="{run[0].column * WIDTH:g}" y="{y:g}"{length}{run[0].look.attributes(scheme)}>{text}</text>'


def _runs(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Yield runs of cells that look the same, as far as a wide one, a line, or two blanks."""
    run: list[Cell] = []
    for cell in cells:
        alone = cell.wide or cell.text in LINES
        if run and (alone or cell.look != run[-1].look or (cell.blank and run[-1].blank)):
            yield run[:-1] if run[-1].blank else run
            run = []
        if cell.wide:
            yield [cell]
        elif cell.text not in LINES and (run or not cell.blank):
            run.append(cell)
    if run:
        yield run[:-1] if run[-1].blank else run


def _lines(cells: list[Cell], number: int) -> Iterator[str]:
    drawn = [cell for cell in cells if cell.text in LINES]
    for ink, group in groupby(drawn, lambda cell: cell.look.ink):
        path = "".join(_strokes(cell, number) for cell in group)
        yield f'<path d="{path}" stroke="{ink}"/>'


def _strokes(cell: Cell, number: int) -> str:
    x, y = (cell.column + 0.5) * WIDTH, (number + 0.5) * HEIGHT
    ways = {
        "l": f"H{x - WIDTH / 2:g}",
        "r": f"H{x + WIDTH / 2:g}",
        "u": f"V{y - HEIGHT / 2:g}",
        "d": f"V{y + HEIGHT / 2:g}",
    }
    return "".join(f"M{x:g} {y:g}{ways[way]}" for way in LINES[cell.text])
