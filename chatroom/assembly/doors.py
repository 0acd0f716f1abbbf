"""The doors of a server beside lines: TLS, and the web, as its options open them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from twisted.internet.protocol import ServerFactory
from twisted.logger import Logger

from chatroom.core.lobby import Lobby
from chatroom.core.values.accounts import Revoked, digest
from chatroom.core.values.errors import ChatError
from chatroom.core.values.limits import Limits
from chatroom.core.values.replies import Reloaded
from chatroom.fronts.doorway import SHUT
from chatroom.fronts.factory import LineFactory, RoomFactory
from chatroom.options.command_line import Options
from chatroom.services.listening.certificate import Certificate, CertificateUnusable
from chatroom.wire.frames.frames import Frames
from chatroom.wire.http.proxies import Proxies
from chatroom.wire.sniff import Way

if TYPE_CHECKING:
    from chatroom.fronts.web import WebEntrance

FOR_BROWSERS = "web:"
"""The prefix of an address where browsers come: whoever is silent there is not greeted."""


class Doors:
    """Opens the doors of *factory* as *options* say; *features* are told to pages.

    What is to be read again while the server runs is read by *reloads*. All doors have one *certificate*, if any.
    """

    log = Logger()

    def __init__(self, options: Options, factory: LineFactory, features: Sequence[str]) -> None:
        self.reloads: list[Callable[[], Reloaded]] = []
        self._options = options
        self._factory = factory
        factory.proxies = Proxies(options["trust-proxy"])
        doorway = dict(SHUT)
        self.certificate = certificate = self._named()
        if certificate:
            # Only here: it needs what the certificate has shown to be there.
            from chatroom.fronts.tls import TLSEntrance

            doorway[Way.TLS] = TLSEntrance(certificate, factory.again)
            self.reloads.append(certificate.reload)
        self._web = self._site(features, certificate)
        if self._web:
            doorway[Way.HTTP] = self._web
        factory.doorway = doorway

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on."""
        if self._web:
            self._web.limit(limits)

    def _named(self) -> Certificate | None:
        """Return the certificate for all ports, if the options name one."""
        path = self._options["certificate"]
        try:
            return None if path is None else Certificate.of_file(path)
        except CertificateUnusable as error:
            self._options.refuse("certificate", f"--certificate: {error}")

    def _site(self, features: Sequence[str], certificate: Certificate | None) -> WebEntrance | None:
        """Return the way to the web page, unless the options shut it, or what it needs is not there."""
        options, factory = self._options, self._factory
        if options["web"] == "off":
            return None
        try:
            # Only here: who has no browsers needs none of it.
            from chatroom.fronts.web import WebEntrance
            from chatroom.services.assets import Assets
            from chatroom.wire.http.origins import Origin, Origins
            from chatroom.wire.http.site import Site
            from chatroom.wire.http.tickets import Tickets
            from chatroom.wire.irc.messages import WRITES
        except ImportError as error:
            missing = f"needs more than is installed ({error}): in the folder of the sources, pip install '.[web]'"
            if options["web"] == "on":
                options.give_up(f"--web on {missing}")
            self.log.info("no web page: it {missing}", missing=missing)
            return None
        origins = Origins(
            socket.gethostname(),
            options["web-host"],
            [origin for address in options["web-origin"] if (origin := Origin.parse(address))],
            (lambda: certificate.names) if certificate else (lambda: ()),
        )
        assets, tickets = Assets(), Tickets(factory.wheel.seconds)
        self.reloads.append(assets.reload)
        site = Site(assets.found, origins, tickets, partial(_revoke, factory.lobby), WRITES)
        frames = Frames(options["name"], factory.lobby.limits, features)
        return WebEntrance(factory, site, frames, tickets)


def at_address(where: str, factory: LineFactory) -> ServerFactory:
    """Return the factory for connections that come in at *where*: by default, *factory* itself."""
    return RoomFactory(factory, greets=False) if where.startswith(FOR_BROWSERS) else factory


def _revoke(lobby: Lobby, token: str) -> None:
    """Let nobody come in by *token* any more; whoever has come stays until they go."""
    accounts = lobby.accounts
    device = accounts and accounts.device(digest(token))
    if accounts and device:

        def revoked(error: ChatError | None) -> None:
            # The browser has forgotten it already, and nobody waits for that.
            if error:
                Doors.log.warn("a browser's device could not be revoked: {why}", why=str(error))

        accounts.change([Revoked((device.number,))], revoked)
