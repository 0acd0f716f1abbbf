"""A bot that pours tea, whatever is lost: ``python docs/examples/urn.py localhost 8080 tea``, then say ``!cup``."""

from __future__ import annotations

import sys

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.task import react

from chatroom.client.connection import Connection, Frame, Refused
from chatroom.wire.answers import Said
from chatroom.wire.requests import Create

host, port, room = sys.argv[1:]


async def main(reactor: ReactorBase) -> None:
    """Pour tea until the program is stopped."""
    cups = 0

    def hear(frame: Frame) -> None:
        nonlocal cups
        match frame:
            case Said(text="!cup", from_=who):
                cups += 1
                bot.say(room, f"Cup {cups} is yours, {who}.")

    bot = Connection(reactor, HostnameEndpoint(reactor, host, int(port)), heard=hear)
    await bot.login("urn")
    try:
        await bot.join(room, backlog=0)
    except Refused:
        await bot.request(Create(room=room))
    await Deferred()


react(lambda reactor: Deferred.fromCoroutine(main(reactor)))
