"""The judge finds who has the name of another, and who is there at rest without being there."""

from __future__ import annotations

from tests.judging.story import SESSION, Story, pair


def test_a_name_has_one_holder(story: Story) -> None:
    story.comes("alice")
    story.comes("Alice")
    assert story.wrong() == ["connections 1 and 2 were both called alice"]


def test_a_server_that_is_cut_off_does_not_know_that_a_name_is_free(story: Story) -> None:
    alice = story.comes("alice")
    story.node = 1
    another = story.comes("alice")
    another.asks("who")
    another.answered("members", usernames=["alice"])
    # Others are told there that nothing can be done.
    alice.asks("say", room="tea", text="one")
    alice.answered("error", code="unavailable")
    assert story.wrong() == []
    alice.asks("who")
    alice.answered("members", usernames=["alice"])
    assert story.wrong() == ["connections 1 and 2 were both called alice"]


def test_a_name_is_free_when_it_was_asked_to_be_another(story: Story) -> None:
    alice = story.comes("alice")
    alice.asks("rename", username="carol")
    story.comes("alice").goes()
    alice.answered("error", code="username-taken")
    assert story.wrong() == []
    story.comes("alice")
    assert story.wrong() == ["connections 1 and 3 were both called alice"]


def test_a_name_is_free_when_its_holder_went(story: Story) -> None:
    story.comes("alice").goes()
    again = story.comes("alice")
    again.asks("quit")
    story.comes("alice").goes()
    story.comes("alice")
    story.ends()
    story.begins()
    story.comes("alice")
    assert story.wrong() == []


def test_a_person_takes_over_its_own_name(story: Story) -> None:
    story.comes("alice", SESSION)
    second = story.comes("alice", SESSION, resumed=True)
    second.asks("rename", username="carol")
    second.answered("ok")
    # The first has not read yet that it is replaced.
    story.comes("alice")
    assert story.wrong() == []


def test_a_seat_is_given_up_by_leaving(story: Story) -> None:
    alice = story.comes("alice", SESSION)
    alice.enters("tea")
    alice.leaves("tea")
    alice.goes()
    story.comes("alice", SESSION, resumed=True, rooms=["tea", "milk"])
    assert story.wrong() == [
        f"a seat in tea is held for {SESSION}, who has left it",
        f"a seat in milk is held for {SESSION}, who never joined it",
    ]


def test_at_rest_those_are_there_who_should_be(story: Story) -> None:
    alice, bob = pair(story)
    bob.goes()
    story.rests()
    alice.asks("who")
    alice.answered("members", usernames=["alice", "bob"], more=False)
    alice.asks("list")
    alice.answered("rooms", rooms=[{"room": "tea", "members": 2, "topic": "biscuits"}], more=False)
    alice.asks("who", room="tea")
    alice.answered("members", room="tea", usernames=["alice", "bob"], more=False)
    assert story.wrong() == [
        "at rest there are alice, bob online, and should be alice",
        "at rest tea is listed with 2, and 1 are in",
        "at rest connection 1 in tea knows of topic '', and it is listed with 'biscuits'",
        "at rest there are alice, bob in tea, and should be alice",
    ]


def test_at_rest_all_know_how_many_there_are(story: Story) -> None:
    alice, bob = pair(story)
    alice.gets("left", room="tea", username="bob", members=1, reason="left")
    story.rests()
    bob.asks("list")
    bob.answered("rooms", rooms=[{"room": "tea", "members": 2, "topic": ""}], more=False)
    assert story.wrong() == ["at rest connection 1 in tea knows of members 1, and it is listed with 2"]
