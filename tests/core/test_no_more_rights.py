"""Nobody has more rights than what they know now would give them by a fresh login, whatever was done before.

The rights of everybody are compared with a simple account of who was given what: by a name's password and role as they
are now, for each life of an account by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from chatroom.core.people.seat import Seat
from chatroom.core.ports import FollowedRoom, LogId
from chatroom.core.values.accounts import digest
from chatroom.core.values.commands import (
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Create,
    Devices,
    Join,
    Leave,
    ListAccounts,
    Login,
    Operate,
    Quit,
    Register,
    RemoveAccount,
    Revoke,
    SetPassword,
    SetRole,
    StandDown,
    Tell,
    Unregister,
)
from chatroom.core.values.commands import Talks as ListTalks
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import (
    Authenticated,
    DeviceList,
    Entered,
    Kept,
    Ok,
    Refused,
    Registered,
    TalkList,
    Welcome,
)
from chatroom.logs.memory.log import MemoryLog
from tests.core.scenes import session
from tests.core.visit.accounts.test_accounts import world
from tests.examples import examples
from tests.fakes import Person

CONNECTIONS = 4

which = st.integers(0, CONNECTIONS - 1)
ALICE, BOB = Username("alice"), Username("bob")
names = st.sampled_from([ALICE, BOB])
rooms = st.sampled_from(["tea", "pond"]).map(RoomName)
humans = st.sampled_from(["ada", "ben"])


@dataclass(eq=False)
class Account:
    """A life of the account with that *id*: its *password* and role now, and the *tokens* that are worth something."""

    id: bytes
    password: Password
    operator: bool = False
    tokens: dict[str, int] = field(default_factory=dict)
    gone: bool = False


@dataclass(eq=False)
class Human:
    """Somebody with a session of their own, and the passwords that they *know* last, by the accounts' names."""

    session: bytes
    knows: dict[Username, Password] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Connection:
    """A connection of *human*, who has shown that an *account* is theirs by a *token* or the password.

    They may act as an operator by the password *acting* of an account.
    """

    human: Human
    person: Person
    account: Account | None = None
    token: str | None = None
    acting: tuple[Account, Password] | None = None

    @property
    def seat(self) -> Seat:
        assert self.person.visitor.seat
        return self.person.visitor.seat


