"""A roll: what has a name, in the order of the names, kept so that a page of it needs no sorting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from chatroom.core.values.names import Key


class Named(Protocol):
    """Whatever has a name: a user or a room."""

    @property
    def key(self) -> Key:
        """The form in which its name is compared."""


T = TypeVar("T", bound=Named)


class NameIndex(Generic[T]):
    """Items in the order of their keys, which differ; an item is removed before its key changes."""

    __slots__ = ("_items", "_keys")

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._items: list[T] = []

    def add(self, item: T) -> None:
        """Enter *item* in its place."""
        place = bisect_left(self._keys, item.key)
        self._keys.insert(place, item.key)
        self._items.insert(place, item)

    def remove(self, item: T) -> None:
        """Strike *item* out."""
        place = bisect_left(self._keys, item.key)
        assert self._items[place] is item
        del self._keys[place], self._items[place]

    def clear(self) -> None:
        """Strike everything out."""
        self._keys.clear()
        self._items.clear()

    def after(self, name: Key | None) -> Sequence[T]:
        """Return the items behind *name*, whether that is here or not; all without one."""
        return self._items[bisect_right(self._keys, name) :] if name is not None else self._items
