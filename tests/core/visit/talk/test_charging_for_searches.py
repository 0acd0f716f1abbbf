"""Searches are charged for the log's work, whatever their results are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typing_extensions import override

from chatroom.core.ports import FoundUnread, LogId, Page, Searched, WantedUnread
from chatroom.core.values.authors import Author
from chatroom.core.values.commands import ListUnread, Search
from chatroom.core.values.errors import SearchTooLong, StorageFailed
from tests.core.scenes import TEA, affordable, gather, kinds
from tests.fakes import ForwardingLog, World


class AnsweringLog(ForwardingLog):
    """A log that answers each search by *answer*."""

    def __init__(self, answer: Searched) -> None:
        super().__init__()
        self._answer = answer

    @override
    def search(
        self,
        log: LogId,
        query: str,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        got(self._answer)

    @override
    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        assert not isinstance(self._answer.result, Page)
        got(FoundUnread(self._answer.result, self._answer.seconds))


@pytest.mark.parametrize("result", [Page([], more=False), SearchTooLong(), StorageFailed()], ids=type)
@pytest.mark.parametrize(("seconds", "tokens"), [(0.019, 1), (0.02, 2), (0.3, 16)])
def test_a_search_costs_a_token_more_for_each_20_ms(
    result: Page | SearchTooLong | StorageFailed, seconds: float, tokens: int
) -> None:
    [alice] = gather(World(log=AnsweringLog(Searched(result, seconds)), burst=30), "alice")
    alice.world.settle(100)
    alice.ask(Search(TEA, "milk"))
    assert affordable(alice) == 30 - tokens


@pytest.mark.parametrize("result", [SearchTooLong(), StorageFailed()], ids=type)
@pytest.mark.parametrize(("seconds", "tokens"), [(0.019, 1), (0.3, 16)])
def test_so_does_a_look_for_what_is_unread(result: SearchTooLong | StorageFailed, seconds: float, tokens: int) -> None:
    [alice] = gather(World(log=AnsweringLog(Searched(result, seconds)), burst=30, follows=True), "alice")
    alice.world.settle(100)
    alice.ask(ListUnread())
    assert affordable(alice) == 30 - tokens


def test_who_asked_for_too_much_is_told_what_to_do_and_stays() -> None:
    [alice] = gather(World(log=AnsweringLog(Searched(SearchTooLong(), 1)), burst=0), "alice")
    assert alice.refused(Search(TEA, "milk")) == "unavailable"
    assert kinds(alice.do(Search(TEA, "milk"))) == ["Refused"]
    assert "look for longer or rarer words" in str(SearchTooLong())
