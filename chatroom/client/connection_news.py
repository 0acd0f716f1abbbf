"""How the connection is, in words."""

from __future__ import annotations

from chatroom.client import states
from chatroom.client.keys.actions import Action
from chatroom.client.model.chat import Chat
from chatroom.client.views.view import Connectivity

SOON = 2
"""Seconds for connecting to a server before the user is told how long it has not answered."""


def tell_connection(chat: Chat, state: states.State, *, now: float, silence: int) -> None:
    """Let *chat* say how the connection is, *now* that it is in this *state*, after so many seconds of *silence*."""
    match state:
        case states.Waiting(retry_at, reason):
            seconds = max(1, round(retry_at - now))
            if chat.username:
                key = chat.keys.label(Action.RETRY)
                when = f"in {seconds} s{f', {key} at once' if key else ''}"
                chat.connection_changed(Connectivity.LOST, f"back {when} ({reason})")
            else:
                chat.connection_changed(Connectivity.LOST, f"{reason}; trying again in {seconds} s")
        case states.Connecting():
            told = f"connecting, no answer for {silence} s" if silence > SOON else "connecting …"
            chat.connection_changed(Connectivity.CONNECTING, told)
        case states.Away(reason):
            key = chat.keys.label(Action.RETRY)
            again = f", {key} comes in again" if key else ""
            chat.connection_changed(Connectivity.AWAY, f"Not connected{again} ({reason})")
