"""A joined room: what is said there, and who is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import UNSET
from typing_extensions import override

from chatroom.client.compose.editor import Clipboard
from chatroom.client.compose.input_history import InputHistory
from chatroom.client.model.address import Address
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.hues import Hues
from chatroom.client.model.restraints import Restraints
from chatroom.client.model.smart_filter import SmartFilter
from chatroom.client.views.lines import MessageLine, NoticeLine, Pending, Skipped, Traffic
from chatroom.core.values.names import fold
from chatroom.wire.frames.requests import Say

MAX_NAMES = 10_000
"""Names of members that are kept at most; then their count has to do."""


class Room(Conversation):
    """The client's knowledge of the room *name* while the user is in it."""

    def __init__(
        self,
        name: str,
        sent: InputHistory | None = None,
        clipboard: Clipboard | None = None,
        hues: Hues | None = None,
    ) -> None:
        super().__init__(name, Address(room=name), sent, clipboard, hues)
        # The life of the log in which its messages are numbered.
        self.epoch = ""
        self.creator = ""
        self.smart_filter = SmartFilter()
        self.restraints = Restraints()
        self.roles: dict[str, str] = {}
        # Of those who have gone: whether it is they who come by that name, only the server knows.
        self.former_roles: set[str] = set()
        self._usernames: set[str] = set()
        self._members: tuple[str, ...] | None = ()

    @property
    @override
    def members(self) -> Sequence[str]:
        """The names of the members, in alphabetical order."""
        if self._members is None:
            self._members = tuple(sorted(self._usernames, key=fold))
        return self._members

    @override
    def request(self, pending: Pending) -> Say:
        re = UNSET if pending.re is None else pending.re
        return Say(room=self.name, text=pending.text, action=pending.action, cid=pending.cid, re=re)

    @override
    def called_by(self, speaker: str) -> str:
        return f"{speaker} in {self.name}"

    def entered(self, *, newest: int, resumed: bool, at: datetime, read: int | None = None, epoch: str = "") -> None:
        """Begin to read: on from the last message, or (not *resumed*) with the backlog of a log that is new here.

        Of that, messages behind number *read* are news.
        """
        self.epoch = epoch
        self.loading = False
        if resumed:
            self.news.go_on()
            return
        if self.newest:
            self.reading.return_to_live()
            self.window.start_over()
            self.retractions.clear()
            self.quotes.clear()
            self.answering = None
            self._recent.clear()
            self.window.add(NoticeLine(at, "The server has another log of this room now; it is read anew."))
        self.newest = newest
        self.news.begin(newest, read)

    def level(self) -> int | None:
        """Know that all that was missed is here; return how many messages before a backlog are news."""
        # Logs begin with the number 1; whether more of an older one is kept, only the server knows.
        self.window.complete |= (self.window.first or self.newest + 1) == 1
        self.bare = not any(isinstance(line, MessageLine | Skipped) for line in self.window.lines)
        return self.news.level(self.newest)

    def skipped(self, gap: Skipped) -> None:
        """Know that the messages of *gap* won't come."""
        self.newest = max(self.newest, gap.last)
        self.window.add(gap)

    def traffic(self, traffic: Traffic) -> None:
        """Take in who came and went."""
        self._usernames.difference_update(traffic.left)
        self.hues.left(traffic.left)
        self._know(traffic.joined)
        for name in traffic.left:
            self._resign(name)
        for old, new in traffic.renamed:
            self._usernames.discard(old)
            self.hues.left((old,))
            if old in self.roles:
                self.roles[new] = self.roles.pop(old)
            self._know((new,))
            self.lately.renamed(old, new)
            for order in (self.spoken, self.addressed):
                if old in order:
                    del order[old]
                    order[new] = None
        self._members = None
        self.smart_filter.traffic(traffic)
        self.window.add_traffic(traffic)

    def gone(self, username: str) -> None:
        """Know that *username* is not here any more, which is told otherwise."""
        self._usernames.discard(username)
        self.hues.left((username,))
        self._resign(username)
        self._members = None

    def came_with(self, username: str, role: str) -> None:
        """Know that *username* has come, and has a *role* here."""
        if username in self._usernames:
            self.roles[username] = role
        self.former_roles.discard(username)

    def appointed(self, username: str, role: str) -> None:
        """Know that *username* has a *role* here; of an owner, that who was it before is a moderator now."""
        if role == "member":
            self.roles.pop(username, None)
            return
        if role == "owner":
            self.roles = {name: "moderator" if had == "owner" else had for name, had in self.roles.items()}
        self.roles[username] = role

    def people(self, usernames: Sequence[str], roles: Mapping[str, str], *, first: bool) -> None:
        """Take a page of the names of the members, with *roles* of some; the *first* one replaces all known ones."""
        if first:
            self._usernames.clear()
            self.roles.clear()
        self.roles |= roles
        self.former_roles.difference_update(usernames)
        self._know(usernames)
        self._members = None

    @override
    def said(self, message: MessageLine, *, seen: bool, hidden: bool = False) -> bool:
        if not hidden:
            self.smart_filter.spoke(message.speaker)
        return super().said(message, seen=seen, hidden=hidden)

    @override
    def say(self, pending: Pending) -> None:
        super().say(pending)
        first = pending.text.split(maxsplit=1)[0].lstrip("@").rstrip(":,")
        if first in self._usernames:
            self.speak_to(first)

    @override
    def speak_to(self, username: str) -> None:
        super().speak_to(username)
        self.smart_filter.address(username)

    def _resign(self, username: str) -> None:
        if self.roles.pop(username, None):
            self.former_roles.add(username)

    def _know(self, usernames: Sequence[str]) -> None:
        """Know of *usernames* here, as far as there is room for them."""
        known = usernames[: max(MAX_NAMES - len(self._usernames), 0)]
        self._usernames.update(known)
        self.hues.came(known)
