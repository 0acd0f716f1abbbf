"""A connection to the port of a room is let into it without asking, and comes back there like anywhere."""

from __future__ import annotations

from chatroom.client.connection import Connection, Incoming, Outside
from chatroom.core.values.names import RoomName
from chatroom.wire.frames.answers import Entered, Error, Joined, Said
from tests.client.cables import FakeEndpoint
from tests.client.caller import SESSION, ConnectionCase, entered, error, said
from tests.fronts.house import House, frame

TEA = RoomName("tea")


class LetInTests(ConnectionCase):
    """The server is played by the test."""

    def test_it_tells_of_the_room_and_of_what_is_said_there(self) -> None:
        self.be_online()
        self.cable.give(entered(seq=3), said(4))
        assert isinstance(self.heard[0], Entered)
        assert self.seqs() == [4]

    def test_it_comes_back_to_where_it_was_and_hears_nothing_twice(self) -> None:
        self.be_online()
        self.cable.give(entered(seq=3), said(4))
        self.cable.lose()
        [join] = self.come_back()
        assert {"room": "tea", "after": 4, "epoch": "e1"}.items() <= join.items()
        self.heard.clear()
        # The server lets it in at once, before it reads what it was asked.
        self.cable.give(entered(seq=6), said(7))
        assert self.heard == []
        self.cable.give(entered(id=join["id"], seq=7, resumed=True), said(5), said(6), said(7), said(8))
        assert self.seqs() == [5, 6, 7, 8]

    def test_who_is_shut_out_when_it_comes_back_is_told(self) -> None:
        self.be_online()
        self.cable.give(entered())
        self.cable.lose()
        [join] = self.come_back()
        self.cable.give(error("no-such-room", room="tea"), error("no-such-room", room="tea", id=join["id"]))
        assert [type(heard) for heard in self.heard[-2:]] == [Error, Outside]

    def test_a_room_that_is_full_is_no_reason_why_the_connection_was_lost(self) -> None:
        self.be_online()
        self.cable.give(error("room-full", room="tea"))
        self.cable.lose()
        assert "full" not in repr(self.states[-1])
        self.come_back()
        self.cable.give(error("line-too-long"))
        self.cable.lose()
        assert "That is line-too-long." in repr(self.states[-1])


class WholeHouseTests(ConnectionCase):
    """The server is a real one, in memory."""

    def test_nothing_is_missed_or_heard_twice_when_the_connection_is_lost(self) -> None:
        house = House()
        alice = house.program("alice")
        alice.ask({"type": "create", "room": "tea"})
        heard: list[Incoming] = []
        endpoint = FakeEndpoint(house.clock, house, TEA)
        connection = Connection(house.clock, endpoint, heard=heard.append, session=SESSION, random=lambda _, most: most)

        def carry() -> None:
            for _ in range(5):
                endpoint.carry_there()
                endpoint.carry_back()

        connection.login("bob")
        for seconds in (1, 31):
            carry()
            alice.send(frame(type="say", room="tea", text="heard"))
            carry()
            endpoint.cables[-1].lose()
            alice.send(frame(type="say", room="tea", text="missed"))
            # After 30 it is a stranger to the server.
            house.settle(seconds)
            carry()
            alice.send(frame(type="say", room="tea", text="heard again"))
            carry()
        assert [event.text for event in heard if isinstance(event, Said)] == ["heard", "missed", "heard again"] * 2
        assert not [event for event in heard if isinstance(event, Error | Outside)]
        assert [type(event) for event in heard].count(Joined) == 0
