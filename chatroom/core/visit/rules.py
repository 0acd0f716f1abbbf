"""The commands: one row each, with what carries it out, its cost and its conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chatroom.core.values.commands import (
    AddAccount,
    Appoint,
    Authenticate,
    ChangePassword,
    Command,
    Confide,
    Configure,
    Connections,
    Create,
    Delete,
    Describe,
    Devices,
    Disconnect,
    History,
    Ignore,
    Impose,
    Invite,
    Join,
    Kick,
    Leave,
    Lift,
    List,
    ListAccounts,
    ListIgnored,
    ListSanctions,
    ListUnread,
    Local,
    Login,
    MarkRead,
    Monitor,
    Notify,
    Operate,
    Ping,
    Pong,
    Quit,
    ReadAudit,
    ReadReports,
    Redact,
    Register,
    Reload,
    RemoveAccount,
    Rename,
    Report,
    Resolve,
    Revoke,
    Say,
    Search,
    SetLogLevel,
    SetPassword,
    SetRole,
    ShowRoom,
    StandDown,
    Tag,
    Talks,
    Tell,
    Topic,
    Trust,
    Unregister,
    Who,
    WhoIs,
    WhoWas,
)
from chatroom.core.visit import rights
from chatroom.core.visit.about_rooms import delete, list_rooms, set_topic, show_room
from chatroom.core.visit.account_keeping import keep_accounts
from chatroom.core.visit.accounts import act
from chatroom.core.visit.asking import monitor, who, whois, whowas
from chatroom.core.visit.auditing import list_acts
from chatroom.core.visit.authentication import authenticate
from chatroom.core.visit.confiding import confide
from chatroom.core.visit.describing import describe
from chatroom.core.visit.driver import Work
from chatroom.core.visit.finding import find
from chatroom.core.visit.handling import handle
from chatroom.core.visit.keeping_order import order
from chatroom.core.visit.looking_back import history
from chatroom.core.visit.marking import mark
from chatroom.core.visit.moderation import list_sanctions
from chatroom.core.visit.moving import create, join, leave
from chatroom.core.visit.operating import become_operator, stand_down
from chatroom.core.visit.passwords_needed import with_password
from chatroom.core.visit.redaction import redact
from chatroom.core.visit.renaming import rename
from chatroom.core.visit.reporting import list_reports, report, resolve
from chatroom.core.visit.rule import ERASING, Ask, Rule
from chatroom.core.visit.saying import tell
from chatroom.core.visit.tagging import tag
from chatroom.core.visit.unread import list_talks, list_unread

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Row(Rule, Generic[C]):
    """A *command*, and its *handler* for those who have a name, or who come by the control socket.

    Without one, the visitor takes it before, in whatever state they are.
    """

    command: type[C]
    handler: Callable[[Ask, C], Work] | None


_ROWS: tuple[Row[Any], ...] = (
    Row(Say, None, membership="member", holds=False),
    Row(Tell, tell),
    Row(Confide, confide, membership="member"),
    Row(Tag, tag, membership="member"),
    Row(Talks, list_talks),
    Row(Login, None, state="username"),
    Row(Authenticate, with_password(authenticate), early=True),
    Row(Trust, act, tokens=5),
    Row(Register, with_password(act), tokens=5, early=True),
    Row(ChangePassword, with_password(act), tokens=5),
    Row(Unregister, with_password(act), tokens=5 + ERASING),
    Row(Devices, act),
    Row(Revoke, act),
    Row(Ignore, act),
    Row(ListIgnored, act),
    Row(Operate, with_password(become_operator), tokens=5),
    Row(StandDown, stand_down),
    Row(Rename, rename, tokens=5),
    Row(Describe, describe, tokens=5),
    Row(List, list_rooms, operator=True),
    Row(Who, who, operator=True),
    Row(WhoIs, whois),
    Row(WhoWas, whowas),
    Row(Monitor, monitor),
    Row(Create, create, tokens=5),
    Row(Join, join),
    Row(Leave, leave, membership="held"),
    Row(Delete, delete, tokens=5, right=rights.delete, operator=True),
    Row(ShowRoom, show_room),
    Row(Topic, set_topic, tokens=5, membership="member"),
    Row(History, history, membership="member"),
    Row(Search, find, membership="member"),
    Row(MarkRead, mark),
    Row(ListUnread, list_unread),
    Row(Kick, order, tokens=5, right=rights.moderate, operator=True),
    Row(Appoint, order, tokens=5, right=rights.moderate, operator=True),
    Row(Configure, order, tokens=5, right=rights.moderate, operator=True),
    Row(Invite, order, tokens=5, right=rights.invite, operator=True),
    Row(Impose, order, tokens=5, right=rights.moderate, operator=True),
    Row(Lift, order, tokens=5, right=rights.moderate, operator=True),
    Row(Redact, redact, tokens=2, operator=True),
    Row(Report, report, tokens=5),
    Row(Resolve, resolve, tokens=5, operator=True),
    Row(ReadReports, list_reports, right=rights.moderate, operator=True),
    Row(ListSanctions, list_sanctions, right=rights.moderate, operator=True),
    Row(ReadAudit, list_acts, right=rights.moderate, operator=True),
    Row(Connections, handle, state="operator"),
    Row(Disconnect, handle, state="operator"),
    Row(Notify, handle, state="operator"),
    Row(Reload, handle, tokens=5, state="operator"),
    Row(SetLogLevel, handle, state="operator"),
    Row(ListAccounts, keep_accounts, state="operator"),
    Row(AddAccount, keep_accounts, tokens=5, state="operator"),
    Row(SetPassword, keep_accounts, tokens=5, state="operator"),
    Row(SetRole, keep_accounts, tokens=5, state="operator"),
    Row(RemoveAccount, keep_accounts, tokens=5, state="operator"),
    Row(Ping, None, state="any"),
    Row(Pong, None, state="any"),
    Row(Local, None, state="any"),
    Row(Quit, None, state="any"),
)

RULES: dict[type[Command], Row[Any]] = {row.command: row for row in _ROWS}
"""The row of each command."""
