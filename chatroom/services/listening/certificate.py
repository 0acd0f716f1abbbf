"""The certificate of an ``ssl:`` endpoint, or of the option for it, reloaded while the server runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from twisted.internet.endpoints import quoteStringArgument, serverFromString
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator, IProtocolFactory
from twisted.internet.protocol import Factory
from zope.interface import implementer

from chatroom.core.values.replies import Reloaded
from chatroom.services.listening.endpoints import PART
from chatroom.services.secret_files import warn_of_readers
from chatroom.wire.sniff import HTTP

BROWSERS = frozenset((HTTP, b"h2"))
"""What browsers offer to speak inside of TLS."""

if TYPE_CHECKING:
    from OpenSSL.crypto import X509
    from OpenSSL.SSL import Connection, Context
    from twisted.internet.ssl import CertificateOptions
    from twisted.protocols.tls import TLSMemoryBIOProtocol

_FILES = ("privateKey", "certKey", "extraCertChain", "dhParameters")
_OTHERS = ("port", "interface", "backlog")

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class CertificateUnusable(ValueError):
    """The files for TLS can't be read, or do not fit together; the message is for a person."""


@implementer(IOpenSSLServerConnectionCreator)
class Certificate:
    """A certificate with its key, as *settings* say; new connections get the one that was read last.

    *name* is where the operator has named it. Its files stay those of the start, wherever the server goes to work.

    :raises CertificateUnusable: if the files are not there, or are of no use.
    """

    def __init__(self, name: str, settings: Mapping[str, str]) -> None:
        self.name = name
        self._settings = settings
        self._options = _read(settings)
        warn_of_readers(Path(settings["privateKey"]))

    @classmethod
    def of_endpoint(cls, description: str) -> Self:
        """Return the certificate of the endpoint *description*."""
        return cls(description, _settings(description))

    @classmethod
    def of_file(cls, path: str) -> Self:
        """Return the certificate in the file at *path*, which has the key and the chain too."""
        return cls(path, {"privateKey": str(Path(path).absolute())})

    @property
    def names(self) -> Collection[str]:
        """The names that it is for."""
        from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName

        certificate: Any = self._options.certificate
        try:
            found = certificate.to_cryptography().extensions.get_extension_for_class(SubjectAlternativeName)
        except ExtensionNotFound:
            return ()
        return tuple(name.lower() for name in found.value.get_values_for_type(DNSName))

    @property
    def end(self) -> float:
        """The time of day at which it expires, in seconds since 1970."""
        certificate: Any = self._options.certificate
        end: float = certificate.to_cryptography().not_valid_after_utc.timestamp()
        return end

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> Connection:  # noqa: N802
        """Return the state of TLS for one connection."""
        return self._options.serverConnectionForTLS(protocol)

    def reload(self) -> Reloaded:
        """Read the files again; if they are of no use, keep the old certificate."""
        try:
            self._options = _read(self._settings)
        except CertificateUnusable as error:
            return Reloaded(failed=(f"keeping the old certificate: {error}",))
        return Reloaded(changed=(f"read the certificate of {self.name} again",))


class _Taker:
    """A reactor that only takes the context of an endpoint's TLS."""

    options: Any

    def listenSSL(  # noqa: N802
        self,
        port: int,
        factory: IProtocolFactory,
        contextFactory: CertificateOptions,  # noqa: N803
        **_: object,
    ) -> None:
        self.options = contextFactory


def _settings(description: str) -> dict[str, str]:
    """Return the parameters of *description* that are about TLS."""
    _, *parts = PART.findall(description)
    if sum("=" not in part for part in parts) > 1:
        raise CertificateUnusable("files go by their names: privateKey=key.pem:certKey=cert.pem")
    # Twisted's own default.
    settings = {"privateKey": str(Path("server.pem").absolute())}
    for part in parts:
        name, _, value = part.partition("=")
        if name in _FILES:
            settings[name] = str(Path(re.sub(r"\\(.)", r"\1", value)).absolute())
        elif name == "sslmethod":
            settings[name] = value
        elif value and name not in _OTHERS:
            raise CertificateUnusable(f"{name} is no parameter of ssl; there are {', '.join((*_FILES, *_OTHERS))}")
    return settings


