"""Small histories, written by hand: what connections ask and are sent, one line for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Literal

from tests.judging.history import (
    Asked,
    Began,
    Came,
    Ended,
    Entry,
    Frame,
    Log,
    Lost,
    Note,
    Received,
    Rested,
    Went,
    key,
)
from tests.judging.judge import judge

SESSION = "s" * 22


class Story:
    """A history to be, and the logs that are left of it."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.life = 1
        self.clock = 0
        self.node = 0
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._made_anew: Counter[str] = Counter()
        self._ticks = count()
        self._numbers = count(1)

    def comes(
        self, name: str, session: str | None = None, *, resumed: bool = False, rooms: list[str] | None = None
    ) -> Actor:
        """Let somebody connect and log in."""
        actor = self.connects()
        actor.asks("login", username=name, **({"session": session} if session else {}))
        actor.name = name
        actor.answered("welcome", username=name, resumed=resumed, rooms=rooms or [])
        return actor

    def connects(self) -> Actor:
        """Let somebody connect who asks for nothing yet."""
        actor = Actor(self, next(self._numbers))
        self.notes.append(
            Came(node=self.node, life=self.life, clock=self.clock, at=self.tick(), connection=actor.number)
        )
        return actor

    def keeps(self, room: str, seq: int, text: str, speaker: str) -> None:
        """Let the log have a message."""
        self._entries[key(room)].append(Entry(seq, moment(seq), speaker, text))

    def forgets(self, room: str) -> None:
        """Let the log of *room* be gone."""
        self._entries.pop(key(room), None)

    def makes_anew(self, room: str) -> None:
        """Let *room* have another log from now on."""
        self.forgets(room)
        self._made_anew[key(room)] += 1

    def epoch(self, room: str) -> str:
        """Return the epoch of *room* as it is now."""
        return epoch(room) + " made anew" * self._made_anew[key(room)]

    def ends(self, how: str = "SIGKILL") -> None:
        """End the server."""
        self.notes.append(Ended(life=self.life, clock=self.clock, at=self.tick(), how=how))

    def begins(self) -> None:
        """Start the server again."""
        self.life += 1
        self.notes.append(Began(life=self.life, clock=self.clock, at=self.tick()))

    def loses(self, room: str) -> None:
        """Let a standby be promoted that lacks something of *room* that was told."""
        self.notes.append(Lost(life=self.life, clock=self.clock, at=self.tick(), epochs=(self.epoch(room),)))

    def rests(self) -> None:
        """Let all be at rest."""
        self.notes.append(Rested(life=self.life, clock=self.clock, at=self.tick()))

    def tick(self) -> float:
        """Return the next moment."""
        return float(next(self._ticks))

    def logs(self) -> list[Log]:
        """Return what is left."""
        return [
            Log(room=room, epoch=self.epoch(room), entries=tuple(sorted(entries, key=lambda one: one.seq)))
            for room, entries in self._entries.items()
        ]

    def wrong(self) -> list[str]:
        """Return what the judge says."""
        losses = any(isinstance(note, Lost) for note in self.notes)
        return [violation.sentence for violation in judge(self.notes, self.logs(), losses=losses)]

    @contextmanager
    def on_clock(self, clock: int) -> Iterator[None]:
        """Note what follows by another clock."""
        before, self.clock = self.clock, clock
        yield
        self.clock = before


class Actor:
    """A connection of a story; requests are answered in the order in which they were asked."""

    def __init__(self, story: Story, number: int) -> None:
        self.story = story
        self.number = number
        self.node = story.node
        self.name = ""
        self._ids = count(1)
        self._waiting: list[int] = []

    def asks(self, type: str, **fields: object) -> int:
        """Ask for something, and return its id."""
        id = next(self._ids)
        self._waiting.append(id)
        self._note(Asked, {"type": type, "id": id, **fields})
        return id

    def answered(self, type: str, *, id: int | None = None, **fields: object) -> None:
        """Get the reply to the oldest request, or to that with *id*."""
        id = self._waiting[0] if id is None else id
        self._waiting.remove(id)
        self._note(Received, {"type": type, "id": id, **fields})

    def gets(self, type: str, **fields: object) -> None:
        """Be sent an event."""
        self._note(Received, {"type": type, **fields})

    def enters(
        self, room: str, *, seq: int = 0, members: int = 1, level: bool = True, resumed: bool = False, **fields: object
    ) -> None:
        """Join *room*, and be level there where nothing is to be read."""
        self.asks("join", room=room, **fields)
        self.entered(room, seq=seq, members=members, resumed=resumed)
        if level:
            self.level(room, seq, members)

    def entered(self, room: str, *, seq: int = 0, members: int = 1, resumed: bool = False) -> None:
        """Get the reply to a join."""
        # A room is in the logs as soon as somebody is in it.
        self.story._entries[key(room)]
        self.answered(
            "entered",
            room=room,
            epoch=self.story.epoch(room),
            seq=seq,
            members=members,
            capacity=4,
            topic="",
            resumed=resumed,
        )

    def level(self, room: str, seq: int, members: int, topic: str = "") -> None:
        """Have read all there is."""
        self.gets("level", room=room, seq=seq, members=members, topic=topic)

    def says(self, room: str, text: str, seq: int, *others: Actor, cid: str | None = None) -> None:
        """Say something that is stored, acknowledged, and shown to it and *others*."""
        self.asks("say", room=room, text=text, **({"cid": cid} if cid else {}))
        self.stored(room, text, seq)
        for one in (self, *others):
            one.shown(room, seq, text, self.name)

    def stored(self, room: str, text: str, seq: int) -> None:
        """Get the acknowledgement of what the log has now."""
        self.story.keeps(room, seq, text, self.name)
        self.acknowledged(room, seq)

    def acknowledged(self, room: str, seq: int) -> None:
        """Get an `ok` to a say."""
        self.answered("ok", room=room, seq=seq, at=moment(seq))

    def shown(self, room: str, seq: int, text: str, speaker: str) -> None:
        """Be shown a message."""
        self.gets("said", room=room, **said(seq, text, speaker))

    def leaves(self, room: str) -> None:
        """Leave *room*."""
        self.asks("leave", room=room)
        self.answered("ok")

    def goes(self, how: Literal["finished", "closed", "reset", "ended"] = "closed") -> None:
        """Be gone."""
        story = self.story
        story.notes.append(Went(life=story.life, clock=story.clock, at=story.tick(), connection=self.number, how=how))

    def _note(self, kind: type[Asked | Received], frame: Frame) -> None:
        story = self.story
        story.notes.append(
            kind(
                node=self.node, life=story.life, clock=story.clock, at=story.tick(), connection=self.number, frame=frame
            )
        )


def pair(story: Story) -> tuple[Actor, Actor]:
    """Let alice and bob be in tea."""
    alice = story.comes("alice")
    alice.enters("tea")
    bob = story.comes("bob")
    bob.enters("tea", members=2)
    alice.gets("joined", room="tea", username="bob", members=2)
    return alice, bob


def said(seq: int, text: str, speaker: str) -> Frame:
    """Return the fields of a message."""
    return {"seq": seq, "at": moment(seq), "from": speaker, "text": text}


def epoch(room: str) -> str:
    """Return the first epoch of *room*."""
    return f"epoch of {key(room)}"


def moment(seq: int) -> str:
    """Return when the message of that number was said."""
    return f"2026-11-20T12:00:{seq:02}.000Z"
