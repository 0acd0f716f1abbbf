"""Items over another screen, of which one is chosen: mostly the lines of a list."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from typing_extensions import override

from chatroom.client.keys.actions import ROOMS, Action
from chatroom.client.screens.overlays.overlay import Overlay, TypedOverlay
from chatroom.client.screens.screen import Screen
from chatroom.client.views.items import Choice, Day, FoundMessage, Item, RoomItem
from chatroom.client.views.view import ListView
from chatroom.wire.frames.requests import AnyRequest

_FEW, _PAGE, _ALL = 3, 10, 10**6

STEPS: Mapping[Action, int] = {
    Action.UP: -1,
    Action.DOWN: 1,
    Action.LINE_UP: -_FEW,
    Action.LINE_DOWN: _FEW,
    Action.PAGE_UP: -_PAGE,
    Action.PAGE_DOWN: _PAGE,
    Action.TOP: -_ALL,
    Action.BOTTOM: _ALL,
}
"""Steps of the keys through the lines that can be chosen."""

ELSEWHERE = frozenset(
    (
        *ROOMS,
        Action.NEXT_ACTIVE,
        Action.LAST_ROOM,
        Action.LOBBY,
        Action.HELP,
        Action.CATCHUP,
        Action.SEARCH,
        Action.MENTIONS,
        Action.LINKS,
        Action.ANSWER,
        Action.CHOOSE_MESSAGE,
        Action.CHOOSE_PERSON,
    )
)
"""Actions that lead away from a list as from the screen under it, or to another list."""

CLOSE = (Action.CANCEL, "back")
"""The key that closes a list, and what is said of it."""


class Chooser(Overlay):
    """Something over a screen of which one item is chosen: the arrows go through them, and Enter goes to one.

    *own* is the key that opens it, and closes it too. Typing closes it, and goes into the line under it.
    """

    own: ClassVar[Action | None] = None

    def __init__(self, under: Screen, chosen: Item | None = None) -> None:
        super().__init__(under)
        self._chosen = chosen

    @abstractmethod
    def items(self) -> Sequence[Item]:
        """Return all items, in order."""

    @abstractmethod
    def go(self, item: Item) -> AnyRequest | None:
        """Go to what *item* tells; return what to ask for."""

    def can_choose(self, item: Item) -> bool:
        """Say whether *item* can be chosen."""
        return not isinstance(item, Day)

    def further(self) -> AnyRequest | None:
        """Ask for what comes behind the last line."""
        return None

    def chosen(self, items: Sequence[Item]) -> int | None:
        """Return which of *items* is chosen: it stays the same, wherever that moves, or is the first."""
        places = [number for number, item in enumerate(items) if self.can_choose(item)]
        same = (number for number in places if self._chosen and _known(items[number]) == _known(self._chosen))
        return next(same, next(iter(places), None))

    def choose(self, item: Item) -> AnyRequest | None:
        """Choose *item*; go there if it was chosen already."""
        self.chat.remark = ""
        if self._chosen and _known(item) == _known(self._chosen):
            self.close()
            return self.go(item)
        if self.can_choose(item):
            self._chosen = item
        return None

    @override
    def type(self, text: str) -> None:
        self.close()
        self.under.type(text)

    @override
    def act(self, action: Action) -> AnyRequest | None:
        self.chat.remark = ""
        if action in (Action.CANCEL, Action.INTERRUPT, self.own):
            self.close()
        elif action is Action.SUBMIT:
            items = self.items()
            if (number := self.chosen(items)) is not None:
                self.close()
                return self.go(items[number])
        elif step := STEPS.get(action):
            return self._move(step)
        elif action in ELSEWHERE:
            self.close()
            return self.under.act(action)
        return None

    def _move(self, step: int) -> AnyRequest | None:
        items = self.items()
        number = self.chosen(items)
        if number is None:
            return self.further()
        places = [place for place, item in enumerate(items) if self.can_choose(item)]
        place = min(max(places.index(number) + step, 0), len(places) - 1)
        self._chosen = items[places[place]]
        return self.further() if place == len(places) - 1 else None


class ListScreen(Chooser):
    """A list that takes the place of the screen under it."""

    @property
    def waiting(self) -> bool:
        """Whether the server has not answered yet."""
        return False

    @abstractmethod
    @override
    def view(self) -> ListView:
        """Return what is to be seen."""


GOES = frozenset((*STEPS, *ELSEWHERE, Action.CANCEL, Action.INTERRUPT, Action.SUBMIT))
"""Actions that go through a list or out of it, where all other keys are for a line that is typed."""


class TypedListScreen(TypedOverlay, ListScreen):
    """A list of what is typed in a line of its own."""

    @override
    def act(self, action: Action) -> AnyRequest | None:
        return super().act(action) if action in GOES else Screen.act(self, action)


def _known(item: Item) -> tuple[str, int]:
    """Return that by which *item* is known when it comes again."""
    match item:
        case FoundMessage():
            return item.place, item.message.seq
        case RoomItem():
            return item.room, 0
        case Choice():
            return item.words, 0
    return "", 0


def by_day(found: Iterable[FoundMessage]) -> Iterator[Item]:
    """Give *found* with its day above the messages of each day."""
    day = None
    for item in found:
        if item.message.at.date() != day:
            day = item.message.at.date()
            yield Day(day)
        yield item
