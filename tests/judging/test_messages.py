"""The judge finds what was acknowledged, shown or stored otherwise than it was said."""

from __future__ import annotations

from tests.judging.story import SESSION, Story, epoch, pair, said


def test_what_was_acknowledged_is_in_the_log(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("say", room="tea", text="hello")
    alice.acknowledged("tea", 1)
    assert story.wrong() == ["'hello' of connection 1 was acknowledged as 1, and is not in the log"]


def test_the_log_has_what_was_acknowledged_there(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("say", room="tea", text="hello")
    alice.asks("say", room="tea", text="hullo")
    alice.stored("tea", "hullo", 1)
    [sentence] = story.wrong()
    assert sentence.startswith("'hello' of connection 1 was acknowledged as 1, and the log has Entry(seq=1,")


def test_a_message_is_its_speakers(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("say", room="tea", text="hello")
    story.keeps("tea", 1, "hello", "bob")
    alice.acknowledged("tea", 1)
    assert story.wrong() == ["'hello' of connection 1 is in the log as bob's, who is somebody else"]


def test_a_number_means_one_message(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "hello", 1)
    bob.shown("tea", 1, "hullo", "alice")
    [sentence] = story.wrong()
    assert sentence.startswith("number 1 was shown as Entry(seq=1,")
    assert "text='hullo') and before as " in sentence


def test_a_page_shows_what_was_shown(story: Story) -> None:
    alice, _ = pair(story)
    alice.says("tea", "hello", 1)
    alice.asks("history", room="tea")
    alice.answered("entries", room="tea", entries=[said(1, "hello", "bob")], more=False)
    [sentence] = story.wrong()
    assert sentence.startswith("number 1 was shown as Entry(seq=1,")


def test_what_was_shown_is_stored(story: Story) -> None:
    alice, bob = pair(story)
    alice.asks("say", room="tea", text="hello")
    bob.shown("tea", 1, "hello", "alice")
    [sentence] = story.wrong()
    assert sentence.endswith(" was shown, and the log of tea has nothing there")


def test_the_log_has_every_number(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "hello", 1, bob)
    alice.asks("say", room="tea", text="hi")
    story.keeps("tea", 3, "hi", "alice")
    alice.goes()
    assert story.wrong() == ["the log of tea has 3 after 1"]


def test_the_log_has_nothing_that_nobody_said(story: Story) -> None:
    pair(story)
    story.keeps("tea", 1, "hello", "alice")
    assert story.wrong() == ["the log of tea has 'hello' at 1, which was said 0 times"]


def test_a_cid_is_stored_once(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.says("tea", "hello", 1, cid="1")
    alice.says("tea", "hello", 2, cid="1")
    assert story.wrong() == [
        "the log of tea has 'hello' at 1 and 2, which was said 1 times",
        "'hello' of connection 1 was acknowledged as 2 and before as 1",
    ]


def test_a_cid_is_stored_once_though_the_first_answer_was_lost(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.asks("say", room="tea", text="hello", cid="1")
    story.keeps("tea", 1, "hello", "alice")
    story.ends()
    alice.goes("ended")
    story.begins()
    again = story.comes("alice", SESSION)
    again.enters("tea", seq=1)
    again.says("tea", "hello", 2, cid="1")
    assert story.wrong() == ["the log of tea has 'hello' at 1 and 2, which was said 1 times"]


def test_the_same_text_may_be_said_twice(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.says("tea", "hello", 1, cid="1")
    alice.says("tea", "hello", 2, cid="2")
    alice.says("tea", "hello", 3)
    assert story.wrong() == []


def test_the_ok_comes_before_the_message(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("say", room="tea", text="hello")
    alice.shown("tea", 1, "hello", "alice")
    alice.stored("tea", "hello", 1)
    assert story.wrong() == ["'hello' of connection 1 was shown as 1 before its ok"]


def test_who_sends_again_may_have_been_shown_it(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.says("tea", "hello", 1, cid="1")
    alice.goes("reset")
    again = story.comes("alice", SESSION, resumed=True, rooms=["tea"])
    again.enters("tea", after=0, epoch=epoch("tea"), seq=1, resumed=True, level=False)
    again.shown("tea", 1, "hello", "alice")
    again.level("tea", 1, 1)
    again.asks("say", room="tea", text="hello", cid="1")
    again.acknowledged("tea", 1)
    assert story.wrong() == []


def test_what_is_said_after_an_ok_has_a_larger_number(story: Story) -> None:
    alice, bob = pair(story)
    alice.asks("say", room="tea", text="first")
    alice.stored("tea", "first", 2)
    bob.asks("say", room="tea", text="second")
    bob.stored("tea", "second", 1)
    for one in (alice, bob):
        one.shown("tea", 1, "second", "bob")
        one.shown("tea", 2, "first", "alice")
    assert story.wrong() == ["'second' of connection 2 was said after 2 had been acknowledged, and is 1"]


def test_what_one_says_is_stored_in_that_order(story: Story) -> None:
    alice, _ = pair(story)
    alice.asks("say", room="tea", text="first")
    alice.asks("say", room="tea", text="second")
    alice.stored("tea", "first", 2)
    alice.stored("tea", "second", 1)
    assert story.wrong() == ["'second' of connection 1 was said after what is 2, by the same connection, and is 1"]


def test_what_was_refused_at_first_may_come_later(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.asks("say", room="tea", text="first", cid="1")
    alice.answered("error", code="not-a-member")
    alice.enters("tea")
    alice.says("tea", "second", 1, cid="2")
    alice.says("tea", "first", 2, cid="1")
    assert story.wrong() == []


def test_what_is_said_again_in_a_room_that_was_made_anew_may_get_the_number_it_had(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.says("tea", "hello", 1)
    alice.says("tea", "first", 2, cid="1")
    alice.asks("delete", room="tea")
    alice.answered("ok")
    alice.gets("deleted", room="tea", by="alice")
    story.makes_anew("tea")
    alice.enters("tea")
    alice.says("tea", "second", 1)
    alice.says("tea", "first", 2, cid="1")
    assert story.wrong() == []


def test_a_log_is_gone_only_if_it_was_deleted(story: Story) -> None:
    alice, _ = pair(story)
    story.forgets("tea")
    assert story.wrong() == [f"the log of tea is gone, of epoch {epoch('tea')}, which nobody deleted"] * 2
    alice.asks("delete", room="tea")
    story.ends()
    assert story.wrong() == []


def test_a_deleted_log_is_gone(story: Story) -> None:
    alice, bob = pair(story)
    alice.asks("delete", room="tea")
    alice.answered("ok")
    for one in (alice, bob):
        one.gets("deleted", room="tea", by="alice")
    assert story.wrong() == ["the log of tea is there, which was deleted"]


def test_what_was_said_first_is_not_known_of_two_clocks(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    bob = story.comes("bob")
    bob.enters("tea", members=2)
    with story.on_clock(1):
        again = story.comes("alice", SESSION, resumed=True, rooms=["tea"])
        again.enters("tea", members=2)
        again.asks("say", room="tea", text="first", cid="1")
        again.stored("tea", "first", 1)
    bob.says("tea", "second", 2)
    alice.asks("say", room="tea", text="first", cid="1")
    alice.acknowledged("tea", 1)
    assert [sentence for sentence in story.wrong() if "was said after" in sentence] == []


def test_after_a_loss_a_number_may_mean_two_things_until_all_are_disconnected(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "hello", 1, bob)
    story.loses("tea")
    alice.says("tea", "hullo", 1)
    bob.shown("tea", 3, "hi", "alice")
    alice.leaves("tea")
    for one in (alice, bob):
        one.gets("bye", reason="stopping")
    story.forgets("tea")
    story.rests()
    assert story.wrong() == []


def test_what_was_told_before_a_loss_is_judged(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "hello", 1)
    bob.shown("tea", 1, "hullo", "alice")
    story.loses("tea")
    story.forgets("tea")
    [sentence] = story.wrong()
    assert sentence.startswith("number 1 was shown as ")


def test_after_a_loss_nobody_goes_on_with_the_same_epoch(story: Story) -> None:
    _, bob = pair(story)
    story.loses("tea")
    bob.leaves("tea")
    bob.enters("tea", members=2)
    story.rests()
    assert story.wrong() == [
        "connection 1 in tea goes on, though something was lost",
        "connection 2 in tea goes on, though something was lost",
        "the log of tea has not begun a new epoch, though something of it was lost",
    ]
