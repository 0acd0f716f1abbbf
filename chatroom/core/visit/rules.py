"""The commands: one row each, with what carries it out, its cost and its conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chatroom.core.values import commands
from chatroom.core.visit import rights
from chatroom.core.visit.accounts.account_keeping import keep_accounts
from chatroom.core.visit.accounts.authentication import authenticate
from chatroom.core.visit.accounts.operating import become_operator, stand_down
from chatroom.core.visit.accounts.own_account import act
from chatroom.core.visit.accounts.passwords_needed import with_password
from chatroom.core.visit.driver import Work
from chatroom.core.visit.order.auditing import list_acts
from chatroom.core.visit.order.handling import handle
from chatroom.core.visit.order.keeping_order import order
from chatroom.core.visit.order.moderation import list_sanctions
from chatroom.core.visit.order.reporting import list_reports, report, resolve
from chatroom.core.visit.people.describing import describe
from chatroom.core.visit.people.people_commands import monitor, who, whois, whowas
from chatroom.core.visit.people.renaming import rename
from chatroom.core.visit.rooms.about_rooms import delete, list_rooms, set_topic, show_room
from chatroom.core.visit.rooms.moving import create, join, leave
from chatroom.core.visit.rule import ERASING, Ask, Rule
from chatroom.core.visit.talk.confiding import confide
from chatroom.core.visit.talk.finding import find
from chatroom.core.visit.talk.looking_back import history
from chatroom.core.visit.talk.marking import mark
from chatroom.core.visit.talk.redaction import redact
from chatroom.core.visit.talk.saying import tell
from chatroom.core.visit.talk.tagging import tag
from chatroom.core.visit.talk.unread import list_talks, list_unread

C = TypeVar("C", bound=commands.Command)


@dataclass(frozen=True, slots=True)
class Row(Rule, Generic[C]):
    """A *command*, and its *handler* for those who have a name, or who come by the control socket.

    Without one, the visitor takes it before, in whatever state they are.
    """

    command: type[C]
    handler: Callable[[Ask, C], Work] | None


_ROWS: tuple[Row[Any], ...] = (
    Row(commands.Say, None, membership="member", holds=False),
    Row(commands.Tell, tell),
    Row(commands.Confide, confide, membership="member"),
    Row(commands.Tag, tag, membership="member"),
    Row(commands.Talks, list_talks),
    Row(commands.Login, None, state="username"),
    Row(commands.Authenticate, with_password(authenticate), early=True),
    Row(commands.Trust, act, tokens=5),
    Row(commands.Register, with_password(act), tokens=5, early=True),
    Row(commands.ChangePassword, with_password(act), tokens=5),
    Row(commands.Unregister, with_password(act), tokens=5 + ERASING),
    Row(commands.Devices, act),
    Row(commands.Revoke, act),
    Row(commands.Ignore, act),
    Row(commands.ListIgnored, act),
    Row(commands.Operate, with_password(become_operator), tokens=5),
    Row(commands.StandDown, stand_down),
    Row(commands.Rename, rename, tokens=5),
    Row(commands.Describe, describe, tokens=5),
    Row(commands.List, list_rooms, operator=True),
    Row(commands.Who, who, operator=True),
    Row(commands.WhoIs, whois),
    Row(commands.WhoWas, whowas),
    Row(commands.Monitor, monitor),
    Row(commands.Create, create, tokens=5),
    Row(commands.Join, join),
    Row(commands.Leave, leave, membership="held"),
    Row(commands.Delete, delete, tokens=5, right=rights.delete, operator=True),
    Row(commands.ShowRoom, show_room),
    Row(commands.Topic, set_topic, tokens=5, membership="member"),
    Row(commands.History, history, membership="member"),
    Row(commands.Search, find, membership="member"),
    Row(commands.MarkRead, mark),
    Row(commands.ListUnread, list_unread),
    Row(commands.Kick, order, tokens=5, right=rights.moderate, operator=True),
    Row(commands.Appoint, order, tokens=5, right=rights.moderate, operator=True),
    Row(commands.Configure, order, tokens=5, right=rights.moderate, operator=True),
    Row(commands.Invite, order, tokens=5, right=rights.invite, operator=True),
    Row(commands.Impose, order, tokens=5, right=rights.moderate, operator=True),
    Row(commands.Lift, order, tokens=5, right=rights.moderate, operator=True),
    Row(commands.Redact, redact, tokens=2, operator=True),
    Row(commands.Report, report, tokens=5),
    Row(commands.Resolve, resolve, tokens=5, operator=True),
    Row(commands.ReadReports, list_reports, right=rights.moderate, operator=True),
    Row(commands.ListSanctions, list_sanctions, right=rights.moderate, operator=True),
    Row(commands.ReadAudit, list_acts, right=rights.moderate, operator=True),
    Row(commands.Connections, handle, state="operator"),
    Row(commands.Disconnect, handle, state="operator"),
    Row(commands.Notify, handle, state="operator"),
    Row(commands.Reload, handle, tokens=5, state="operator"),
    Row(commands.SetLogLevel, handle, state="operator"),
    Row(commands.ListAccounts, keep_accounts, state="operator"),
    Row(commands.AddAccount, keep_accounts, tokens=5, state="operator"),
    Row(commands.SetPassword, keep_accounts, tokens=5, state="operator"),
    Row(commands.SetRole, keep_accounts, tokens=5, state="operator"),
    Row(commands.RemoveAccount, keep_accounts, tokens=5, state="operator"),
    Row(commands.Ping, None, state="any"),
    Row(commands.Pong, None, state="any"),
    Row(commands.Local, None, state="any"),
    Row(commands.Quit, None, state="any"),
)

RULES: dict[type[commands.Command], Row[Any]] = {row.command: row for row in _ROWS}
"""The row of each command."""
