"""Places on a screen that can be clicked."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.client.views.items import Item
from chatroom.client.views.lines import MessageLine


@dataclass(frozen=True, slots=True)
class OnTab:
    """A *room* in the list of joined rooms."""

    room: str


@dataclass(frozen=True, slots=True)
class OnMember:
    """The name of a member, *username*."""

    username: str


@dataclass(frozen=True, slots=True)
class OnLobbyRoom:
    """A *room* in the lobby."""

    room: str


@dataclass(frozen=True, slots=True)
class OnItem:
    """An *item* of a list."""

    item: Item


@dataclass(frozen=True, slots=True)
class OnSpeaker:
    """The name of who said something, *username*."""

    username: str


@dataclass(frozen=True, slots=True)
class OnMessage:
    """What was said in a *message*."""

    message: MessageLine


Target = OnTab | OnMember | OnLobbyRoom | OnItem | OnSpeaker | OnMessage
