"""What can be clicked on a page, and what a click does there."""

from __future__ import annotations

from dataclasses import dataclass

from chatroom.client.pages.items import Item
from chatroom.client.pages.lists import ListPage
from chatroom.client.pages.lobby import LobbyPage
from chatroom.client.pages.page import Page
from chatroom.client.pages.room import RoomPage
from chatroom.wire.frames.requests import AnyRequest


@dataclass(frozen=True, slots=True)
class OnTab:
    """A *room* in the list of those that one is in."""

    room: str


@dataclass(frozen=True, slots=True)
class OnMember:
    """The name of somebody who is in the room, *username*."""

    username: str


@dataclass(frozen=True, slots=True)
class OnRow:
    """A *room* in the lobby."""

    room: str


@dataclass(frozen=True, slots=True)
class OnItem:
    """An *item* of a list."""

    item: Item


Target = OnTab | OnMember | OnRow | OnItem


def point(page: Page, target: Target) -> AnyRequest | None:
    """Do what a click on *target* means on *page*; return what to ask the server for, if anything."""
    match page, target:
        case RoomPage(), OnTab(room):
            page.go_to(room)
        case RoomPage(), OnMember(username):
            before = page.editor.text[: page.editor.cursor]
            page.type(f"{'' if before[-1:].isspace() else ' '}{username} " if before else f"{username}: ")
        case LobbyPage(), OnRow(room):
            return page.choose(room)
        case ListPage(), OnItem(item):
            return page.choose(item)
    return None
