"""What a store can't keep costs nobody else anything, in whatever log."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from twisted.logger import LogEvent

from chatroom.core.values.errors import StorageFailed
from tests.logs.scribe import Scribe, message, texts

UNFIT = [{"cid": "a\0"}, {"cid": "\ud800"}, {"text": "a\0"}, {"re": 2**64}, {"session": "no bytes"}]
"""What no front lets in, and not every store can keep."""


@pytest.mark.parametrize("about", UNFIT, ids=repr)
def test_one_message_that_can_t_be_stored_costs_no_other(
    scribe: Scribe, about: dict[str, Any], nothing_logged: list[LogEvent]
) -> None:
    tea, milk = scribe.opened("tea"), scribe.opened("milk")
    bad = message(about.pop("text", "bad"), **about)
    answers = dict[str, object]()
    for name, room, said in (
        ("one", tea, message("one")),
        ("two", milk, message("two")),
        ("bad", tea, bad),
        ("three", tea, message("three", cid="good")),
        ("four", milk, message("four")),
    ):
        scribe.change(room.log, said, partial(answers.__setitem__, name))
    topic = scribe.topic(milk.log, "Milk")
    scribe.until(lambda: len(answers) == 5)
    refused = isinstance(answers["bad"], StorageFailed)
    assert answers == {
        "one": 1,
        "two": 1,
        "bad": answers["bad"] if refused else 2,
        "three": 2 if refused else 3,
        "four": 2,
    }
    assert not isinstance(topic, StorageFailed)
    # Nobody takes it for trouble of the store's, and what comes next is stored.
    assert not refused or getattr(scribe.log, "trouble", lambda: None)() is None
    assert scribe.say(tea.log, "five") == [3 if refused else 4]
    assert [text for text in texts(scribe.read(tea.log)) if text != bad.text] == ["one", "three", "five"]
    assert texts(scribe.read(milk.log)) == ["two", "four"]
    # It is a defect of ours.
    assert len(nothing_logged) <= refused
    nothing_logged.clear()
