"""Accounts and devices: both stores keep them alike, and SQLite beyond the process."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from twisted.logger import LogEvent

from chatroom.admin.main import main
from chatroom.core.ports import AccountStore
from chatroom.core.values.accounts import (
    Account,
    AccountChange,
    AllAccounts,
    Device,
    Dropped,
    Ignored,
    Ignoring,
    Revoked,
)
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.names import Username
from chatroom.logs.memory.accounts import MemoryAccounts
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.sqlite.accounts import change_accounts, kept_accounts
from chatroom.logs.sqlite.file import SCHEMA, SQLiteFile
from chatroom.logs.sqlite.statements import transaction
from tests.engine import Engine
from tests.examples import examples
from tests.logs.scribe import Scribe, SQLiteScribe, locked, sqlite, texts


def hashed(what: str) -> bytes:
    return sha256(what.encode()).digest()


ALICE = Account(
    id=hashed("alice")[:16],
    username=Username("Alice"),
    password="$scrypt$ln=14$" + hashed("tea").hex(),
    created=1_700_000_000_000,
    seen=1_700_000_000_001,
    former=((Username("zoë"), 1_800_000_000_000), (Username("Alicia"), 1_700_000_000_002)),
)
BOB = Account(hashed("bob")[:16], Username("bob"), "", 5, 6, "operator")
PHONE = Device(1, ALICE.id, "token", hashed("phone"), 10, 11, "tls", "192.0.2.7", "chatroom 2.1 ☎", hashed("session"))
DESK = Device(2, ALICE.id, "session", hashed("desk"), 20, 21, "web", "2001:db8::7")
BOBS = Device(3, BOB.id, "token", hashed("bob's"), 30, 31, "line", "unix")


class Registry:
    """The accounts in the log of a *scribe*, found after its *end* by that of another, where they outlive it."""

    def __init__(self, begin: Callable[[], Scribe], end: Callable[[Any], None]) -> None:
        self._begin = begin
        self._end = end
        self.scribe = begin()

    def change(self, *changes: AccountChange) -> StorageFailed | None:
        answer: StorageFailed | None = self.scribe.ask(partial(store(self.scribe).change_accounts, changes))
        return answer

    def kept(self) -> AllAccounts:
        """Return what is kept, in the order of ids and numbers."""
        self.end()
        self.scribe = self._begin()
        return ordered(self.scribe.ask(store(self.scribe).restore_accounts))

    def end(self) -> None:
        self._end(self.scribe)


def store(scribe: Scribe) -> AccountStore:
    assert isinstance(scribe, SQLiteScribe) or isinstance(scribe.log, MemoryLog)
    log: Any = scribe.log
    store: AccountStore = log
    return store


def ordered(kept: AllAccounts) -> AllAccounts:
    return AllAccounts(
        tuple(sorted(kept.accounts, key=lambda account: account.id)),
        tuple(sorted(kept.devices, key=lambda device: device.number)),
        kept.last_device,
    )


def all_of(*kept: Account | Device, last_device: int = 0) -> AllAccounts:
    """Return these accounts and devices, as a registry does."""
    accounts = tuple(each for each in kept if isinstance(each, Account))
    devices = tuple(each for each in kept if isinstance(each, Device))
    return ordered(AllAccounts(accounts, devices, max([last_device, *(device.number for device in devices)])))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatroom.sqlite"


@pytest.fixture(params=["memory", "sqlite", "sqlite that is killed"])
def registry(request: pytest.FixtureRequest, path: Path) -> Iterator[Registry]:
    """Ask one store, then the other."""
    if request.param == "memory":
        memory = Scribe(MemoryLog())
        yield Registry(lambda: memory, lambda memory: None)
        return
    end = SQLiteScribe.stop if request.param == "sqlite" else SQLiteScribe.crash
    registry = Registry(lambda: SQLiteScribe(path), end)
    yield registry
    registry.end()


# What both do alike.


def test_at_first_there_are_none(registry: Registry) -> None:
    assert registry.kept() == AllAccounts()


def test_an_account_is_kept_as_it_is_and_replaced_by_its_next_state(registry: Registry) -> None:
    assert registry.change(ALICE) is None
    assert registry.change(BOB) is None
    assert registry.kept() == all_of(ALICE, BOB)
    renamed = replace(
        ALICE, username=Username("Al"), password="", seen=9, role="operator", former=((Username("Alice"), 8),)
    )
    assert registry.change(renamed) is None
    assert registry.kept() == all_of(renamed, BOB)


def test_an_account_can_have_a_name_that_another_gave_up(registry: Registry) -> None:
    assert registry.change(ALICE, BOB) is None
    changed = replace(BOB, username=ALICE.username), replace(ALICE, username=BOB.username)
    assert registry.change(*changed) is None
    assert registry.kept() == all_of(*changed)


def test_devices_are_kept_and_replaced_likewise(registry: Registry) -> None:
    assert registry.change(ALICE, PHONE) is None
    assert registry.change(DESK) is None
    assert registry.kept() == all_of(ALICE, PHONE, DESK)
    seen = replace(PHONE, seen=99, door="web", host="192.0.2.8", client="", session=None)
    changed = replace(DESK, secret=hashed("another"))
    assert registry.change(seen, changed) is None
    assert registry.kept() == all_of(ALICE, seen, changed)
    # And a new account state leaves its devices alone.
    assert registry.change(replace(ALICE, seen=100)) is None
    assert registry.kept() == all_of(replace(ALICE, seen=100), seen, changed)


def test_a_certificate_is_kept_as_a_device(registry: Registry) -> None:
    certificate = Device(3, ALICE.id, "certificate", hashed("shown"), 10, 11, "irc", "192.0.2.7")
    assert registry.change(ALICE, certificate) is None
    assert registry.kept() == all_of(ALICE, certificate, last_device=3)


def test_an_account_goes_with_its_devices_and_former_names(registry: Registry) -> None:
    assert registry.change(ALICE, PHONE, DESK, BOB, BOBS) is None
    assert registry.change(Dropped(ALICE.id)) is None
    assert registry.kept() == all_of(BOB, BOBS)
    # Should its id be there again, it has nothing of the old one.
    assert registry.change(replace(ALICE, former=())) is None
    assert registry.kept() == all_of(replace(ALICE, former=()), BOB, BOBS)


def test_whom_an_account_ignores_is_kept_by_itself(registry: Registry) -> None:
    carol, bob = Ignored(Username("Carol")), Ignored(BOB.username, BOB.id)
    assert registry.change(ALICE, BOB, Ignoring(ALICE.id, carol)) is None
    assert registry.change(Ignoring(ALICE.id, bob)) is None
    assert registry.kept() == all_of(replace(ALICE, ignored=(carol, bob)), BOB)
    # The same one under another name; and a new state of the account leaves it alone.
    assert registry.change(Ignoring(ALICE.id, Ignored(Username("carol"))), replace(ALICE, seen=100)) is None
    both = (bob, Ignored(Username("carol")))
    assert registry.kept() == all_of(replace(ALICE, seen=100, ignored=both), BOB)
    assert registry.change(Ignoring(ALICE.id, carol, ends=True), Ignoring(ALICE.id, bob, ends=True)) is None
    assert registry.kept() == all_of(replace(ALICE, seen=100), BOB)


def test_an_account_goes_with_whom_it_ignores_and_is_ignored_no_more(registry: Registry) -> None:
    bob, alice = Ignored(BOB.username, BOB.id), Ignored(ALICE.username, ALICE.id)
    assert registry.change(ALICE, BOB, Ignoring(ALICE.id, bob), Ignoring(BOB.id, alice)) is None
    assert registry.change(Dropped(BOB.id)) is None
    assert registry.kept() == all_of(ALICE)
    assert registry.change(BOB) is None
    assert registry.kept() == all_of(ALICE, BOB)


def test_devices_are_revoked_by_their_numbers(registry: Registry) -> None:
    assert registry.change(ALICE, PHONE, DESK, BOB, BOBS) is None
    assert registry.change(Revoked((1, 3))) is None
    assert registry.kept() == all_of(ALICE, DESK, BOB, last_device=3)


def test_what_is_not_there_may_go(registry: Registry) -> None:
    assert registry.change(Dropped(ALICE.id), Revoked((1, 7)), Revoked(()), BOB) is None
    assert registry.change() is None
    assert registry.kept() == all_of(BOB)


def test_no_number_of_a_device_is_forgotten(registry: Registry) -> None:
    assert registry.change(ALICE, PHONE, replace(DESK, number=7)) is None
    assert registry.change(Revoked((7,))) is None
    assert registry.kept() == all_of(ALICE, PHONE, last_device=7)
    assert registry.change(Dropped(ALICE.id)) is None
    assert registry.kept() == all_of(last_device=7)
    assert registry.change(ALICE, DESK) is None
    assert registry.kept() == all_of(ALICE, DESK, last_device=7)


def test_changes_happen_in_their_order(registry: Registry) -> None:
    again = replace(DESK, secret=PHONE.secret)
    assert registry.change(ALICE, PHONE, Revoked((1,)), again, BOB, Dropped(BOB.id)) is None
    assert registry.kept() == all_of(ALICE, again)


@pytest.mark.parametrize("others", [(), (Revoked((1,)),)])
def test_all_changes_happen_or_none(
    registry: Registry, others: tuple[AccountChange, ...], nothing_logged: list[LogEvent]
) -> None:
    assert registry.change(ALICE, PHONE) is None
    # Two devices with one secret can't be told from each other.
    same = replace(BOBS, secret=PHONE.secret)
    answer = registry.change(replace(ALICE, former=()), DESK, BOB, same, *others)
    assert isinstance(answer, StorageFailed)
    assert registry.kept() == all_of(ALICE, PHONE)
    assert registry.change(DESK) is None
    assert registry.kept() == all_of(ALICE, PHONE, DESK)
    # As a defect of who asked for it; memory knows nobody who reads that.
    assert [event["log_namespace"] for event in nothing_logged] in ([], ["chatroom.logs.sqlite.accounts"])
    nothing_logged.clear()


accounts = st.builds(
    Account,
    st.sampled_from([b"a", b"b", b"c"]),
    st.sampled_from([Username("x"), Username("y")]),
    st.text("$a", max_size=3),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(["member", "operator"]),
    st.lists(st.tuples(st.sampled_from([Username("x"), Username("y")]), st.integers(0, 9)), max_size=3).map(tuple),
)
numbers = st.integers(1, 5)
ids = st.sampled_from([b"a", b"b", b"c"])
devices = st.builds(
    lambda number, account, secret, session: Device(number, account, "token", secret, 0, 0, "tls", "", session=session),
    numbers,
    ids,
    st.sampled_from([b"1", b"2", b"3", b"4"]),
    st.none() | st.just(b"1"),
)
ignoring = st.builds(
    Ignoring, ids, st.builds(Ignored, st.sampled_from([Username("x"), Username("X")]), st.none() | ids), st.booleans()
)
changes = (
    accounts
    | devices
    | ignoring
    | st.builds(Dropped, ids)
    | st.builds(Revoked, st.lists(numbers, max_size=3).map(tuple))
)


def test_they_are_the_same_whatever_is_done(nothing_logged: list[LogEvent]) -> None:
    @examples(200)
    @given(st.lists(st.lists(changes, max_size=4), max_size=8))
    def are_the_same(done: list[list[AccountChange]]) -> None:
        memory = MemoryAccounts()
        file = SQLiteFile(Path(folder) / "chatroom.sqlite")
        for some in done:
            with transaction(file.connection):
                answer = change_accounts(file.connection, some)
            assert type(answer) is type(memory.change(some))
            assert ordered(kept_accounts(file.connection)) == ordered(memory.kept())
        with transaction(file.connection):
            for table in "accounts", "former_names", "devices", "ignored", "sqlite_sequence":
                file.connection.execute(f"DELETE FROM {table}")
        file.abandon()

    with TemporaryDirectory() as folder:
        are_the_same()
    # That one secret is refused for two was meant.
    nothing_logged.clear()


# In the file.


def test_whoever_speaks_meanwhile_is_not_concerned(path: Path, nothing_logged: list[LogEvent]) -> None:
    with sqlite(path) as scribe:
        tea = scribe.opened().log
        answers = list[object]()
        accounts = store(scribe)
        accounts.change_accounts([ALICE, PHONE], answers.append)
        accounts.change_accounts([BOB, replace(BOBS, secret=PHONE.secret)], answers.append)
        accounts.change_accounts([DESK], answers.append)
        # They are in one commit, the second after that of the room.
        assert scribe.say(tea, "a", "b") == [1, 2]
        assert sum(scribe.log.commit_sizes.counts) == 2
        first, refused, last = answers
        assert (first, type(refused), last) == (None, StorageFailed, None)
        assert scribe.log.trouble() is None
    with sqlite(path) as scribe:
        assert scribe.ask(store(scribe).restore_accounts) == all_of(ALICE, PHONE, DESK)
        assert texts(scribe.read(tea)) == ["a", "b"]
    nothing_logged.clear()


def test_what_can_not_be_stored_has_not_happened(path: Path, nothing_logged: list[LogEvent]) -> None:
    registry = Registry(lambda: SQLiteScribe(path), SQLiteScribe.stop)
    assert registry.change(ALICE, PHONE) is None
    with locked(path):
        assert isinstance(registry.change(BOB, Revoked((1,))), StorageFailed)
    # That it could not store was meant.
    nothing_logged.clear()
    assert registry.kept() == all_of(ALICE, PHONE)
    registry.end()
    assert isinstance(registry.change(BOB), StorageFailed)


def test_nothing_of_a_hash_stays_in_the_file_once_it_is_removed(path: Path) -> None:
    people = [person(n) for n in range(300)]
    phones = [Device(n + 1, people[n].id, "token", hashed(f"phone {n}"), 0, 0, "tls", "") for n in range(300)]
    with sqlite(path) as scribe:
        change = Registry(lambda: scribe, SQLiteScribe.stop).change
        for n in range(300):
            change(people[n], phones[n])
        for n in range(100):
            change(Dropped(people[n].id))
        for n in range(100, 200):
            # Of another length, so that it is not simply written over the old one.
            change(replace(people[n], password=hashed(f"new {n}").hex() + "=" * (n % 3), former=()), Revoked((n + 1,)))
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [n for n in range(300) if people[n].password.encode() in left] == list(range(200, 300))
    assert [n for n in range(300) if people[n].former[0][0].encode() in left] == list(range(200, 300))
    assert [n for n in range(300) if phones[n].secret in left] == list(range(200, 300))


def person(n: int) -> Account:
    """Return an account with a name, a former name and a password that no other has."""
    former = Username(hashed(f"former {n}").hex())
    return Account(hashed(f"{n}")[:16], Username(f"p{n}"), hashed(f"pw {n}").hex(), 0, 0, former=((former, 0),))


def test_a_file_from_before_accounts_is_upgraded_in_place(path: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for step in sorted(SCHEMA.glob("*.sql"))[:3]:
        (before / step.name).write_text(step.read_text())
    file = SQLiteFile(path, schema=before)
    file.connection.execute("INSERT INTO logs (key, room, epoch, topic, capacity) VALUES ('tea', 'Tea', 'e', '', 0)")
    file.connection.execute(
        "INSERT INTO messages (id, log, seq, at, speaker, text, action) VALUES (1, 1, 1, 0, 'alice', 'cup of tea', 0)"
    )
    file.close()
    registry = Registry(lambda: SQLiteScribe(path), SQLiteScribe.stop)
    assert registry.kept() == AllAccounts()
    assert registry.change(ALICE, PHONE) is None
    assert registry.kept() == all_of(ALICE, PHONE)
    tea = registry.scribe.opened()
    assert (tea.room, tea.epoch, texts(registry.scribe.read(tea.log))) == ("Tea", "e", ["cup of tea"])
    registry.end()


# As an operator looks after them.


@pytest.fixture
def admin(path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Ask chatroom-admin about the file, and return its status and what it says."""

    def ask(*arguments: str) -> tuple[int, str]:
        status = main(["--store", str(path), *arguments])
        return status, "".join(capsys.readouterr())

    return ask


