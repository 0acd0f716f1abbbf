"""The first screen: a small box in the middle, which asks for a name, or the password that belongs to it."""

from __future__ import annotations

from chatroom.client.drawing.columns import cut, width
from chatroom.client.drawing.input_line import input_rows
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.sentences import wrapped
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import Connectivity, UsernameView

_WIDTH = 60
_SENTENCE = "Choose a name: the others will see it."


def welcome(view: UsernameView, columns: int, height: int, keys: Bindings) -> tuple[list[Row], tuple[int, int]]:
    """Return the rows of the screen, and where in them the cursor is."""
    outer = min(_WIDTH, columns - 2)
    inner = outer - 8
    typed, (x, y) = input_rows(view.input, inner, 1)
    notice = wrapped(view.notice, inner)[:3]
    blank: Row = ()
    title: Row = ((Style.TITLE, "chatroom"), (Style.TITLE_DIM, cut(f" · {view.server}", inner - 8)))
    asked: list[Row] = [((Style.TEXT, text),) for text in wrapped(view.why, inner)[:4]]
    inside = [title, blank, *(asked or [((Style.TEXT, cut(_SENTENCE, inner)),)]), blank, *typed]
    line = len(inside) - 1 + y
    # The keys stand where a notice will, so that the box does not grow with it.
    inside += [blank, *(((Style.ERROR, text),) for text in notice)]
    if not notice:
        does = "tries at once" if view.status.connectivity is Connectivity.LOST else "goes in"
        leaves = "goes back" if view.why else "leaves"
        hint = f"{keys.label(Action.SUBMIT)} {does} · {keys.label(Action.CANCEL)} {leaves}"
        inside.append(((Style.DIM, cut(hint, inner)),))
    left, top = (columns - outer) // 2, 1
    if height >= len(inside) + 4:
        inside, line = [blank, *inside, blank], line + 1
    if height >= len(inside) + 2:
        rows = _boxed(inside, inner, left)
        line += 1
    else:
        # What is above the input goes first.
        spare = max(min(len(inside) - height, line), 0)
        rows = [((None, " " * (left + 4)), *row) for row in inside[spare:]]
        line -= spare
    top = (height - len(rows)) // 2 if height > len(rows) else 0
    return [blank] * top + rows, (left + 4 + x, top + line)


def question(view: UsernameView, columns: int) -> list[Row]:
    """Return what is asked, or what was wrong with the answer, for a terminal that holds no more."""
    if notice := view.notice or view.status.news:
        return [((Style.ERROR, text),) for text in wrapped(notice, columns)]
    return [((Style.TEXT, text),) for text in wrapped(view.why or _SENTENCE, columns)]


def _boxed(inside: list[Row], columns: int, left: int) -> list[Row]:
    """Return the rows *inside* with a thin line around them."""
    margin: Segment = (None, " " * left)
    sides = columns + 6
    rows: list[Row] = [(margin, (Style.RULE, f"╭{'─' * sides}╮"))]
    for row in inside:
        space = " " * (columns - sum(width(text) for _, text in row))
        rows.append((margin, (Style.RULE, "│   "), *row, (None, space), (Style.RULE, "   │")))
    return [*rows, (margin, (Style.RULE, f"╰{'─' * sides}╯"))]
