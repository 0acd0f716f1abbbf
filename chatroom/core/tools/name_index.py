"""Users, members or rooms in the order of their names, kept so that a page of them needs no sorting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from chatroom.core.values.names import Key


class Keyed(Protocol):
    """A user, a member or a room, as far as an index knows them."""

    @property
    def key(self) -> Key:
        """The key of the name."""


T = TypeVar("T", bound=Keyed)


class NameIndex(Generic[T]):
    """Items in the order of their keys, which differ; an item is removed before its key changes."""

    __slots__ = ("_items", "_keys")

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._items: list[T] = []

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: Key) -> bool:
        place = bisect_left(self._keys, name)
        return place < len(self._keys) and self._keys[place] == name

    def add(self, item: T) -> None:
        """Insert *item* in its place."""
        place = bisect_left(self._keys, item.key)
        self._keys.insert(place, item.key)
        self._items.insert(place, item)

    def remove(self, item: T) -> None:
        """Remove *item*."""
        removed = self.pop(item.key)
        assert removed is item

    def pop(self, name: Key) -> T:
        """Remove the item called *name*, and return it."""
        place = bisect_left(self._keys, name)
        assert self._keys[place] == name
        del self._keys[place]
        return self._items.pop(place)

    def after(self, name: Key | None) -> Sequence[T]:
        """Return the items behind *name*, which need not be here itself; all items if it is None."""
        return self._items[bisect_right(self._keys, name) :] if name is not None else self._items
