"""A bot that pours tea, whatever is lost: ``python docs/examples/urn.py localhost 8080 tea``, then say ``!cup``."""

from __future__ import annotations

import sys

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.task import react

from chatroom.client.connection import Connection, Disconnected, Incoming, Refused
from chatroom.wire.frames.answers import Said
from chatroom.wire.frames.requests import Create


async def main(reactor: ReactorBase, host: str, port: str, room: str) -> None:
    """Pour tea until the program is stopped."""
    cups = 0

    def hear(frame: Incoming) -> None:
        nonlocal cups
        match frame:
            case Said(text="!cup", from_=who):
                cups += 1
                bot.say(room, f"Cup {cups} is yours, {who}.")

    bot = Connection(reactor, HostnameEndpoint(reactor, host, int(port)), heard=hear)
    try:
        await bot.login("urn")
    except (Refused, Disconnected) as why:
        sys.exit(f"The urn stays cold: {why}")
    try:
        await bot.join(room, backlog=0)
    except Refused:
        await bot.request(Create(room=room))
    await Deferred()


react(main, sys.argv[1:])
