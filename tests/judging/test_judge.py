"""The judge finds nothing in a history without a breach, and what is out of order in one with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.judging.history import load, written
from tests.judging.judge import excerpt, judge
from tests.judging.story import Story, moment, pair, said


def test_a_history_without_a_breach(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "hello", 1, bob)
    bob.says("tea", "hi", 2, alice, cid="1")
    alice.asks("topic", room="tea", topic="biscuits")
    alice.answered("ok")
    for one in (alice, bob):
        one.gets("topic-changed", room="tea", topic="biscuits", by="alice")
    bob.asks("rename", username="bobby")
    bob.answered("ok")
    for one in (alice, bob):
        one.gets("renamed", room="tea", **{"from": "bob", "to": "bobby"})
    bob.leaves("tea")
    alice.gets("left", room="tea", username="bobby", members=1, reason="left")
    alice.asks("history", room="tea", limit=1)
    alice.answered("entries", room="tea", entries=[said(2, "hi", "bob")], more=True)
    story.rests()
    bob.asks("who")
    bob.answered("members", usernames=["alice", "bobby"], more=False)
    bob.asks("list")
    bob.answered("rooms", rooms=[{"room": "tea", "members": 1, "topic": "biscuits"}], more=False)
    bob.asks("who", room="tea")
    bob.answered("members", room="tea", usernames=["alice"], more=False)
    assert story.wrong() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["carol", "dave"], ["dave", "carol"]),
        (["carol", "dave"], ["carol"]),
        (["carol"], []),
    ],
)
def test_all_are_told_in_one_order(story: Story, first: list[str], second: list[str]) -> None:
    alice, bob = pair(story)
    alice.says("tea", "before", 1, bob)
    for one, names in ((alice, first), (bob, second)):
        for name in names:
            one.gets("renamed", room="tea", **{"from": name, "to": f"{name}2"})
    alice.says("tea", "after", 2, bob)
    for one in (alice, bob):
        one.gets("renamed", room="tea", **{"from": "erin", "to": "erin2"})
    [sentence] = story.wrong()
    assert sentence.startswith("after 1, connection 1 in tea was told renamed room tea from carol to carol2")


def test_who_fell_behind_was_told_less(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "before", 1, bob)
    alice.gets("renamed", room="tea", **{"from": "carol", "to": "carol2"})
    alice.says("tea", "after", 2, bob)
    bob.level("tea", 2, 2)
    for one in (alice, bob):
        one.gets("renamed", room="tea", **{"from": "erin", "to": "erin2"})
    assert story.wrong() == []


def test_nobody_is_told_of_its_own_coming(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "before", 1, bob)
    bob.leaves("tea")
    alice.gets("left", room="tea", username="bob", members=1, reason="left")
    bob.enters("tea", seq=1, members=2)
    alice.gets("joined", room="tea", username="bob", members=2)
    alice.says("tea", "after", 2, bob)
    for one in (alice, bob):
        one.gets("topic-changed", room="tea", topic="biscuits", by="alice")
    assert story.wrong() == []


def test_replies_come_in_the_order_of_the_requests(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("who")
    second = alice.asks("ping")
    alice.answered("pong", id=second)
    alice.answered("members", usernames=["alice", "bob"], more=False)
    assert story.wrong() == ["connection 1 was answered pong id 4 before its who id 3, which it had asked before"]


def test_a_request_has_one_reply(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("ping")
    alice.answered("pong")
    alice.gets("pong", id=3)
    assert story.wrong() == ["connection 1 was sent pong id 3 for no request of its own"]


def test_nothing_comes_from_a_place_that_was_left(story: Story) -> None:
    alice, bob = pair(story)
    bob.leaves("tea")
    alice.says("tea", "one", 1, bob)
    bob.gets("level", room="tea", seq=1, members=1, topic="")
    assert story.wrong() == [
        "connection 2 was sent said room tea seq 1 from alice text one, and is not in that room",
        "connection 2 was sent level room tea seq 1 members 1, and is not in that room",
    ]


def test_no_page_comes_from_a_place_that_was_left(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob)
    bob.leaves("tea")
    bob.asks("history", room="tea")
    bob.answered("entries", room="tea", entries=[said(1, "one", "alice")], more=False)
    assert story.wrong() == ["connection 2 was answered entries id 4 room tea, and is not in tea"]


def test_a_page_may_be_on_its_way_when_its_room_is_deleted(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob)
    bob.asks("history", room="tea")
    alice.asks("delete", room="tea")
    bob.gets("deleted", room="tea", by="alice")
    bob.answered("entries", room="tea", entries=[said(1, "one", "alice")], more=False)
    story.forgets("tea")
    assert story.wrong() == []


def test_a_history_is_read_as_it_was_written(story: Story, tmp_path: Path) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob)
    bob.goes()
    story.ends()
    story.begins()
    story.rests()
    path = tmp_path / "history.jsonl"
    path.write_text(written([*story.notes, *story.logs()]), encoding="utf-8")
    assert load(path) == (story.notes, story.logs())


def test_what_matters_is_what_its_connections_did_before(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob)
    alice.says("tea", "two", 2)
    alice.says("tea", "three", 3, bob)
    [violation] = judge(story.notes, story.logs())
    lines = excerpt(story.notes, violation)
    assert lines[-1].startswith("* ")
    assert lines[-1].endswith("connection 2 < said room tea seq 3 from alice text three")
    assert not any("connection 1" in line for line in lines)
    assert moment(3) not in lines[-1]
