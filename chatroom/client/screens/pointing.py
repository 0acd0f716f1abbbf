"""What a click does on a page."""

from __future__ import annotations

from chatroom.client.screens.lobby import LobbyPage
from chatroom.client.screens.overlays.lists import ListPage
from chatroom.client.screens.room import RoomPage
from chatroom.client.screens.screen import Page
from chatroom.client.views.targets import OnItem, OnMember, OnRow, OnTab, Target
from chatroom.wire.requests import AnyRequest


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
