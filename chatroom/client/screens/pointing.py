"""Clicks on a screen, and their meanings."""

from __future__ import annotations

from chatroom.client.screens.lobby import LobbyScreen
from chatroom.client.screens.overlays.lists import Chooser
from chatroom.client.screens.overlays.menu import MenuScreen, address, open_message, open_person
from chatroom.client.screens.overlays.messages import AnswerScreen, MessageScreen
from chatroom.client.screens.room import RoomScreen
from chatroom.client.screens.screen import Screen
from chatroom.client.views.targets import OnItem, OnLobbyRoom, OnMember, OnMessage, OnSpeaker, OnTab, Target
from chatroom.wire.frames.requests import AnyRequest


def point(screen: Screen, target: Target | None, *, menu: bool = False) -> AnyRequest | None:
    """Do what a click on *target* means on *screen*; return what to ask the server for, if anything.

    It may be one that asks for the *menu* of what stands there.
    """
    if isinstance(screen, AnswerScreen) and isinstance(target, OnMessage):
        screen.answer(target.message)
        return None
    if isinstance(screen, MenuScreen | MessageScreen) and not isinstance(target, OnItem):
        # Beside a menu, or on something else that has one.
        screen.close()
        screen = screen.under
    match screen, target:
        case RoomScreen(), OnTab(room):
            screen.go_to(room)
        case RoomScreen(), OnMember(username) if not menu:
            address(screen, username)
        case RoomScreen(), OnMember(username) | OnSpeaker(username):
            open_person(screen, screen.conversation, username)
        case RoomScreen(), OnMessage(message):
            open_message(screen, screen.conversation, message)
        case LobbyScreen(), OnLobbyRoom(room):
            return screen.choose(room)
        case Chooser(), OnItem(item):
            return screen.choose(item)
    return None
