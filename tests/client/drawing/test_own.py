"""What somebody wants otherwise, as it is seen: keys of one's own, and how wide the text may be."""

from __future__ import annotations

from dataclasses import replace

from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import Bindings
from chatroom.client.views.view import View
from tests.client.drawing.reading import a_room, said, texts
from tests.client.drawing.test_widget import LOBBY, USERNAME

BINDINGS = Bindings(
    {Action.SUBMIT: ["f9"], Action.HELP: ["f3"], Action.CREATE: [], Action.CANCEL: ["ctrl g"], Action.END: ["meta $"]}
)


def drawn(view: View, columns: int = 100, height: int = 20) -> str:
    """Return what is seen of *view* by somebody with other keys."""
    widget = ViewWidget(BINDINGS)
    widget.show(view)
    return "\n".join(texts(widget.render((columns, height))))


def test_hints_name_the_keys_that_one_has() -> None:
    assert "F9 goes in · Ctrl+g leaves" in drawn(USERNAME)
    assert "Type to filter · F9 join · F3 keys · Alt+Delete delete your own" in drawn(LOBBY)
    assert "Press F9 to open it." in drawn(replace(LOBBY, rooms=(), chosen=None))
    assert "press F9 to open one." in drawn(replace(LOBBY, rooms=(), chosen=None, total=0))


def what_is_new(bindings: Bindings) -> str:
    """Return what is told of it to somebody who reads further up."""
    view = a_room(*(said(number) for number in range(1, 101)))
    widget = ViewWidget(bindings)
    widget.show(view)
    widget.render((79, 12))
    widget.scroll("page_up")
    widget.show(replace(view, arrived=2))
    return texts(widget.render((79, 12)))[-2]


def test_the_way_to_what_is_new_is_told_by_the_key_that_goes_there() -> None:
    assert what_is_new(BINDINGS).endswith("2 new, Alt+$ to jump")
    assert what_is_new(Bindings({Action.END: []})).endswith("2 new, Ctrl+End to jump")
    assert what_is_new(Bindings({Action.END: [], Action.BOTTOM: []})).endswith("2 new")


def test_the_text_is_as_wide_as_one_wants_and_all_else_as_the_screen() -> None:
    widget = ViewWidget(text=40)
    widget.show(replace(a_room(said(1, "word " * 20)), members=("alice", "bob")))
    rows = texts(widget.render((160, 12)))

    text = [row.split("│")[1] for row in rows if "word" in row]
    assert [row.count("word") for row in text] == [8, 8, 4]
    assert rows[0].endswith("3 people")
    assert len(rows[0]) == 159
    assert [row for row in rows if row.endswith("│ alice")]
