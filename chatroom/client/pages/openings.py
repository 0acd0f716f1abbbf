"""The keys that open a page over another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatroom.client.pages import commands
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.keys import Action
from chatroom.wire.requests import AnyRequest

OPENINGS: Mapping[Action, Callable[[Chat], AnyRequest | None]] = {
    Action.HELP: commands.open_help,
}
"""What opens the page that a key means, and returns what to ask the server for it."""
