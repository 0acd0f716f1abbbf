"""TLS: what a visitor gets who comes by it, and what the operator does with the certificate."""

from __future__ import annotations

import signal
import socket
import ssl
import warnings
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.authority import Authority, number
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import LIMIT, Server, complaints, running

WHERE = "ssl:0:interface=127.0.0.1:privateKey=key.pem:certKey=fullchain.pem"


def of_version(authority: Authority, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return what a client uses that speaks no newer *version* of TLS, however old it is."""
    context = authority.context()
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
    return context


def version(peer: Peer) -> str | None:
    """Return the version of TLS that *peer* speaks."""
    assert isinstance(peer.socket, ssl.SSLSocket)
    return peer.socket.version()


def shown(server: Server, authority: Authority) -> int:
    """Return the number of the certificate that is shown to who connects now."""
    with Peer(server.address, tls=authority.context()) as peer:
        assert isinstance(peer.socket, ssl.SSLSocket)
        return number(peer.socket)


def test_people_and_programs_talk_by_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    with running(tmp_path, port=WHERE) as server:
        # Who trusts the root alone needs the chain.
        with Bot(server.address, "alice", tls=authority.context()) as alice:
            assert version(alice) == "TLSv1.3"
            alice.ask("create", room="tea")
            with Peer(server.address, tls=of_version(authority, ssl.TLSVersion.TLSv1_2)) as bob:
                assert version(bob) == "TLSv1.2"
                # Nothing is said, so there is a greeting.
                assert bob.receive() == "* Welcome to chatroom. Type the username you want."
                bob.write(b"bob\njoin tea\nhello\n/quit\n")
                assert bob.rest()[-1] == "* Bye."
            assert alice.event("said")["text"] == "hello"
            assert alice.event("left")["reason"] == "quit"

            # Whoever has said all has ended the connection: there is no half of it.
            carol = Bot(server.address, "carol", tls=authority.context())
            carol.ask("join", room="tea")
            assert isinstance(carol.socket, ssl.SSLSocket)
            carol.socket.unwrap()
            assert alice.event("left") == {
                "type": "left",
                "room": "tea",
                "username": "carol",
                "members": 1,
                "reason": "lost",
            }
            carol.close()

        # Who does not speak it is closed, and nobody else notices.
        with Peer(server.address) as plain:
            plain.send("alice")
            plain.socket.settimeout(LIMIT)
            while plain.socket.recv(100):
                pass


@pytest.mark.parametrize("offered", [[], ["irc"], ["http/1.1"], ["h2", "http/1.1"]], ids=" ".join)
def test_a_client_may_offer_any_protocols(tmp_path: Path, offered: list[str]) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    context = authority.context()
    if offered:
        context.set_alpn_protocols(offered)
    with running(tmp_path, port=WHERE) as server, Peer(server.address, tls=context) as peer:
        assert isinstance(peer.socket, ssl.SSLSocket)
        browser = "http/1.1" in offered
        assert peer.socket.selected_alpn_protocol() == ("http/1.1" if browser else None)
        if browser:
            # It connects ahead, and is not greeted until it speaks.
            peer.socket.settimeout(1)
            with pytest.raises(TimeoutError):
                peer.socket.recv(1)
            peer.socket.settimeout(LIMIT)
            peer.send("alice")
        assert peer.receive() == "* Welcome to chatroom. Type the username you want."


def test_one_port_speaks_with_and_without_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = authority.certify()
    both = tmp_path / "server.pem"
    both.touch(0o600)
    both.write_bytes((tmp_path / "key.pem").read_bytes() + (tmp_path / "fullchain.pem").read_bytes())
    with (
        running(tmp_path, "--certificate", str(both)) as server,
        Bot(server.address, "alice", tls=authority.context()) as alice,
        Bot(server.address, "bob") as bob,
        Peer(server.address, tls=authority.context()) as carol,
        Peer(server.address) as dave,
    ):
        for peer in carol, dave:
            assert peer.receive() == "* Welcome to chatroom. Type the username you want."
        alice.ask("create", room="tea")
        for peer, name in ((carol, "carol"), (dave, "dave")):
            peer.write(f"{name}\njoin tea\nhello\n".encode())
            assert alice.event("said")["from"] == name
        assert bob.ask("ping")["type"] == "pong"
        page = f"https://localhost:{server.address[1]}/"
        with urlopen(page, context=authority.context(), timeout=LIMIT) as answer:
            assert answer.headers["Set-Cookie"].startswith(f"__Host-chat-{server.address[1]}=")
        with urlopen(page.replace("https", "http"), timeout=LIMIT) as answer:
            assert answer.status == 200

        second = authority.certify()
        both.write_bytes((tmp_path / "key.pem").read_bytes() + (tmp_path / "fullchain.pem").read_bytes())
        assert shown(server, authority) == first
        server.send_signal(signal.SIGHUP)
        server.logs("read the certificate of .*server.pem again")
        assert shown(server, authority) == second
        assert alice.ask("ping")["type"] == "pong"


def test_a_certificate_that_has_expired_is_told_at_the_start_and_when_it_is_read_again(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify(days=0)
    where = "ssl:0:interface=127.0.0.1:privateKey=key.pem:certKey=fullchain.pem"
    with running(tmp_path, port=where) as server:
        server.meant.append("expired on")
        assert f"the certificate of {where} expired on " in server.output
        server.send_signal(signal.SIGHUP)
        server.logs("read the certificate of .* again")
        server.logs("the certificate of .* expired on .*: clients refuse it")
        authority.certify()
        server.send_signal(signal.SIGHUP)
        server.logs("read the certificate of .* again")
        assert shown(server, authority)


def test_older_versions_are_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    with running(tmp_path, port=WHERE) as server:
        with pytest.raises(ssl.SSLError) as refused:
            Peer(server.address, tls=of_version(authority, ssl.TLSVersion.TLSv1_1))
        if refused.value.reason != "TLSV1_ALERT_PROTOCOL_VERSION":
            pytest.skip(f"need a machine that lets a client try: {refused.value}")


def test_who_does_not_finish_the_handshake_is_closed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    options = ("--first-line-timeout", "0.3", "--close-timeout", "0.3")
    with running(tmp_path, *options, port=WHERE) as server:
        half = ssl.MemoryBIO()
        client = authority.context().wrap_bio(ssl.MemoryBIO(), half, server_hostname="localhost")
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        hello = half.read()
        with ExitStack() as connections:
            stalled = [connections.enter_context(socket.create_connection(server.address, LIMIT)) for _ in range(3)]
            for connection, begun in zip(stalled, (b"", hello[:20], hello), strict=True):
                connection.sendall(begun)
            for connection in stalled:
                with suppress(ConnectionResetError):
                    while connection.recv(10_000):
                        pass


def test_a_renewed_certificate_is_taken_up_and_nobody_is_dropped(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = authority.certify()
    with running(tmp_path, port=WHERE) as server, Bot(server.address, "alice", tls=authority.context()) as alice:
        assert shown(server, authority) == first
        second = authority.certify()
        assert shown(server, authority) == first
        server.send_signal(signal.SIGHUP)
        server.logs("read the certificate of .* again")
        assert shown(server, authority) == second

        (tmp_path / "fullchain.pem").write_text("no certificate\n")
        server.send_signal(signal.SIGHUP)
        server.logs(
            "keeping the old certificate: .*/key.pem and .*/fullchain.pem can't be used: one of them is not in PEM"
        )
        assert shown(server, authority) == second
        assert alice.ask("ping")["type"] == "pong"
        server.send_signal(signal.SIGTERM)
        assert alice.to_the_end()[-1]["reason"] == "stopping"
        alice.close()
        assert server.end() == -signal.SIGTERM
        assert "Traceback" not in server.output


@pytest.mark.parametrize("missing", ["key.pem", "fullchain.pem"])
def test_a_file_that_is_missing_ends_the_start_with_one_line(tmp_path: Path, missing: str) -> None:
    Authority(tmp_path).certify()
    (tmp_path / missing).unlink()
    [line] = complaints(tmp_path, "--port", WHERE)
    why = f"{tmp_path / missing} can't be read (No such file or directory)"
    assert line == f"twistd chatroom: can't listen on {WHERE}: {why}"


def test_who_shows_a_certificate_that_is_trusted_needs_no_password(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    another = tmp_path / "client"
    # Nobody here knows who has signed it, and nobody asks.
    Authority(another, "nobody").certify("alice")

    def certified(version: ssl.TLSVersion, protocols: Sequence[str] = ()) -> ssl.SSLContext:
        context = of_version(authority, version)
        context.load_cert_chain(another / "fullchain.pem", another / "key.pem")
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    newest, older = ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2
    with running(tmp_path, port=WHERE) as server:
        with Bot(server.address, "alice", tls=certified(newest)) as alice:
            alice.ask("register", password="correct horse")
            assert alice.ask("trust")["type"] == "ok"
            assert [device["kind"] for device in alice.ask("devices")["devices"]] == ["certificate", "connection"]
        for context in (certified(newest), certified(older), certified(newest, ["irc"])):
            with Bot(server.address, "bob", tls=context) as bob:
                assert bob.ask("authenticate", certificate=True)["username"] == "alice"
        # A browser is not asked for one, for it would ask its user; and others have none.
        browsers = [certified(version, ["h2", "http/1.1"]) for version in (newest, older)]
        for number, context in enumerate((*browsers, authority.context())):
            with Bot(server.address, f"guest{number}", tls=context) as bob:
                assert bob.ask("authenticate", certificate=True)["code"] == "password-wrong"


def test_a_client_of_irc_logs_in_by_its_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify()
    another = tmp_path / "client"
    Authority(another, "nobody").certify("alice")
    certified = authority.context()
    certified.load_cert_chain(another / "fullchain.pem", another / "key.pem")

    def heard(peer: Peer) -> str:
        line = peer.receive()
        assert line is not None
        return line.rstrip("\r")

    def until(peer: Peer, *words: str) -> None:
        for word in words:
            while f" {word}" not in (line := heard(peer)):
                assert " 904 " not in line

    def began(peer: Peer) -> None:
        peer.write(b"CAP LS 302\r\nCAP REQ :sasl\r\nAUTHENTICATE EXTERNAL\r\n")
        until(peer, "sasl=PLAIN,EXTERNAL", "ACK")
        assert heard(peer) == "AUTHENTICATE +"
        peer.write(b"AUTHENTICATE +\r\n")

    with running(tmp_path, port=WHERE) as server:
        with Peer(server.address, tls=certified) as alice:
            alice.write(b"NICK alice\r\nUSER a 0 * :A\r\nPRIVMSG NickServ :CERT ADD\r\n")
            until(alice, "001")
            # Only an account can trust it.
            until(alice, "NOTICE alice :You have no account")
            alice.write(b"REGISTER * * :correct horse\r\nPRIVMSG NickServ :CERT ADD\r\n")
            until(alice, "REGISTER SUCCESS alice", "NOTICE alice :Done.")
        with Peer(server.address, tls=certified) as alice:
            began(alice)
            until(alice, "900 * * alice", "903")
            alice.write(b"NICK whoever\r\nUSER a 0 * :A\r\nCAP END\r\n")
            until(alice, "001 alice")
        with Peer(server.address, tls=authority.context()) as bob:
            began(bob)
            assert " 904 " in heard(bob)
