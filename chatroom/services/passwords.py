"""Passwords, checked in a thread: ours, which argon2id hashes in about a tenth of a second and 19 MiB, or others'."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from secrets import token_hex
from threading import Event
from typing import Any, NamedTuple, Protocol, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import maybeDeferred
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from chatroom.core.ports import Passwords, Trial, Verdict
from chatroom.core.values.errors import ChatError, NotAllowed, TooManyChecks
from chatroom.core.values.names import Username
from chatroom.core.values.passwords import Password

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for which the answer of a checker is waited for."""

MOST = 8
"""Passwords that wait, at most."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
"""The least parameters that OWASP recommends for argon2id; those of older hashes are raised at the next login."""

Host = bytes | None

log = Logger()


class _Job(NamedTuple):
    """Some *work*, whose result or error *got* takes."""

    work: Callable[[], object]
    got: Callable[[Any], None]


class Checks(Protocol):
    """What checks passwords, and takes its time for it."""

    def check_ours(self) -> None:
        """Let passwords be made here.

        :raises chatroom.core.values.errors.NotAllowed: if others keep them.
        """

    def hash(self, password: Password) -> str:
        """Return the hash of *password*, which is ours.

        :raises chatroom.core.values.errors.NotAllowed: if it is not.
        """

    def verdict(self, username: Username, kept: str | None, password: Password) -> Verdict:
        """Return whether *password* is that of *username*, of which the hash is *kept* if it is ours."""


class PromptPasswords:
    """Hashes and checks passwords at once, in the thread of the caller: where nobody else waits."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._nobody: str | None = None

    def check_ours(self) -> None:
        """Let passwords be made here."""

    def encode(self, password: Password, host: Host, got: Callable[[str | ChatError], None]) -> None:
        """Make the hash of *password*."""
        del host
        got(self.hash(password))

    def check(
        self,
        username: Username,
        kept: str | None,
        password: Password,
        trial: Trial,
        got: Callable[[Verdict | ChatError], None],
    ) -> None:
        """Check *password* against the hash that is *kept*."""
        del trial
        got(self.verdict(username, kept, password))

    def hash(self, password: Password) -> str:
        """Return the hash of *password*."""
        return self._hasher.hash(password)

    def verdict(self, username: Username, kept: str | None, password: Password) -> Verdict:
        """Return whether *password* is that of which the hash is *kept*."""
        del username
        hasher = self._hasher
        try:
            hasher.verify(self._hash_of_nobody() if kept is None else kept, password)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        return Verdict(kept is not None, hasher.hash(password) if kept and hasher.check_needs_rehash(kept) else None)

    def _hash_of_nobody(self) -> str:
        """Return a hash of a password that nobody knows, for names that belong to no account."""
        if self._nobody is None:
            self._nobody = self._hasher.hash(token_hex())
        return self._nobody


class OthersPasswords:
    """Passwords that a *checker* of ``twisted.cred`` knows, such as those of a file or of the system."""

    def __init__(self, checker: ICredentialsChecker) -> None:
        self._checker = checker

    def check_ours(self) -> None:
        """Let no passwords be made here.

        :raises chatroom.core.values.errors.NotAllowed: always.
        """
        raise NotAllowed("Passwords are not kept here; they are changed where they are")

    def hash(self, password: Password) -> str:
        """Make none.

        :raises chatroom.core.values.errors.NotAllowed: always.
        """
        del password
        self.check_ours()
        raise AssertionError("they are never ours")

    def verdict(self, username: Username, kept: str | None, password: Password) -> Verdict:
        """Return whether the checker takes *password* for that of *username*."""
        del kept
        credentials = UsernamePassword(username.encode(), password.encode())
        checked = list[object]()
        done = Event()

        def note(result: object) -> None:
            checked.append(result)
            done.set()

        maybeDeferred(self._checker.requestAvatarId, credentials).addBoth(note)
        # Most answer at once; others may ask the network.
        if not done.wait(PATIENCE):
            raise TimeoutError
        [result] = checked
        if isinstance(result, Failure):
            if result.check(UnauthorizedLogin):
                return Verdict(right=False)
            result.raiseException()
        return Verdict(right=True)


class ThreadedPasswords:
    """Hashes and checks passwords one at a time, in a thread of *reactor*'s that is there while one is needed."""

    def __init__(self, reactor: IReactorFromThreads, checks: Checks) -> None:
        self._reactor = reactor
        self._checks = checks
        self._pool = ThreadPool(0, 1, "passwords")
        self._waiting: dict[Host, deque[_Job]] = {}
        self._running = self._stopped = False

    def check_ours(self) -> None:
        """Let passwords be made here, unless others keep them."""
        self._checks.check_ours()

    def encode(self, password: Password, host: Host, got: Callable[[str | ChatError], None]) -> None:
        """Make the hash of *password*."""
        self._do(_Job(lambda: self._checks.hash(password), got), host)

    def check(
        self,
        username: Username,
        kept: str | None,
        password: Password,
        trial: Trial,
        got: Callable[[Verdict | ChatError], None],
    ) -> None:
        """Check the *password* of *username*, against the hash that is *kept* if it is ours."""
        self._do(_Job(lambda: self._checks.verdict(username, kept, password), got), trial.host)

    def stop(self) -> None:
        """Check nothing more: what waits is refused, and what is being checked is waited for."""
        self._stopped = True
        waiting, self._waiting = self._waiting, {}
        for jobs in waiting.values():
            for job in jobs:
                job.got(TooManyChecks())
        if self._pool.started:
            self._pool.stop()

    def _do(self, job: _Job, host: Host) -> None:
        """Do *job* in the turn of *host*."""
        if self._stopped:
            job.got(TooManyChecks())
            return
        self._waiting.setdefault(host, deque()).append(job)
        if sum(map(len, self._waiting.values())) > MOST:
            self._refuse_one()
        self._next()

    def _refuse_one(self) -> None:
        """Refuse the last job of the host from which most wait."""
        host = max(self._waiting, key=lambda host: len(self._waiting[host]))
        job = self._waiting[host].pop()
        if not self._waiting[host]:
            del self._waiting[host]
        job.got(TooManyChecks())

    def _next(self) -> None:
        if self._running or not self._waiting:
            return
        host, jobs = next(iter(self._waiting.items()))
        # A host from which more wait goes to the end.
        del self._waiting[host]
        job = jobs.popleft()
        if jobs:
            self._waiting[host] = jobs
        if not self._pool.started:
            self._pool.start()
        self._running = True
        done = deferToThreadPool(self._reactor, self._pool, job.work)
        done.addCallbacks(self._done, self._failed, callbackArgs=(job,), errbackArgs=(job,))

    def _done(self, result: object, job: _Job) -> None:
        self._running = False
        job.got(result)
        self._next()

    def _failed(self, failure: Failure, job: _Job) -> None:
        self._running = False
        if isinstance(failure.value, ChatError):
            job.got(failure.value)
            self._next()
            return
        # What could not be done has the password in its frames; the words of the error have not.
        log.warn("a password could not be hashed or checked: {error}", error=type(failure.value).__name__)
        job.got(TooManyChecks())
        self._next()


_: tuple[type[Passwords], type[Passwords]] = (PromptPasswords, ThreadedPasswords)
