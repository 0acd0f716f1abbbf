"""Clicks on a screen, and their meanings."""

from __future__ import annotations

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.lists import Chooser
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnTab, Target
from chatroom.wire.frames.requests import AnyRequest


def point(screen: Screen, target: Target) -> AnyRequest | None:
    """Do what a click on *target* means on *screen*; return what to ask the server for, if anything."""
    match screen, target:
        case RoomScreen(), OnTab(room):
            screen.go_to(room)
        case RoomScreen(), OnMember(username):
            before = screen.editor.text[: screen.editor.cursor]
            screen.type(f"{'' if before[-1:].isspace() else ' '}{username} " if before else f"{username}: ")
        case LobbyScreen(), OnLobbyRoom(room):
            return screen.choose(room)
        case Chooser(), OnItem(item):
            return screen.choose(item)
    return None