def fill(path: Path, *changes: AccountChange) -> None:
    """Have a room and *changes* of accounts in *path*."""
    with sqlite(path) as scribe:
        scribe.say(scribe.opened().log, "cup of tea")
        assert scribe.ask(partial(store(scribe).change_accounts, changes)) is None


def found(path: Path) -> AllAccounts:
    """Return the accounts in *path*."""
    with sqlite(path) as scribe:
        return ordered(scribe.ask(store(scribe).restore_accounts))


def test_a_backup_has_the_accounts(path: Path, admin: Callable[..., tuple[int, str]]) -> None:
    copy = path.with_name("monday.sqlite")
    with sqlite(path) as scribe:
        registry = Registry(lambda: scribe, SQLiteScribe.stop)
        assert registry.change(ALICE, BOB, PHONE, DESK, BOBS, Revoked((3,))) is None
        assert admin("backup", str(copy)) == (0, f"{copy} is a copy of {path}.\n")
        assert admin("check") == (0, f"{path} is in order.\n")
        assert registry.change(Dropped(ALICE.id)) is None
    assert found(copy) == all_of(ALICE, BOB, PHONE, DESK, last_device=3)
    assert found(path) == all_of(BOB, last_device=3)


def test_a_file_is_copied_with_its_accounts(path: Path, admin: Callable[..., tuple[int, str]]) -> None:
    fill(path, ALICE, BOB, PHONE, DESK, BOBS, Revoked((3,)))
    copy = path.with_name("copy.sqlite")
    said = f"1 room with 1 message, and 2 accounts, are copied from {path} to {copy}.\n"
    assert admin("copy", str(copy)) == (0, said)
    assert found(copy) == found(path) == all_of(ALICE, BOB, PHONE, DESK, last_device=3)
    # Nobody has a number there that somebody had here.
    with closing(sqlite3.connect(copy)) as other:
        made = other.execute("INSERT INTO devices VALUES (NULL, x'', '', x'', 0, 0, '', '', '', NULL)")
        assert made.lastrowid == 4


@pytest.mark.engines
def test_accounts_are_copied_to_a_database_and_back(
    path: Path, admin: Callable[..., tuple[int, str]], postgresql: Engine
) -> None:
    ignoring = [Ignoring(ALICE.id, Ignored(BOB.username, BOB.id)), Ignoring(BOB.id, Ignored(Username("Carol")))]
    fill(path, ALICE, BOB, *ignoring, PHONE, DESK, BOBS, Revoked((3,)))
    where, back = postgresql.database(), path.with_name("back.sqlite")
    said = "1 room with 1 message, and 2 accounts, are copied from {} to {}.\n"
    assert admin("copy", where) == (0, said.format(path, where))
    assert main(["copy", str(back), "--store", where]) == 0
    people = [each.whom for each in ignoring]
    both = replace(ALICE, ignored=(people[0],)), replace(BOB, ignored=(people[1],))
    assert found(back) == found(path) == all_of(*both, PHONE, DESK, last_device=3)
    # Nobody has a number there that somebody had here.
    with psycopg.connect(where) as other:
        assert other.execute("SELECT nextval('chat.device') > 3").fetchall() == [(True,)]
