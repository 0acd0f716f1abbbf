"""Passwords are hashed in a thread, one at a time, and hosts take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Timer
from typing import Any, cast

import pytest
import pytest_twisted
from argon2 import PasswordHasher
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword, UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorFromThreads
from typing_extensions import override
from zope.interface import implementer

from chatroom.core.accounts.guessing import Guess, Guesses
from chatroom.core.ports import Verdict
from chatroom.core.values.errors import ChatError, NotAllowed, TooManyChecks
from chatroom.core.values.names import Username, key
from chatroom.core.values.passwords import Password
from chatroom.services.passwords import HASHER, MOST, OthersPasswords, PromptPasswords, ThreadedPasswords

SECRET, OTHER = Password("correct horse"), Password("battery staple")
ALICE = Username("alice")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class SlowHasher(PasswordHasher):
    """A hasher that waits until it is let go on, and fails for what is no password."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go_on = Event()
        self.hashed: list[str | bytes] = []

    @override
    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        assert self.go_on.wait(30)
        if password == OTHER:
            raise MemoryError
        self.hashed.append(password)
        return super().hash(password, salt=salt)


def trial() -> Guess:
    return Guesses(lambda: 0.0).begin("password", key(ALICE), None)


Make = Callable[..., ThreadedPasswords]


@pytest.fixture
def make() -> Iterator[Make]:
    """Give what makes passwords, which are stopped at the end."""
    made = list[ThreadedPasswords]()

    def passwords(hasher: PasswordHasher = QUICK) -> ThreadedPasswords:
        made.append(ThreadedPasswords(cast("IReactorFromThreads", reactor), PromptPasswords(hasher)))
        return made[-1]

    yield passwords
    for each in made:
        each.stop()


@pytest_twisted.ensureDeferred
async def test_a_password_fits_its_hash_alone(make: Make) -> None:
    passwords = make()
    encoded: Deferred[str | ChatError] = Deferred()
    passwords.encode(SECRET, None, encoded.callback)
    kept = await encoded
    assert isinstance(kept, str)
    assert kept.startswith("$argon2id$")
    for password, right in ((SECRET, True), (OTHER, False)):
        verdict: Deferred[Verdict | ChatError] = Deferred()
        passwords.check(ALICE, kept, password, trial(), verdict.callback)
        assert await verdict == Verdict(right)


@pytest_twisted.ensureDeferred
async def test_hosts_take_turns(make: Make) -> None:
    hasher = SlowHasher()
    passwords = make(hasher)
    last: Deferred[str | ChatError] = Deferred()
    for name in ("1", "2", "3"):
        passwords.encode(Password(f"many {name}"), b"many", lambda _: None)
    passwords.encode(Password("one"), b"one", lambda _: None)
    passwords.encode(Password("many 4"), b"many", last.callback)
    hasher.go_on.set()
    await last
    assert hasher.hashed == ["many 1", "many 2", "one", "many 3", "many 4"]


@pytest_twisted.ensureDeferred
async def test_too_many_are_refused_from_where_most_come(make: Make) -> None:
    hasher = SlowHasher()
    passwords = make(hasher)
    many: list[object] = []
    passwords.encode(SECRET, b"first", lambda _: None)
    for _ in range(MOST):
        passwords.encode(SECRET, b"many", many.append)
    assert many == []
    one: Deferred[str | ChatError] = Deferred()
    passwords.encode(SECRET, b"one", one.callback)
    [refused] = many
    assert isinstance(refused, TooManyChecks)
    hasher.go_on.set()
    assert isinstance(await one, str)


@pytest_twisted.ensureDeferred
async def test_what_can_not_be_done_is_told_without_the_password(make: Make) -> None:
    hasher = SlowHasher()
    hasher.go_on.set()
    passwords = make(hasher)
    failed: Deferred[str | ChatError] = Deferred()
    passwords.encode(OTHER, None, failed.callback)
    assert isinstance(await failed, TooManyChecks)
    # It goes on with the next.
    encoded: Deferred[str | ChatError] = Deferred()
    passwords.encode(SECRET, None, encoded.callback)
    assert isinstance(await encoded, str)


@pytest_twisted.ensureDeferred
async def test_what_waits_when_it_is_stopped_is_refused(make: Make) -> None:
    hasher = SlowHasher()
    passwords = make(hasher)
    answers: list[object] = []
    first: Deferred[str | ChatError] = Deferred()
    passwords.encode(SECRET, None, first.callback)
    passwords.encode(SECRET, None, answers.append)
    hasher.go_on.set()
    passwords.stop()
    passwords.encode(SECRET, None, answers.append)
    assert [type(answer) for answer in answers] == [TooManyChecks, TooManyChecks]
    assert isinstance(await first, str)


def test_a_hash_by_other_parameters_is_renewed() -> None:
    kept = QUICK.hash(SECRET)
    right, renewed = PromptPasswords().verdict(ALICE, kept, SECRET)
    assert right
    assert renewed
    assert not HASHER.check_needs_rehash(renewed)
    assert PromptPasswords().verdict(ALICE, renewed, SECRET) == Verdict(right=True)


def test_without_a_hash_or_with_a_broken_one_all_is_wrong() -> None:
    passwords = PromptPasswords(QUICK)
    assert passwords.verdict(ALICE, None, SECRET) == passwords.verdict(ALICE, "broken", SECRET) == Verdict(right=False)


@implementer(ICredentialsChecker)
class Checker:
    """A checker that answers as *how* says."""

    credentialInterfaces = (IUsernamePassword,)  # noqa: N815  # twisted.cred calls it so

    def __init__(self, how: Callable[[UsernamePassword], object]) -> None:
        self._how = how

    def requestAvatarId(self, credentials: UsernamePassword) -> Any:  # noqa: N802
        return self._how(credentials)


def right(credentials: UsernamePassword) -> bytes:
    if credentials.checkPassword(SECRET.encode()):
        return b"alice"
    raise UnauthorizedLogin


def later(credentials: UsernamePassword) -> Deferred[bytes]:
    """Answer in another thread, as one does that asks the network."""
    answer: Deferred[bytes] = Deferred()
    Timer(0, answer.callback, [b"alice"]).start()
    return answer


@pytest.mark.parametrize(
    ("how", "password", "expected"), [(right, SECRET, True), (right, OTHER, False), (later, OTHER, True)]
)
def test_others_know_whose_password_it_is(
    how: Callable[[UsernamePassword], object], password: Password, expected: bool
) -> None:
    assert OthersPasswords(Checker(how)).verdict(ALICE, None, password) == Verdict(expected)


@pytest_twisted.ensureDeferred
async def test_a_checker_that_fails_says_nothing_of_the_password() -> None:
    def fail(credentials: UsernamePassword) -> object:
        raise OSError(credentials.password)

    passwords = ThreadedPasswords(cast("IReactorFromThreads", reactor), OthersPasswords(Checker(fail)))
    try:
        answer: Deferred[Verdict | ChatError] = Deferred()
        passwords.check(ALICE, None, SECRET, trial(), answer.callback)
        assert isinstance(await answer, TooManyChecks)
        none: Deferred[str | ChatError] = Deferred()
        passwords.encode(SECRET, None, none.callback)
        assert isinstance(await none, NotAllowed)
    finally:
        passwords.stop()
