"""Operators ask all nodes, whatever becomes of these: they are answered once, and when all is calm they see all."""

from __future__ import annotations

from random import Random

from twisted.logger import LogEvent
from typing_extensions import override

from chatroom.core.values.replies import ConnectionList, Reloaded
from chatroom.fronts.hand import ConnectionsInHand
from chatroom.logs.nodes.calls import WAIT
from chatroom.logs.nodes.directory import NodeDirectory
from chatroom.logs.nodes.hand import HandOverNodes
from tests.simulation.chat import Chat, NodeHouse

CHATS = 30
STEPS = 60
TRIES = 30


class OperatedChat(Chat):
    """A chat whose operators ask now and then who is there, at any node."""

    def __init__(self, chance: Random) -> None:
        self._hands: dict[NodeHouse, HandOverNodes] = {}
        self.asked: list[tuple[NodeHouse, list[ConnectionList]]] = []
        super().__init__(chance, chance.randint(2, 4), chance.randint(2, 6))

    @override
    def _happen(self) -> None:
        if self.chance.random() < 0.05:
            self.ask(self.chance.choice(self.houses))
        super()._happen()

    def ask(self, house: NodeHouse) -> list[ConnectionList]:
        """Ask at *house* who is there; return where the answer comes."""
        found: list[ConnectionList] = []
        self.asked.append((house, found))
        for each in self.houses:
            self._hand(each)
        self._hand(house).connections("", 0, found.append)
        return found

    def see_all(self, house: NodeHouse) -> ConnectionList:
        """Ask at *house* until all have answered: calls may be lost also when all is calm."""
        for _ in range(TRIES):
            found = self.ask(house)
            self.settle(WAIT + 0.5)
            [page] = found
            if not page.missing:
                return page
        raise AssertionError("some do not answer")

    def _hand(self, house: NodeHouse) -> HandOverNodes:
        if house not in self._hands:
            directory = house.lobby.directory
            assert isinstance(directory, NodeDirectory)
            here = ConnectionsInHand(house.lobby, lambda: tuple(house.factory.connections), reload=Reloaded)
            self._hands[house] = HandOverNodes(here, directory.calls)
        return self._hands[house]


def test_operators_are_answered_once_and_see_all_when_all_is_calm(nothing_logged: list[LogEvent]) -> None:
    missing = 0
    for seed in range(CHATS):
        chat = OperatedChat(Random(seed))
        chat.live(STEPS, trouble=0.04, loss=0.01, waits=0.01)
        chat.heal()
        for house, pages in chat.asked:
            # Of a node that was killed nobody hears anything.
            assert len(pages) == 1 or (house not in chat.houses and not pages)
            for page in pages:
                numbers = [each.connection for each in page.connections]
                assert numbers == sorted(set(numbers))
                missing += len(page.missing)
        there = sorted(each.username for house in chat.houses for each in house.factory.connections if not each.closing)
        for page in map(chat.see_all, chat.houses):
            assert sorted(each.username or "" for each in page.connections) == there
            assert len({each.node for each in page.connections}) <= len(chat.houses)
    # That engines are away was meant.
    nothing_logged.clear()
    assert missing
