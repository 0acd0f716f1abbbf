"""The rows above and below a view: its title, and the bar that says how things are."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.client.drawing.columns import cut, width
from chatroom.client.drawing.rows import Row, Segment
from chatroom.client.drawing.themes import Style
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import Connectivity, Status

SLOW = 2.0
"""Seconds above which an answer is slow."""

SILENT = 2
"""Seconds from which on it is the answer that is missing, and not its speed that matters."""

MOUSE_HINT = "mouse on, Shift+drag marks text"


def title(name: str, about: str, right: str, columns: int) -> Row:
    """Return the first row: the *name* of the screen, what it is *about*, and on the *right* how much there is."""
    left: list[Segment] = [(Style.TITLE, name)]
    if about:
        left.append((Style.TITLE_DIM, about))
    return sides(left, (Style.TITLE_DIM, right), columns, Style.TITLE_DIM)


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
    """Return the bar above the input: the user, the room, the connection; and on the right the *news*.

    News *elsewhere* give way to all of that. While the client has the *mouse*, a hint says how text is marked.
    """
    news = " · ".join(text for text in (state.remark, news) if text)
    left: list[Segment] = [(Style.STATUS, text) for text in (state.username, where) if text]
    hint: list[Segment] = [(Style.STATUS_DIM, MOUSE_HINT)] if mouse else []
    restraint: list[Segment] = [(Style.STATUS_NEWS, state.restraint)] if state.restraint else []
    reports: list[Segment] = [(Style.STATUS_DIM, state.reports)] if state.reports else []
    left += [*restraint, *_connection(state, keys), *reports, *hint, *elsewhere]
    return sides(left, (Style.STATUS_NEWS, news), columns, Style.STATUS)


def lag(seconds: float) -> str:
    """Write how long the server takes to answer."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _connection(state: Status, keys: Bindings) -> list[Segment]:
    """Return what is to be said about the connection and what is not shown, if anything."""
    parts: list[Segment] = []
    match state.connectivity:
        case Connectivity.ONLINE:
            if state.silence >= SILENT:
                parts.append((Style.STATUS_NEWS, f"no answer for {state.silence} s"))
            elif state.lag is not None:
                style = Style.STATUS_NEWS if state.lag > SLOW else Style.STATUS_DIM
                parts.append((style, lag(max(state.lag, state.silence))))
            if state.news:
                parts.append((Style.STATUS_DIM, state.news))
        case Connectivity.CONNECTING:
            parts.append((Style.STATUS_DIM, state.news or "connecting …"))
        case Connectivity.NONE:
            # Nothing is wrong: there is no connection before there is a name.
            if state.news:
                parts.append((Style.STATUS_DIM, state.news))
        case Connectivity.LOST:
            parts.append((Style.STATUS_ALERT, state.news or "Connection lost"))
        case Connectivity.AWAY:
            parts.append((Style.STATUS_ALERT, state.news or "not connected"))
    if state.unsent:
        parts.append((Style.STATUS_NEWS, f"{state.unsent} waiting"))
    if state.hidden:
        key = keys.label(Action.SHOW_TRAFFIC)
        parts.append((Style.STATUS_DIM, f"{state.hidden} hidden{f', {key} shows' if key else ''}"))
    return parts


def sides(left: list[Segment], right: Segment, columns: int, style: Style) -> Row:
    """Return a row in *style* with the parts of *left* and that on the *right*, a column from the edges."""
    look, news = right
    end = f" {cut(news, columns // 2)} " if news else " "
    room = columns - 1 - width(end)
    row: list[Segment] = [(style, " ")]
    for number, (part_style, part) in enumerate(left):
        separator = " · " if number else ""
        text = cut(part, room - len(separator))
        if not text:
            break
        row += [(style, separator), (part_style, text)]
        room -= len(separator) + width(text)
    return (*row, (style, " " * room), (look, end))