class Rights(RuleBasedStateMachine):
    """What two people do by a few connections, and an operator by the control socket, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.log = MemoryLog()
        self.world = world(log=self.log, kept=self.log, follows=True, grace=30)
        self.admin = self.world.operator()
        self.humans = {name: Human(session(name)) for name in ("ada", "ben")}
        self.connections: list[Connection] = []
        self.accounts: dict[Username, Account] = {}
        # By what each was known: never a second time for somebody else.
        self.ids = set[bytes]()
        self.given: dict[bytes, set[tuple[LogId, str]]] = defaultdict(set)
        self.followed: dict[bytes, set[LogId]] = defaultdict(set)
        self.told: dict[bytes, set[Username]] = defaultdict(set)
        self.passwords = 0

    # Who there is.

    @property
    def live(self) -> list[Connection]:
        """Those who are there."""
        self.connections = [each for each in self.connections if not each.person.visitor.gone]
        return self.connections

    def one(self, number: int) -> Connection:
        """Return one of them."""
        return self.live[number % len(self.live)]

    def owner(self, number: int) -> tuple[Connection, Account]:
        """Return one of those with an account."""
        owners = [(each, each.account) for each in self.live if each.account]
        return owners[number % len(owners)]

    def answer(self, connection: Connection, command: Command) -> Any:
        """Return what *command* is answered."""
        connection.person.see()
        [answer] = connection.person.do(command)
        return answer

    def new_password(self) -> Password:
        self.passwords += 1
        return Password(f"correct horse {self.passwords}")

    def took(self, connection: Connection) -> None:
        """Note who a connection is now, and that it may be that."""
        seat = connection.seat
        if seat.user.has_account:
            connection.account = next(each for each in self.accounts.values() if each.id == seat.identity)

    # What is done.

    @initialize()
    def begin(self) -> None:
        """Let each of both have an account, whose password the other knows, and one of them be an operator."""
        for human, name in (("ada", ALICE), ("ben", BOB)):
            self.connect(human, name, known=True, by="guest")
            self.register(-1)
        self.role(ALICE, operator=True)

    @precondition(lambda self: len(self.live) < CONNECTIONS)
    @rule(human=humans, name=names, known=st.booleans(), by=st.sampled_from(["guest", "password", "token"]))
    def connect(self, human: str, name: Username, known: bool, by: str) -> None:
        """Come as a guest or by what one knows, also by one's session, and have a token made of a password."""
        who = self.humans[human]
        # One that is right, if they know any; of many that are wrong, even that would be refused.
        right = [each for each, account in self.accounts.items() if who.knows.get(each) == account.password]
        if by == "password" and right and name not in right:
            name = right[0]
        password = who.knows.get(name) if by == "password" else None
        token = who.tokens[-1] if by == "token" and who.tokens else None
        if not (password or token):
            name = Username(f"{name}{by}") if name in self.accounts else name
        person = self.world.visit()
        login = Login(
            name,
            who.session if known else None,
            password=password,
            token=digest(token) if token else None,
            remember=password is not None,
        )
        [answer] = [each for each in person.do(login) if isinstance(each, Welcome | Refused)]
        if isinstance(answer, Refused):
            return
        connection = Connection(who, person, token=token)
        self.connections.append(connection)
        self.took(connection)
        if connection.account and answer.account and (made := answer.account.token):
            who.tokens.append(made)
            connection.account.tokens[made] = answer.account.device
            connection.token = made

    @precondition(lambda self: len(self.live) < CONNECTIONS - 1)
    @rule(name=names, known=st.booleans())
    def share(self, name: Username, known: bool) -> None:
        """Let both come by the password of one account."""
        self.confide(name)
        for human in self.humans:
            self.connect(human, name, known, by="password")

    @precondition(lambda self: self.live)
    @rule(number=which, tells=st.booleans())
    def register(self, number: int, tells: bool = True) -> None:
        """Make a name one's own, and tell the other its password, or not."""
        connection = self.one(number)
        guest, name, password = connection.seat.identity, connection.seat.username, self.new_password()
        if not any(isinstance(each, Registered) for each in connection.person.do(Register(password))):
            return
        made = connection.seat.identity
        assert made not in self.ids
        assert made != guest
        self.ids.add(made)
        connection.account = self.accounts[name] = Account(made, password)
        connection.human.knows[name] = password
        if tells:
            self.confide(name)
        self.merge(connection, guest, made)

    def merge(self, connection: Connection, guest: bytes, account: bytes) -> None:
        """Let the account have what the guest had."""
        self.given[account] |= self.given.pop(guest, set())
        self.followed[account] |= self.followed.pop(guest, set())
        self.followed[account] |= {reader.room.log_id for reader in connection.seat.rooms.values()}

    @precondition(lambda self: self.live)
    @rule(number=which, name=names)
    def authenticate(self, number: int, name: Username) -> None:
        connection = self.one(number)
        if name not in connection.human.knows:
            return
        guest = connection.seat.identity
        answers = connection.person.do(Authenticate(name, connection.human.knows[name]))
        if any(isinstance(each, Authenticated) for each in answers):
            self.took(connection)
            assert connection.account
            self.merge(connection, guest, connection.account.id)

    @precondition(lambda self: any(each.account for each in self.live))
    @rule(number=which)
    def unregister(self, number: int) -> None:
        connection, before = self.owner(number)
        name = connection.seat.username
        password = connection.human.knows.get(name)
        if password and any(isinstance(each, Ok) for each in connection.person.do(Unregister(password))):
            self.end(name)
            connection.account = None
            now = connection.seat.identity
            assert now not in self.ids
            assert now != before.id
            self.ids.add(now)

    def end(self, name: Username) -> None:
        """Note that the account called *name* is no more."""
        account = self.accounts.pop(name)
        account.gone = True
        # What was given to it in rooms stays there, and is nobody's.
        for of in (self.followed, self.told):
            of.pop(account.id, None)

    @precondition(lambda self: any(each.account for each in self.live))
    @rule(number=which, tells=st.booleans())
    def change_password(self, number: int, tells: bool) -> None:
        """Take another password, and tell the other, or not."""
        connection, account = self.owner(number)
        name, new = connection.seat.username, self.new_password()
        old = connection.human.knows.get(name)
        if old and any(isinstance(each, Ok) for each in connection.person.do(ChangePassword(old, new))):
            account.password = connection.human.knows[name] = new
            # Only what this connection came by is worth something still.
            device = connection.seat.device
            account.tokens = {token: number for token, number in account.tokens.items() if number == device}
            if tells:
                self.confide(name)

    @precondition(lambda self: self.live)
    @rule(number=which, name=names)
    def operate(self, number: int, name: Username) -> None:
        connection = self.one(number)
        if name not in connection.human.knows:
            return
        password = connection.human.knows[name]
        operates = connection.seat.operates
        if any(isinstance(each, Ok) for each in connection.person.do(Operate(name, password))) and not operates:
            connection.acting = self.accounts[name], password

    @precondition(lambda self: self.live)
    @rule(number=which)
    def stand_down(self, number: int) -> None:
        connection = self.one(number)
        connection.person.do(StandDown())
        connection.acting = None

    @rule(name=names, operator=st.booleans())
    def role(self, name: Username, operator: bool) -> None:
        if name in self.accounts:
            self.admin.do(SetRole(name, "operator" if operator else "member"))
            self.accounts[name].operator = operator

    @rule(name=names, human=humans)
    def password(self, name: Username, human: str) -> None:
        """Let an operator give an account a new password, and tell somebody."""
        if account := self.accounts.get(name):
            account.password = self.humans[human].knows[name] = self.new_password()
            self.admin.do(SetPassword(name, account.password))
            account.tokens.clear()

    @rule(name=names)
    def confide(self, name: Username) -> None:
        """Let whoever knows a password tell the other."""
        account = self.accounts.get(name)
        if account and any(human.knows.get(name) == account.password for human in self.humans.values()):
            for human in self.humans.values():
                human.knows[name] = account.password

    @rule(name=names)
    def remove(self, name: Username) -> None:
        if name in self.accounts:
            self.admin.do(RemoveAccount(name))
            self.end(name)

    @precondition(lambda self: any(each.account for each in self.live))
    @rule(number=which, place=st.integers(0, 3))
    def revoke(self, number: int, place: int) -> None:
        connection, account = self.owner(number)
        [listed] = [each for each in connection.person.do(Devices()) if isinstance(each, DeviceList)]
        device = listed.devices[place % len(listed.devices)].device
        connection.person.do(Revoke(device))
        account.tokens = {each: number for each, number in account.tokens.items() if number != device}
        for other in self.live:
            assert other.account is not account or other.seat.device != device

    @precondition(lambda self: self.live)
    @rule(number=which, room=rooms)
    def come(self, number: int, room: RoomName) -> None:
        connection = self.one(number)
        is_new = key(room) not in self.world.lobby.rooms
        answers = connection.person.do(Create(room) if is_new else Join(room))
        if any(isinstance(each, Entered) for each in answers):
            log = self.world.lobby.rooms[key(room)].log_id
            if is_new:
                self.given[connection.seat.identity].add((log, "owner"))
            self.followed[connection.seat.identity].add(log)

    @precondition(lambda self: self.live)
    @rule(number=which, room=rooms)
    def leave(self, number: int, room: RoomName) -> None:
        self.one(number).person.do(Leave(room))

    @precondition(lambda self: self.live)
    @rule(number=which, room=rooms, other=which)
    def appoint(self, number: int, room: RoomName, other: int) -> None:
        connection, whom = self.one(number), self.one(other)
        if any(isinstance(each, Ok) for each in connection.person.do(Appoint(room, whom.seat.username, "moderator"))):
            log = self.world.lobby.rooms[key(room)].log_id
            self.given[whom.seat.identity].add((log, "moderator"))

    @precondition(lambda self: any(each.account for each in self.live))
    @rule(number=which, name=names)
    def tell(self, number: int, name: Username) -> None:
        connection, account = self.owner(number)
        if any(isinstance(each, Kept) for each in connection.person.do(Tell(name, "psst"))) and name in self.accounts:
            self.told[account.id].add(name)
            self.told[self.accounts[name].id].add(connection.seat.username)

    @precondition(lambda self: self.live)
    @rule(number=which, quits=st.booleans(), later=st.booleans())
    def go(self, number: int, quits: bool, later: bool) -> None:
        """Quit, or lose a connection, whose seat is held for a while."""
        connection = self.one(number)
        if quits:
            connection.person.do(Quit())
        else:
            connection.person.visitor.lost()
        self.world.settle(60 if later else 1)

    # What they may do now.

    @invariant()
    def an_account_is_theirs_who_could_show_it_now(self) -> None:
        for connection in self.live:
            seat, account = connection.seat, connection.account
            if not seat.user.has_account:
                assert seat.identity not in {each.id for each in self.accounts.values()}
                # A guest is one connection: what others came by was the account's, which is gone.
                assert list(seat.user.seats) == [seat]
                continue
            assert account
            assert not account.gone
            assert (seat.username, seat.identity) == (self.name(account), account.id)
            knows = connection.human.knows.get(seat.username) == account.password
            assert knows or connection.token in account.tokens or self.is_bound(connection)

    def name(self, account: Account) -> Username:
        return next(name for name, each in self.accounts.items() if each is account)

    def is_bound(self, connection: Connection) -> bool:
        """Return whether a login with the session of that connection is one by its account still."""
        assert self.world.accounts
        assert connection.account
        found: list[Any] = []
        if connection.seat.session is not None:
            self.world.accounts.bound(connection.seat.session, found.append)
            self.world.settle()
        return found == [connection.account.id]

    @invariant()
    def they_are_operators_by_a_role_that_is_there(self) -> None:
        for connection in self.live:
            role = connection.account is not None and connection.account.operator
            acts = False
            if connection.acting:
                account, password = connection.acting
                acts = account.operator and not account.gone and account.password == password
            answer = self.answer(connection, ListAccounts())
            assert isinstance(answer, Refused) is not (role or acts), answer
            if not acts:
                connection.acting = None

    @invariant()
    def in_rooms_they_have_what_they_were_given(self) -> None:
        for room in self.world.lobby.rooms.values():
            log, standing = room.log_id, room.standing
            if standing.owner is not None:
                assert (log, "owner") in self.given[standing.owner]
            assert all((log, "moderator") in self.given[person] for person in standing.moderators)

    @invariant()
    def they_follow_what_they_have_entered(self) -> None:
        for connection in self.live:
            found: list[list[FollowedRoom]] = []
            self.log.follows(connection.seat.identity, found.append)  # type: ignore[arg-type]
            here = {reader.room.log_id for reader in connection.seat.rooms.values()}
            assert {each.log for each in found[0]} <= self.followed[connection.seat.identity] | here

    @invariant()
    def they_have_the_talks_of_their_account(self) -> None:
        for connection in self.live:
            answer = self.answer(connection, ListTalks())
            if connection.account is None:
                assert isinstance(answer, Refused)
            else:
                assert isinstance(answer, TalkList)
                assert {talk.other for talk in answer.talks} <= self.told[connection.account.id]

    @override
    def teardown(self) -> None:
        self.world.settle(60)


TestRights: Callable[[], None] = Rights.TestCase  # type: ignore[assignment]
Rights.TestCase.settings = examples(200, stateful_step_count=50)