def _read(settings: Mapping[str, str]) -> CertificateOptions:
    certificate = settings.get("certKey", settings["privateKey"])
    named = "".join(f":{name}={quoteStringArgument(value)}" for name, value in settings.items())
    taker: Any = _Taker()
    try:
        _refuse_encrypted_keys(settings)
        serverFromString(taker, f"ssl:0{named}").listen(Factory())
        options = taker.options
        # If no other chain is named, it is in the file of the certificate.
        chain = options.extraCertChain if "extraCertChain" in settings else _certificates(certificate)
        # The first one in the file is its own, and is shown anyway.
        own = _digest(options.certificate)
        options.extraCertChain = [link for link in chain if _digest(link) != own]
        # Made now, it tells now what OpenSSL does not like, and not to who connects first.
        context = options.getContext()
        _ask_for_certificates(context)
        _take_all_protocols(context)
    except ImportError as error:
        raise CertificateUnusable(
            f"TLS needs more than is installed ({error}): in the folder of the sources, pip install '.[tls]'"
        ) from error
    except OSError as error:
        raise CertificateUnusable(f"{error.filename} can't be read ({error.strerror})") from error
    except CertificateUnusable:
        raise
    except Exception as error:  # OpenSSL has many
        raise CertificateUnusable(
            f"{settings['privateKey']} and {certificate} can't be used: {_reason(error)}"
        ) from error
    found: CertificateOptions = options
    return found


def _ask_for_certificates(context: Context) -> None:
    """Ask each client for a certificate: it may have none, and any is taken, for it is known by itself alone."""
    from OpenSSL.SSL import VERIFY_PEER

    def take(*_: object) -> bool:
        return True

    context.set_verify(VERIFY_PEER, take)
    # Without a name of their own, sessions of those who were asked can't be resumed.
    context.set_session_id(b"chatroom")


def _take_all_protocols(context: Context) -> None:
    """Accept TLS whichever protocols a client offers in it (ALPN); of those we know the one of browsers.

    Where nothing fits, Twisted chooses the empty one, which OpenSSL refuses together with the client. A browser is not
    asked for a certificate, for it would ask its user which one.
    """
    from OpenSSL.SSL import NO_OVERLAPPING_PROTOCOLS, VERIFY_NONE

    def choose(connection: Connection, offered: list[bytes]) -> Any:
        if BROWSERS.intersection(offered):
            connection.set_verify(VERIFY_NONE, None)
        return HTTP if HTTP in offered else NO_OVERLAPPING_PROTOCOLS

    context.set_alpn_select_callback(choose)


def _digest(certificate: X509) -> bytes:
    return certificate.digest("sha256")


def _refuse_encrypted_keys(settings: Mapping[str, str]) -> None:
    """Refuse a key with a pass phrase, for which OpenSSL would ask, and hold up everything meanwhile."""
    for name in _FILES:
        # All are looked at, for of a file that is not there OpenSSL says nothing.
        if name in settings and b"ENCRYPTED" in Path(settings[name]).read_bytes():
            raise CertificateUnusable(
                f"{settings[name]} has a pass phrase, which nobody is there to enter; take it away"
            )


def _certificates(file: str) -> list[X509]:
    """Return all certificates in *file*, however its lines end: Twisted knows one way only."""
    from OpenSSL.crypto import FILETYPE_PEM, load_certificate

    return [load_certificate(FILETYPE_PEM, pem) for pem in _PEM.findall(Path(file).read_bytes())]


def _reason(error: Exception) -> str:
    match error.args:
        case [[(_, _, str(reason)), *_]]:
            return "one of them is not in PEM" if reason in {"no start line", "unsupported"} else reason
    return str(error) or "OpenSSL does not say why"
