"""A certificate for TLS is a device of an account, once its owner trusts it."""

from __future__ import annotations

from chatroom.core.values.commands import Authenticate, Devices, Login, Quit, Revoke, Trust
from chatroom.core.values.names import Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.replies import Authenticated, DeviceList, Ok, Welcome
from tests.core.scenes import ALICE, BOB
from tests.core.visit.accounts.test_accounts import registered, world
from tests.fakes import Person, World

MINE, OTHER = b"m" * 32, b"o" * 32


def by(person: Person, certificate: bytes) -> Person:
    """Let *person* have shown a *certificate*."""
    person.visitor.origin = ConnectionOrigin("192.0.2.1", "frames", certificate=certificate)
    return person


def trusting(here: World, name: str = "alice") -> Person:
    """Return somebody with an account who trusts their certificate."""
    person = by(registered(here, name), MINE)
    assert person.do(Trust()) == [Ok()]
    return person


def authenticated(person: Person, username: Username | None = None) -> list[Username]:
    replies = person.do(Authenticate(username, certificate=True))
    return [reply.username for reply in replies if isinstance(reply, Authenticated)]


def test_who_shows_it_is_who_trusts_it_before_the_login_and_after() -> None:
    here = world()
    trusting(here).do(Quit())
    early = by(here.visit(), MINE)
    assert authenticated(early) == [ALICE]
    welcome, *_ = early.do(Login(BOB))
    assert isinstance(welcome, Welcome)
    assert welcome.username == ALICE
    early.do(Quit())
    assert authenticated(by(here.enter("bob"), MINE), ALICE) == [ALICE]


def test_nothing_else_shows_it() -> None:
    here = world()
    trusting(here).do(Quit())
    registered(here, "bob").do(Quit())
    assert here.visit().refused(Authenticate(certificate=True)) == "password-wrong"
    assert by(here.visit(), OTHER).refused(Authenticate(certificate=True)) == "password-wrong"
    assert by(here.visit(), MINE).refused(Authenticate(BOB, certificate=True)) == "password-wrong"
    # It is no secret: everybody may know it.
    assert here.visit().refused(Authenticate(ALICE, token=MINE)) == "password-wrong"
    assert here.visit().refused(Login(ALICE, session=MINE)) == "password-required"


def test_it_is_listed_and_revoked_as_any_device() -> None:
    here = world()
    alice = trusting(here)
    assert alice.do(Trust()) == [Ok()]
    [devices] = alice.do(Devices())
    assert isinstance(devices, DeviceList)
    [certificate] = [device for device in devices.devices if device.kind == "certificate"]
    assert (certificate.host, certificate.door) == ("192.0.2.1", "frames")
    alice.do(Revoke(certificate.device))
    assert by(here.visit(), MINE).refused(Authenticate(certificate=True)) == "password-wrong"


def test_only_who_has_an_account_and_a_certificate_trusts_one() -> None:
    here = world()
    assert here.enter("guest").refused(Trust()) == "password-required"
    assert registered(here, "bob").refused(Trust()) == "not-allowed"
    trusting(here)
    assert by(registered(here, "carol"), MINE).refused(Trust()) == "not-allowed"
