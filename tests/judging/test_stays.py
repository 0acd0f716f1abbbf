"""The judge finds holes, repeats and wrong counts in what somebody was shown of a room."""

from __future__ import annotations

from tests.judging.story import SESSION, Story, epoch, pair


def test_what_is_shown_is_consecutive(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob)
    alice.says("tea", "two", 2)
    alice.says("tea", "three", 3, bob)
    assert story.wrong() == ["connection 2 in tea was shown 3 when 2 was next"]


def test_nothing_is_shown_twice(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1, bob, bob)
    assert story.wrong() == ["connection 2 in tea was shown 1 when 2 was next"]


def test_a_replay_begins_where_it_was_asked_for(story: Story) -> None:
    alice, _ = pair(story)
    alice.says("tea", "one", 1)
    alice.says("tea", "two", 2)
    carol = story.comes("carol")
    carol.enters("tea", after=0, epoch=epoch("tea"), seq=2, resumed=True, level=False, members=3)
    carol.shown("tea", 2, "two", "alice")
    carol.level("tea", 2, 3)
    assert story.wrong() == ["connection 3 in tea was shown 2 when 1 was next"]


def test_a_backlog_is_as_long_as_was_asked_for(story: Story) -> None:
    alice, _ = pair(story)
    alice.says("tea", "one", 1)
    alice.says("tea", "two", 2)
    carol = story.comes("carol")
    carol.enters("tea", backlog=1, seq=2, level=False, members=3)
    carol.shown("tea", 2, "two", "alice")
    carol.level("tea", 2, 3)
    assert story.wrong() == []


def test_who_can_be_resumed_is(story: Story) -> None:
    alice, _ = pair(story)
    alice.says("tea", "one", 1)
    carol = story.comes("carol")
    carol.enters("tea", after=1, epoch=epoch("tea"), backlog=0, seq=1, members=3)
    assert story.wrong() == [
        "connection 3 in tea: resumed is False after join id 2 room tea after 1",
    ]


def test_a_gap_is_of_what_is_not_kept(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1)
    bob.gets("gap", room="tea", first=1, last=1, kept=False)
    assert story.wrong() == [
        "connection 2 in tea was told of a gap from 1 to 1 as if they were not kept, and the log has them"
    ]


def test_a_gap_of_kept_messages_is_what_a_backlog_leaves_out(story: Story) -> None:
    alice, _ = pair(story)
    alice.says("tea", "one", 1)
    alice.says("tea", "two", 2)
    carol = story.comes("carol")
    for backlog in (1, 2):
        carol.enters("tea", after=0, epoch=epoch("tea"), backlog=backlog, seq=2, resumed=True, level=False, members=3)
        carol.gets("gap", room="tea", first=1, last=1, kept=True)
        carol.shown("tea", 2, "two", "alice")
        carol.level("tea", 2, 3)
        carol.leaves("tea")
    assert story.wrong() == ["connection 3 in tea was told of a gap of kept messages that it has not left out"]


def test_level_is_at_the_head(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1)
    bob.level("tea", 1, 2)
    assert story.wrong() == ["connection 2 in tea is level at 1 when 1 was next"]


def test_who_reads_on_is_told_of_nobody(story: Story) -> None:
    pair(story)
    carol = story.comes("carol")
    carol.enters("tea", members=3, level=False)
    carol.gets("renamed", room="tea", **{"from": "bob", "to": "bobby"})
    assert story.wrong() == ["connection 3 in tea was told renamed room tea from bob to bobby before it was level"]


def test_counts_fit(story: Story) -> None:
    alice, _ = pair(story)
    alice.gets("joined", room="tea", username="carol", members=4)
    assert story.wrong() == ["connection 1 in tea: carol joined, so that there should be 3, not 4"]


def test_nobody_is_counted_who_goes_because_the_server_stops(story: Story) -> None:
    alice, _ = pair(story)
    alice.gets("joined", room="tea", username="carol", members=3)
    story.ends("SIGTERM")
    alice.gets("left", room="tea", username="carol", members=1, reason="left")
    assert story.wrong() == []


def test_level_counts_those_who_are_told_of_after_it(story: Story) -> None:
    pair(story)
    carol = story.comes("carol")
    carol.enters("tea", members=3)
    carol.gets("left", room="tea", username="bob", members=3, reason="left")
    carol.gets("joined", room="tea", username="dave", members=4)
    assert story.wrong() == ["connection 3 in tea: bob left, so that there should be 2, not 3"]


def test_a_room_has_no_more_members_than_places(story: Story) -> None:
    alice, _ = pair(story)
    for members, name in enumerate(("carol", "dave", "erin"), start=3):
        alice.gets("joined", room="tea", username=name, members=members)
    assert story.wrong() == ["connection 1 in tea: 5 are in a room for 4"]


def test_who_leaves_was_shown_everything_before(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1)
    bob.leaves("tea")
    assert story.wrong() == ["connection 2 in tea was shown up to 0, and not 1, which was stored before"]


def test_who_is_replaced_while_it_leaves_may_have_missed_something(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    bob = story.comes("bob")
    bob.enters("tea", members=2)
    bob.says("tea", "one", 1)
    alice.leaves("tea")
    alice.gets("bye", reason="replaced")
    assert story.wrong() == []


def test_between_two_clocks_nothing_is_before_anything(story: Story) -> None:
    alice, bob = pair(story)
    with story.on_clock(1):
        carol = story.comes("carol")
        carol.enters("tea", members=3)
        carol.says("tea", "one", 1)
    bob.leaves("tea")
    assert story.wrong() == []
    assert alice.number == 1


def test_at_rest_everything_was_shown(story: Story) -> None:
    alice, bob = pair(story)
    alice.says("tea", "one", 1)
    story.rests()
    assert story.wrong() == ["connection 2 in tea was shown up to 0, and not 1, which was stored before"]
    assert bob.number == 2


def test_at_rest_all_is_answered_and_level(story: Story) -> None:
    alice, _ = pair(story)
    carol = story.comes("carol")
    carol.enters("tea", members=3, level=False)
    alice.asks("who")
    story.rests()
    assert story.wrong() == [
        "connection 1 has no answer to its who id 3, though all is at rest",
        "connection 3 in tea is not level though all is at rest",
    ]
