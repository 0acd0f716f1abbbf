"""Lines that come back into the box, whatever is typed there meanwhile."""

from __future__ import annotations

import pytest

from chatroom.client.compose.editor import Editor
from chatroom.client.compose.returned_lines import ReturnedLines
from chatroom.core.values.texts import MAX_TEXT


@pytest.fixture
def editor() -> Editor:
    return Editor()


@pytest.fixture
def returned(editor: Editor) -> ReturnedLines:
    return ReturnedLines(editor)


def test_an_empty_box_has_the_line_again(editor: Editor, returned: ReturnedLines) -> None:
    assert returned.put("hello")
    assert (editor.text, editor.cursor) == ("hello", 5)


def test_what_is_typed_goes_on_below_it(editor: Editor, returned: ReturnedLines) -> None:
    editor.replace("how are you", 3)
    assert returned.put("hello")
    editor.insert("!")
    assert editor.text == "hello\nhow! are you"
    editor.undo()
    editor.undo()
    assert editor.text == "how are you"


@pytest.mark.parametrize("typed", ["", "four"])
def test_of_several_each_comes_below_the_one_before(editor: Editor, returned: ReturnedLines, typed: str) -> None:
    editor.insert(typed)
    for line in ("one", "two\nlines", "three"):
        assert returned.put(line)
    assert editor.text == "\n".join(filter(None, ("one", "two\nlines", "three", typed)))


def test_what_was_sent_since_is_not_torn_apart(editor: Editor, returned: ReturnedLines) -> None:
    returned.put("hello")
    editor.take()
    editor.insert("hello there")
    assert returned.put("again")
    assert editor.text == "again\nhello there"


@pytest.mark.parametrize(("line", "typed"), [("/me waves", "hello"), ("hello", "/kick bob"), ("x" * MAX_TEXT, "y")])
def test_what_would_become_part_of_a_command_or_too_long_stays_outside(
    editor: Editor, returned: ReturnedLines, line: str, typed: str
) -> None:
    editor.insert(typed)
    assert not returned.put(line)
    assert editor.text == typed


def test_a_command_comes_back_where_nothing_is_typed(editor: Editor, returned: ReturnedLines) -> None:
    assert returned.put("/me waves")
    assert editor.text == "/me waves"
