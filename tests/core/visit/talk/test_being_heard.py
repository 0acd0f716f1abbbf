"""Who may not speak is not heard: by no way that there is are others shown a text of theirs."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.commands import (
    Command,
    Confide,
    Configure,
    Create,
    Describe,
    Disconnect,
    Impose,
    Join,
    Kick,
    Leave,
    List,
    Notify,
    Quit,
    Redact,
    Rename,
    Report,
    Resolve,
    Say,
    Tag,
    Tell,
    Topic,
)
from chatroom.core.values.events import Left
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Tuning
from chatroom.core.visit.rules import RULES
from tests.core.scenes import ALICE, BOB, CAROL, POND, TEA, gather, kinds
from tests.fakes import Person, World

WAYS: dict[str, Command] = {
    "say": Say(TEA, "psst"),
    "action": Say(TEA, "psst", "action"),
    "topic": Topic(TEA, "psst"),
    "tag": Tag(TEA, (("+psst", "psst"),)),
    "leave": Leave(TEA, text="psst"),
    "leave everywhere": Leave(TEA, everywhere=True, text="psst"),
    "quit": Quit("psst"),
    "away": Describe(away="psst"),
    "realname": Describe(realname="psst"),
    "rename": Rename(Username("psst")),
    "redact": Redact(TEA, 1, reason="psst"),
}
"""All by which others in a room are shown a text of somebody, who is alice here."""

ANYWHERE: dict[str, Command] = {
    "tell": Tell(CAROL, "psst"),
    "tag": Tag(None, (("+psst", "psst"),), CAROL),
    "room": Create(RoomName("psst")),
    "topic of a room": Create(POND, "psst"),
    "room by its name": Join(RoomName("psst"), create=True),
}
"""All by which others are shown one elsewhere."""


def muted(alice: Person, bob: Person) -> None:
    bob.do(Impose("mute", TEA, ALICE))


def muted_by_a_mask(alice: Person, bob: Person) -> None:
    bob.do(Impose("mute", TEA, None, mask="alice!*@*"))


def muted_everywhere(alice: Person, bob: Person) -> None:
    alice.world.operator().do(Impose("mute", None, ALICE))


def locked_out(alice: Person, bob: Person) -> None:
    bob.do(Configure(TEA, Tuning(locked=True)))


def too_fast(alice: Person, bob: Person) -> None:
    bob.do(Configure(TEA, Tuning(slow=3600)))
    alice.do(Say(TEA, "two"))


RESTRAINTS = (muted, muted_by_a_mask, muted_everywhere, locked_out, too_fast)
AT_ANY_PACE = ("tag", "rename")


NOT_SAID: dict[type[Command], str] = {
    Confide: "for those who moderate: also from a room that is locked",
    Report: "likewise",
    Resolve: "by those who moderate, for them",
    Notify: "by operators",
    Disconnect: "by operators, for whom it is about",
    Kick: "by those who moderate: see below",
    Impose: "likewise",
}
"""Commands with a text that may be one of somebody who may not speak, and why."""


def three() -> tuple[Person, Person, Person]:
    """Return alice, who has said something, bob, whose room it is, and carol."""
    world = World()
    world.lobby.restore(())
    world.settle()
    bob, alice, carol = gather(world, "bob", "alice", "carol")
    carol.connection.tags = True
    alice.do(Say(TEA, "one"))
    return alice, bob, carol


def is_heard(alice: Person, carol: Person, command: Command) -> bool:
    """Tell whether carol is shown what alice says by *command*."""
    carol.see()
    alice.do(command)
    # What is new in the list of rooms is told once a second.
    alice.world.settle(1.1)
    return "psst" in repr(carol.see())


class HeardTests(SynchronousTestCase):
    def test_who_may_speak_is_heard(self) -> None:
        for way, command in WAYS.items():
            alice, _, carol = three()
            assert is_heard(alice, carol, command), way

    def test_who_may_not_is_not_heard_in_the_room(self) -> None:
        for way, command in WAYS.items():
            for restrain in RESTRAINTS:
                alice, bob, carol = three()
                restrain(alice, bob)
                may = restrain is too_fast and way in AT_ANY_PACE
                assert is_heard(alice, carol, command) == may, (way, restrain.__name__)

    def test_who_may_speak_nowhere_is_not_heard_elsewhere(self) -> None:
        for way, command in ANYWHERE.items():
            for restrained in (False, True):
                alice, bob, carol = three()
                carol.do(List(watch=True))
                if restrained:
                    muted_everywhere(alice, bob)
                assert is_heard(alice, carol, command) != restrained, way

    def test_who_moderates_and_may_speak_nowhere_says_nothing_by_it(self) -> None:
        alice, bob, carol = three()
        alice.world.operator().do(Impose("mute", None, BOB))
        carol.see()
        bob.do(Impose("ban", TEA, ALICE, reason="psst"))
        bob.do(Redact(TEA, 1, reason="psst"))
        seen = carol.see()
        assert kinds(seen) == ["Left", "Redacted"]
        assert "psst" not in repr(seen)
        bob.do(Kick(TEA, CAROL, "psst"))
        assert "psst" not in repr(carol.see())

    def test_who_has_a_role_is_heard_in_a_locked_room(self) -> None:
        alice, bob, carol = three()
        locked_out(alice, bob)
        carol.see()
        bob.do(Describe(away="psst"))
        bob.do(Leave(TEA, text="so long"))
        described, left = carol.see()
        assert "psst" in repr(described)
        assert isinstance(left, Left)
        assert left.note == "so long"

    def test_what_is_heard_in_one_room_is_not_in_another(self) -> None:
        alice, bob, carol = three()
        dora = alice.world.enter("dora")
        dora.do(Create(POND))
        alice.do(Join(POND))
        locked_out(alice, bob)
        for person in (alice, carol, dora):
            person.see()
        assert kinds(alice.do(Describe(away="psst"))) == ["Ok", "Described"]
        assert "psst" in repr(dora.see())
        assert carol.see() == []
        alice.do(Describe(away=""))
        assert kinds(carol.see()) == ["Described"]
        dora.see()
        alice.do(Quit("psst"))
        assert [each.note for each in dora.see() if isinstance(each, Left)] == ["psst"]
        assert [each.note for each in carol.see() if isinstance(each, Left)] == [""]

    def test_a_note_counts_where_a_room_is_slow(self) -> None:
        alice, bob, carol = three()
        bob.do(Configure(TEA, Tuning(slow=3600)))
        carol.see()
        for text in ("one", "two"):
            alice.do(Leave(TEA, text=text))
            alice.do(Join(TEA))
        assert [each.note for each in carol.see() if isinstance(each, Left)] == ["one", ""]
        assert alice.refused(Say(TEA, "three")) == "slow-mode"

    def test_each_command_with_a_text_is_among_these(self) -> None:
        said = {type(each) for each in (*WAYS.values(), *ANYWHERE.values())}
        assert not said & NOT_SAID.keys()
        texts = {"text", "topic", "reason", "note", "tags", "away", "realname"}
        assert {each for each in RULES if texts & set(each.__struct_fields__)} <= said | NOT_SAID.keys()
