"""The rows above and below a view: its title, and the bar that says how things are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from chatroom.client.drawing.columns import cut, width
from chatroom.client.drawing.lines.layout import styled
from chatroom.client.drawing.lines.passages import looks
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.text.safe import safe
from chatroom.client.views.view import Connectivity, Status

SLOW = 2.0
"""Seconds above which an answer is slow."""

SILENT = 2
"""Seconds from which on it is the answer that is missing, and not its speed that matters."""

_THERE, _HALF, _GONE = "●", "◐", "○"
"""Signs for a server that answers, one that may not, and none."""

_BETWEEN = " · "

MOUSE_HINT = "mouse on, Shift+drag marks text"


def title(name: str, about: str, right: str, columns: int) -> Row:
    """Return the first row: the *name* of the screen, what it is *about*, and on the *right* how much there is."""
    left: list[Segment] = [(Style.TITLE, name)]
    if about:
        left.append((Style.TITLE_DIM, about))
    row = sides(left, [(Style.TITLE_DIM, right)], columns, Style.TITLE_DIM)
    return tuple(piece for segment in row for piece in _linked(segment))


def _linked(segment: Segment) -> Iterable[Segment]:
    """Return *segment*, of which links look as they do in what is said."""
    style, text = segment
    return styled(text, 0, len(text), looks(text, style, ())) if style == Style.TITLE_DIM else [segment]


def rule(columns: int, joints: Sequence[int], joint: str = "┬") -> Row:
    """Return a thin line, with which others meet at the *joints*: from below, or as *joint* has it."""
    return ((Style.RULE, "".join(joint if column in joints else "─" for column in range(columns))),)


def status(
    state: Status,
    where: str,
    elsewhere: Sequence[Segment],
    news: str,
    columns: int,
    keys: Bindings,
    *,
    mouse: bool = False,
) -> Row:
    """Return the bar above the input: on the left how things are, and on the right what waits for the user.

    That is the user, their whereabouts (*where*) and the connection; and *news* of what is shown, news *elsewhere*, and
    what is not shown. While the client has the *mouse*, a hint says how text is marked.
    """
    left: list[Segment] = [(Style.STATUS, text) for text in (state.username, where) if text]
    left += _connection(state)
    left += _told((Style.STATUS_NEWS, state.restraint), (Style.STATUS_DIM, MOUSE_HINT if mouse else ""))
    key = keys.label(Action.SHOW_TRAFFIC)
    hidden = f"{state.hidden} hidden{f', {key} shows' if key else ''}" if state.hidden else ""
    right = [
        *_told(
            (Style.STATUS_NEWS, f"{state.unsent} waiting" if state.unsent else ""),
            (Style.STATUS_NEWS, state.remark),
            (Style.STATUS_NEWS, news),
        ),
        *elsewhere,
        *_told((Style.STATUS_DIM, state.reports), (Style.STATUS_DIM, hidden)),
    ]
    return sides(left, right, columns, Style.STATUS)


def lag(seconds: float) -> str:
    """Write how long the server takes to answer."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _told(*parts: Segment) -> list[Segment]:
    """Return those of *parts* that say something."""
    return [part for part in parts if part[1]]


def _connection(state: Status) -> list[Segment]:
    """Return what is to be said about the connection: a sign that is always there, and what is known of it."""
    match state.connectivity:
        case Connectivity.ONLINE if state.silence >= SILENT:
            return [(Style.STATUS_NEWS, f"{_HALF} no answer for {state.silence} s")]
        case Connectivity.ONLINE:
            slow = state.lag is not None and state.lag > SLOW
            answers = "" if state.lag is None else f" {lag(max(state.lag, state.silence))}"
            sign = (Style.STATUS_NEWS, f"{_HALF}{answers}") if slow else (Style.STATUS_DIM, f"{_THERE}{answers}")
            return [sign, *_told((Style.STATUS_DIM, state.news))]
        case Connectivity.CONNECTING:
            return [(Style.STATUS_DIM, f"{_HALF} {state.news or 'connecting …'}")]
        case Connectivity.NONE:
            # Nothing is wrong: there is no connection before there is a name.
            return _told((Style.STATUS_DIM, state.news))
        case Connectivity.LOST | Connectivity.AWAY:
            return [(Style.STATUS_ALERT, f"{_GONE} {state.news or 'not connected'}")]
    assert_never(state.connectivity)


def sides(left: Sequence[Segment], right: Sequence[Segment], columns: int, style: Style) -> Row:
    """Return a row in *style* with the parts of *left* and those on the *right*, a column from the edges.

    The right ones have what the left ones leave, or half of the row; of them as many are shown as fit.
    """
    needed = sum(width(text) for _, text in left) + len(_BETWEEN) * len(left)
    end = _fitting(right, max(columns - 2 - needed, columns // 2), style, whole=True)
    room = columns - 2 - sum(width(text) for _, text in end) - bool(end)
    start = _fitting(left, room, style)
    blank = columns - 2 - sum(width(text) for _, text in (*start, *end))
    return ((style, " "), *start, (style, " " * blank), *end, (style, " "))


def _fitting(parts: Sequence[Segment], room: int, style: Style, *, whole: bool = False) -> list[Segment]:
    """Return as many of *parts* as there is *room* for, with dots between them in *style*.

    The last may be cut, or only the first, if the others are to be *whole*.
    """
    row: list[Segment] = []
    for part_style, part in parts:
        between = _BETWEEN if row else ""
        text = cut(part, room - len(between))
        if not text or (whole and row and text != safe(part)):
            break
        row += [*_told((style, between)), (part_style, text)]
        room -= len(between) + width(text)
    return row
