"""The way to the server, with TLS or without."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from zope.interface import implementer

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@implementer(IStreamClientEndpoint)
class _PlainEndpoint:
    """What connects without TLS: its module, and all that comes with it, is not needed for the first page."""

    def __init__(self, reactor: ReactorBase, host: str, port: int) -> None:
        self._where = reactor, host, port

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect to the server."""
        from twisted.internet.endpoints import HostnameEndpoint

        connected: Deferred[IProtocol] = HostnameEndpoint(*self._where).connect(factory)
        return connected


def endpoint_of(reactor: ReactorBase, options: argparse.Namespace) -> IStreamClientEndpoint:
    """Return what connects to the server that *options* name.

    :raises ImportError: if there is no TLS here.
    :raises OSError: if the certificates can't be read.
    :raises ValueError: if they are none.
    """
    plain = _PlainEndpoint(reactor, options.host, options.port)
    if not (options.tls or options.ca):
        return plain
    from OpenSSL.crypto import Error
    from twisted.internet.endpoints import wrapClientTLS
    from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

    trust = None
    if options.ca:
        try:
            found = [Certificate.loadPEM(pem) for pem in _PEM.findall(Path(options.ca).read_bytes())]
        except Error:
            found = []
        if not found:
            raise ValueError("there is no certificate in PEM in it")
        trust = trustRootFromCertificates(found)
    return wrapClientTLS(optionsForClientTLS(options.host, trustRoot=trust), plain)
