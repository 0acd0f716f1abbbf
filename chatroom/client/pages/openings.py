"""The keys that open a page over another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatroom.client.pages import commands
from chatroom.client.pages.catchup import open_catchup
from chatroom.client.pages.chat import Chat
from chatroom.client.pages.keys import Action
from chatroom.client.pages.mentions import open_mentions
from chatroom.client.pages.search import open_search
from chatroom.wire.requests import AnyRequest

OPENINGS: Mapping[Action, Callable[[Chat], AnyRequest | None]] = {
    Action.HELP: commands.open_help,
    Action.CATCHUP: open_catchup,
    Action.SEARCH: open_search,
    Action.MENTIONS: open_mentions,
}
"""What opens the page that a key means, and returns what to ask the server for it."""
