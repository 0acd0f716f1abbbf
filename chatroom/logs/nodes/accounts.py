"""The accounts of a chat of several nodes: each knows them all, and hears what the others change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from chatroom.core.ports import AccountStore, Clock, LogId
from chatroom.core.tools.order import when_all
from chatroom.core.values.accounts import (
    Account,
    AccountChange,
    AllAccounts,
    Device,
    Dropped,
    Ignoring,
    Merged,
    Revoked,
    Unlike,
)
from chatroom.core.values.errors import (
    ChatError,
    NameKept,
    NoSuchAccount,
    PasswordWrong,
    StorageFailed,
    StoreAway,
    UsernameTaken,
)
from chatroom.core.values.names import Username
from chatroom.logs.nodes.changes import AskedChange, Decision, changing
from chatroom.logs.nodes.engine import Hint, KeptAccount
from chatroom.logs.nodes.node import Node

AGAIN = 0.25
"""Seconds until the accounts are asked for again that could not be read."""

FORGET = 120.0
"""Seconds for which it is remembered what is gone: nothing older is heard after that."""


class NodeAccounts:
    """The store of the accounts of *node*, which others change too: :attr:`heard` is told of that.

    Each account and device has a version. What is heard late is older than what is known, and counts for nothing.
    """

    def __init__(self, node: Node, clock: Clock) -> None:
        self.heard: Callable[[Sequence[AccountChange]], None] = lambda changes: None
        self._node = node
        self._clock = clock
        self._restored: Callable[[AllAccounts | StorageFailed], None] | None = None
        self._accounts: dict[bytes, Account] = {}
        self._devices: dict[int, Device] = {}
        self._versions: dict[bytes | int, int] = {}
        self._gone: dict[bytes | int, float] = {}
        self._life = 0
        node.accounts_changed = self._saw
        node.when_looking = self._read_all
        node.when_fenced.append(self._forget)

    # The port.

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Answer with the accounts in each life of the node, and with an error at the end of one."""
        self._restored = restored

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[ChatError | None], None]) -> None:
        """Let *changes* happen with the next commit."""

        def answered(answers: Sequence[Decision] | ChatError) -> None:
            if isinstance(answers, ChatError):
                done(answers)
                return
            [answer] = answers
            error = objection(changes, answer)
            later = [] if error or answer.pos is None else self._happened(changes, answer.pos)
            places = msgspec.json.decode(answer.content or "[]")
            if any(isinstance(change, Merged) for change in changes):
                # First: wherever they are known here, it is by the account.
                known = [partial(self._node.following.when_known, LogId(place), pos) for place, pos in places]
                when_all(known, partial(answered_and_known, error, later))
                return
            answered_and_known(error, later)
            for place, pos in places:
                self._node.following.heard(Hint(LogId(place), pos, ()))

        def answered_and_known(error: ChatError | None, later: Sequence[AccountChange]) -> None:
            done(error)
            # Others have changed more since then, of which this node has heard before.
            self._tell(later)

        self._node.ask(AskedChange([changing(changes, self._accounts, self._devices)], answered))

    def bound(self, session: bytes, got: Callable[[bytes | ChatError | None], None]) -> None:
        """Find the account of whoever has the seat of *session* at any node."""
        self._node.consult(partial(self._node.engine.bound, session), got)

    def refresh(self, done: Callable[[None], None]) -> None:
        """Hear what others have done until now, if that can be, and call *done*."""
        self._node.look(lambda: done(None))

    def number(self, got: Callable[[int | ChatError], None]) -> None:
        """Give *got* the number of a device that nobody has had at any node."""
        self._node.consult(self._node.engine.device, got)

    # What is there, and what others do.

    def _forget(self) -> None:
        self._life += 1
        # What versions mean is not certain any more.
        for known in (self._accounts, self._devices, self._versions, self._gone):
            known.clear()
        if self._restored:
            self._restored(StoreAway())

    def _read_all(self) -> None:
        """Read all accounts, for the node has begun to look at what changes."""
        if self._restored is None:
            return
        life = self._life
        kept: list[KeptAccount] = []

        def read(after: bytes | None = None) -> None:
            if life == self._life and not self._node.closed:
                self._node.consult(partial(self._node.engine.accounts, after), partial(got, after))

        def got(after: bytes | None, page: Sequence[KeptAccount] | StoreAway) -> None:
            if isinstance(page, StoreAway):
                self._clock.callLater(AGAIN, partial(read, after))
            elif page:
                kept.extend(page)
                read(max(each.account.id for each in page if each.account))
            elif life == self._life:
                self._begin(kept)

        read()

    def _begin(self, kept: Sequence[KeptAccount]) -> None:
        """Know those that are *kept*, but for what has become of them since they were read."""
        for each in kept:
            self._take(each)
        if self._restored:
            self._restored(AllAccounts(tuple(self._accounts.values()), tuple(self._devices.values())))

    def _saw(self, accounts: Sequence[KeptAccount]) -> None:
        """Take note of what others have done, or this node, as far as it is new here."""
        now = self._clock.seconds()
        self._tell([each.change for each in accounts if self._take(each)])
        for gone in [gone for gone, since in self._gone.items() if since < now - FORGET]:
            del self._gone[gone]
            self._versions.pop(gone, None)

    def _tell(self, changes: Sequence[AccountChange]) -> None:
        """Tell of *changes* by others, and what those are called now who are here by an account."""
        self.heard(changes)
        for change in changes:
            if isinstance(change, Account):
                self._node.account_called(change.id, change.username)

    def _take(self, kept: KeptAccount) -> bool:
        """Take note of what is *kept*; tell whether it is new."""
        which = _of(kept)
        if kept.version < self._versions.get(which, 0):
            return False
        self._versions[which] = kept.version
        if kept.account:
            self._accounts[kept.account.id] = kept.account
        elif kept.device:
            self._devices[kept.device.number] = kept.device
        else:
            self._drop(which)
        return True

    def _drop(self, which: bytes | int) -> None:
        """Know an account or a device no more; remember for a while that it is gone."""
        if isinstance(which, bytes):
            self._accounts.pop(which, None)
        else:
            self._devices.pop(which, None)
        self._gone[which] = self._clock.seconds()

    def _happened(self, changes: Sequence[AccountChange], version: int) -> Sequence[AccountChange]:
        """Take note of *changes* that are stored; return what others have made of the same since then."""
        later: list[AccountChange] = []
        for change in changes:
            for kept in self._kept(change, version):
                if not self._take(kept):
                    which = _of(kept)
                    now = self._accounts.get(which) if isinstance(which, bytes) else self._devices.get(which)
                    later.append(now or (Dropped(which) if isinstance(which, bytes) else Revoked((which,))))
        return later

    def _kept(self, change: AccountChange, version: int) -> Sequence[KeptAccount]:
        """Return what *change* makes of each account and device."""
        match change:
            case Account(id):
                # Whom it ignores is changed by itself.
                known = self._accounts.get(id)
                return [KeptAccount(version, account=replace(change, ignored=known.ignored) if known else change)]
            case Ignoring(id):
                known = self._accounts.get(id)
                return [KeptAccount(version, account=change.of(known))] if known else []
            case Device():
                return [KeptAccount(version, device=change)]
            case Dropped(account):
                devices = [device.number for device in self._devices.values() if device.account == account]
                return [
                    KeptAccount(version, dropped=account),
                    *(KeptAccount(version, revoked=number) for number in devices),
                ]
            case Revoked(numbers):
                return [KeptAccount(version, revoked=number) for number in numbers]
            case Merged() | Unlike():
                return []


def _of(kept: KeptAccount) -> bytes | int:
    """Return the id of the account, or the number of the device, that is *kept*."""
    if kept.account:
        return kept.account.id
    if kept.device:
        return kept.device.number
    return kept.revoked or 0 if kept.dropped is None else kept.dropped


def objection(changes: Sequence[AccountChange], answer: Decision) -> ChatError | None:
    """Return the error for which *changes* have not happened, if they have not."""
    match answer.outcome:
        case "changed":
            return None
        case "username-taken":
            return UsernameTaken(Username(answer.name or ""))
        case "name-kept":
            return NameKept(answer.name or "")
        case "gone":
            gone = next((change.username for change in changes if isinstance(change, Account)), None)
            return PasswordWrong() if gone is None else NoSuchAccount(gone)
    return StorageFailed()


_: type[AccountStore] = NodeAccounts
