"""The rules of commands: one row each, with its cost and its conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from chatroom.core.rooms.room import Room
from chatroom.core.values import commands
from chatroom.core.visit import rights
from chatroom.core.visit.rights import Actor


class Rule(NamedTuple):
    """The cost of a command in *tokens*, and its conditions.

    Its visitor has to be in *state*, and needs *membership* in its room; *right* raises an error if they may not do it
    to the room. Those marked by *operator* the operator takes too, who has no name; an *early* one may come before
    there is one. A command that *holds* keeps the requests behind it waiting for its answer.
    """

    tokens: int = 1
    state: Literal["username", "named", "operator", "any"] = "named"
    membership: Literal["held", "member"] | None = None
    right: Callable[[Actor, Room], None] | None = None
    holds: bool = True
    operator: bool = False
    early: bool = False

    def allow(self, actor: Actor, room: Room) -> None:
        """Raise an error if *actor* may not do it to *room*, or may not know of it any more."""
        rights.know_of(actor.viewer, room, room.name)
        if self.right:
            self.right(actor, room)


OPENING = 4
"""Further tokens for what opens the log of a closed room or talk, or looks for one."""

ERASING = 5
"""Further tokens for what takes an account and all that belongs to it out of the store."""

RULES: dict[type[commands.Command], Rule] = {
    commands.Say: Rule(membership="member", holds=False),
    commands.Tell: Rule(),
    commands.Confide: Rule(membership="member"),
    commands.Tag: Rule(membership="member"),
    commands.Talks: Rule(),
    commands.Login: Rule(state="username"),
    commands.Authenticate: Rule(early=True),
    commands.Trust: Rule(tokens=5),
    commands.Register: Rule(tokens=5, early=True),
    commands.ChangePassword: Rule(tokens=5),
    commands.Unregister: Rule(tokens=5 + ERASING),
    commands.Devices: Rule(),
    commands.Revoke: Rule(),
    commands.Ignore: Rule(),
    commands.ListIgnored: Rule(),
    commands.Operate: Rule(tokens=5),
    commands.StandDown: Rule(),
    commands.Rename: Rule(tokens=5),
    commands.Describe: Rule(tokens=5),
    commands.List: Rule(operator=True),
    commands.Who: Rule(operator=True),
    commands.WhoIs: Rule(),
    commands.WhoWas: Rule(),
    commands.Monitor: Rule(),
    commands.Create: Rule(tokens=5),
    commands.Join: Rule(),
    commands.Leave: Rule(membership="held"),
    commands.Delete: Rule(tokens=5, right=rights.delete, operator=True),
    commands.ShowRoom: Rule(),
    commands.Topic: Rule(tokens=5, membership="member"),
    commands.History: Rule(membership="member"),
    commands.Search: Rule(membership="member"),
    commands.MarkRead: Rule(),
    commands.ListUnread: Rule(),
    commands.Kick: Rule(tokens=5, right=rights.moderate, operator=True),
    commands.Appoint: Rule(tokens=5, right=rights.moderate, operator=True),
    commands.Configure: Rule(tokens=5, right=rights.moderate, operator=True),
    commands.Invite: Rule(tokens=5, right=rights.invite, operator=True),
    commands.Impose: Rule(tokens=5, right=rights.moderate, operator=True),
    commands.Lift: Rule(tokens=5, right=rights.moderate, operator=True),
    commands.Redact: Rule(tokens=2, operator=True),
    commands.Report: Rule(tokens=5),
    commands.Resolve: Rule(tokens=5, operator=True),
    commands.ReadReports: Rule(right=rights.moderate, operator=True),
    commands.ListSanctions: Rule(right=rights.moderate, operator=True),
    commands.ReadAudit: Rule(right=rights.moderate, operator=True),
    commands.Connections: Rule(state="operator"),
    commands.Disconnect: Rule(state="operator"),
    commands.Notify: Rule(state="operator"),
    commands.Reload: Rule(tokens=5, state="operator"),
    commands.SetLogLevel: Rule(state="operator"),
    commands.ListAccounts: Rule(state="operator"),
    commands.AddAccount: Rule(tokens=5, state="operator"),
    commands.SetPassword: Rule(tokens=5, state="operator"),
    commands.SetRole: Rule(tokens=5, state="operator"),
    commands.RemoveAccount: Rule(tokens=5, state="operator"),
    commands.Ping: Rule(state="any"),
    commands.Pong: Rule(state="any"),
    commands.Local: Rule(state="any"),
    commands.Quit: Rule(state="any"),
}
"""The rule of each command."""
