"""Who is who in a room: its owner, who moderates it, is voiced, muted, banned or admitted, and by what settings."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from hmac import compare_digest

from msgspec.structs import replace

from chatroom.core.accounts.guessing import Guesses
from chatroom.core.ports import Opened
from chatroom.core.rooms.fitting import MaskSubject
from chatroom.core.rooms.sanctions import Sanctions, longest
from chatroom.core.rooms.viewer import Comer, Viewer
from chatroom.core.values.errors import (
    Banned,
    ChatError,
    InviteOnly,
    KeyWrong,
    Locked,
    Muted,
    NoGuests,
    NoSuchRoom,
    NotAllowed,
    TooManyKeys,
    TooManyTries,
)
from chatroom.core.values.events import Removed
from chatroom.core.values.names import Username
from chatroom.core.values.names import key as to_key
from chatroom.core.values.rights import Rank, Role, Tuning
from chatroom.core.values.sanctions import Kind, Sanction
from chatroom.core.values.texts import typed_key


class Standing:
    """The standing of people in the room that is *opened*; *operators* have all rights.

    *now* returns the time of day, by which sanctions end, in milliseconds since 1970 (UTC).
    """

    __slots__ = (
        "_now",
        "_operators",
        "admitted",
        "key",
        "keys",
        "moderators",
        "owner",
        "room",
        "sanctions",
        "settings",
        "voiced",
    )

    def __init__(self, opened: Opened, operators: Container[bytes], now: Callable[[], int]) -> None:
        self.room = opened.room
        self.settings = opened.settings
        self.key = opened.key
        self.keys = opened.keys
        self.owner = opened.owner
        self.moderators = set(opened.moderators)
        self.voiced = set(opened.voiced)
        self.admitted = set(opened.admitted)
        self.sanctions = Sanctions(opened.sanctions)
        self._operators = operators
        self._now = now

    # Roles.

    def rank(self, person: bytes) -> Rank:
        """Return the rank here of whoever is known by *person*."""
        return Rank.OPERATOR if person in self._operators else self.own_rank(person)

    def own_rank(self, person: bytes) -> Rank:
        """Return the rank that *person* has here by a role, whether they are an operator or not."""
        if person == self.owner:
            return Rank.OWNER
        if person in self.moderators:
            return Rank.MODERATOR
        return Rank.VOICED if person in self.voiced else Rank.GUEST

    def moderates(self, person: bytes) -> bool:
        """Return whether whoever is known by *person* moderates it, or has more rights."""
        return self.rank(person) >= Rank.MODERATOR

    def appoint(self, person: bytes, role: Role) -> None:
        """Give *person* a *role*; who was the owner before another one moderates."""
        if role == "owner" and self.owner is not None:
            self.moderators.add(self.owner)
        self.moderators.discard(person)
        self.voiced.discard(person)
        if role == "moderator":
            self.moderators.add(person)
        elif role == "voiced" and self.owner != person:
            self.voiced.add(person)
        elif role == "owner":
            self.owner = person

    def merge(self, person: bytes, account: bytes) -> None:
        """Know by *account* whoever was known by *person*."""
        if self.owner == person:
            self.owner = account
        elif person in self.moderators and self.owner != account:
            self.moderators.add(account)
        self.moderators.discard(person)
        if self.owner is not None:
            self.moderators.discard(self.owner)
        if person in self.voiced:
            self.voiced.add(account)
        self.voiced -= {person, self.owner, *self.moderators}
        if person in self.admitted:
            self.admitted.discard(person)
            self.admitted.add(account)
        self.sanctions.merge(person, account)

    def may_see(self, person: bytes, about: bytes) -> bool:
        """Return whether *person*, no operator, may see a report *about* somebody, who is none who moderates."""
        return self.own_rank(person) >= Rank.MODERATOR and not self.moderates(about)

    # Speaking.

    @property
    def restrains(self) -> bool:
        """Whether it depends on who one is, and when, whether one may speak: that is looked at for each message."""
        return bool(self.settings.slow or self.settings.locked or len(self.sanctions))

    def admit(self, speaker: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None) -> bool:
        """Let *speaker*, who is known by *person* and comes from *host*, speak; return whether others may set a pace.

        :raises chatroom.core.values.errors.Muted: if they are.
        :raises chatroom.core.values.errors.Locked: if only those with a role may.
        """
        self.refuse_muted(speaker, person, host, shown)
        if self.rank(person):
            return False
        if self.settings.locked:
            raise Locked(self.room)
        return True

    def admit_topic(
        self, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> None:
        """Let *username* set the topic, as they may speak; who is voiced only speaks.

        :raises chatroom.core.values.errors.Muted: if they may not.
        :raises chatroom.core.values.errors.Locked: if only those who moderate speak.
        :raises chatroom.core.values.errors.NotAllowed: if only they may.
        """
        self.admit(username, person, host, shown)
        if self.moderates(person):
            return
        if self.settings.locked:
            raise Locked(self.room)
        if self.settings.topic_locked:
            raise NotAllowed(f"Only the moderators of {self.room} set its topic", self.room)

    def refuse_muted(
        self, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> None:
        """Let somebody do what is not for those who are muted.

        :raises chatroom.core.values.errors.Muted: if they are.
        """
        if mute := self.mute_of(username, person, host, shown):
            raise Muted(self.room, mute.until, mute.reason)

    def mute_of(
        self, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> Sanction | None:
        """Return the sanction for which somebody may not speak, if there is one."""
        return self._fitting("mute", username, person, host, shown)

    # Coming in.

    def refusal(self, comer: Comer, *, is_in: bool, opens: Callable[[], bool]) -> ChatError | None:
        """Return the error for which *comer* may not come in, if there is one; then they may not read it either.

        Who *is_in* already, or has held the place, needs no invitation, account or key. For others, unless they need
        none, *opens* says whether they have the key.
        """
        close = self.is_close_to(comer, is_in=is_in)
        if self.settings.private and not close:
            return NoSuchRoom(self.room)
        if ban := self.ban_of(comer.username, comer.identity, comer.host, comer):
            return ban
        if self.settings.invite_only and not close:
            return InviteOnly(self.room)
        if is_in:
            return None
        if not self.admits(comer.identity, has_account=comer.has_account):
            return NoGuests(self.room)
        return KeyWrong(self.room) if self._asks_for_key(comer) and not opens() else None

    def is_close_to(self, viewer: Viewer, *, is_in: bool) -> bool:
        """Return whether *viewer*, who *is_in* or not, may come in while it is invite-only, and see it while hidden."""
        return viewer.operates or self.is_open_to(viewer.identity) or is_in or self.invites(viewer)

    def admits(self, person: bytes, *, has_account: bool) -> bool:
        """Return whether somebody may come in who is known by *person*, as a guest or not."""
        return self.settings.guests or has_account or self.moderates(person)

    def ban_of(
        self, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> Banned | None:
        """Return the error for which somebody may not come in, if there is one."""
        ban = self._fitting("ban", username, person, host, shown)
        return Banned(self.room, ban.until, ban.reason) if ban else None

    def removal(self, username: Username, person: bytes) -> Removed | None:
        """Return how somebody with an account is told that they have to go, if they are banned."""
        ban = self._fitting("ban", username, person, None)
        return Removed(self.room, ban.by, "banned", ban.reason, ban.until) if ban else None

    def invites(self, shown: MaskSubject) -> bool:
        """Return whether a mask invites whoever is *shown*."""
        now = self._now()
        return any(each.kind == "invite" and each.holds(now) for each in self.sanctions.masks.fitting(shown))

    def is_open_to(self, person: bytes) -> bool:
        """Return whether whoever is known by *person* may come in while it is invite-only, even if no operator."""
        return person == self.owner or person in self.moderators or person in self.admitted

    def _asks_for_key(self, viewer: Viewer) -> bool:
        """Return whether *viewer* needs its key to come in."""
        return bool(self.key) and not (viewer.operates or self.is_open_to(viewer.identity))

    def is_key(self, key: str, guesses: Guesses, host: bytes | None) -> bool:
        """Return whether its key is that one; another one is a guess from *host*.

        :raises chatroom.core.values.errors.TooManyKeys: if there were too many guesses.
        """
        if not key:
            return False
        given = typed_key(key).encode()
        try:
            guess = guesses.begin("key", to_key(self.room), host, secret=given)
        except TooManyTries as error:
            raise TooManyKeys(self.room, error.retry_after) from None
        if not compare_digest(given, typed_key(self.key).encode()):
            return False
        guess.right()
        return True

    # Settings and sanctions.

    def tune(self, tuning: Tuning, admitted: Sequence[bytes]) -> None:
        """Change settings by *tuning*; while it is invite-only, those who are *admitted* may come in."""
        self.settings = self.settings.but(tuning)
        if tuning.key is not None:
            self.key = tuning.key
            self.keys += 1
        if tuning.closes is False:
            self.admitted.clear()
        self.admitted.update(admitted)

    def impose(self, sanction: Sanction, number: int, replaces: Sequence[int]) -> Sanction:
        """Let *sanction* hold under that *number*, in place of others; a ban ends an invitation. Return it so."""
        numbered = replace(sanction, number=number)
        for other in replaces:
            self.sanctions.lift(other)
        self.sanctions.impose(numbered)
        if sanction.kind == "ban":
            self.admitted.discard(sanction.person)
        return numbered

    def replaced(self, sanction: Sanction) -> Sequence[int]:
        """Return the numbers of those in whose place *sanction* would be: of its kind, on the same person."""
        return self.sanctions.of(sanction.kind, sanction.whom, sanction.person)

    def sanctions_below(self, number: int | None) -> Iterator[Sanction]:
        """Yield the sanctions that hold, the newest first, from below a *number*."""
        return self.sanctions.newest(number, self._now())

    def sanction(self, number: int) -> Sanction | None:
        """Return the sanction with that *number*, if it holds."""
        return self.sanctions.get(number, self._now())

    def _fitting(
        self, kind: Kind, username: Username, person: bytes, host: bytes | None, shown: MaskSubject | None = None
    ) -> Sanction | None:
        """Return the sanction that holds for somebody; who moderates shares no host's or mask's, but has their own."""
        moderates = self.moderates(person)
        now = self._now()
        found = self.sanctions.fitting(kind, person, to_key(username), None if moderates else host, now)
        if moderates or shown is None:
            return found
        fitting = [each for each in self.sanctions.masks.fitting(shown) if each.holds(now)]
        if kind == "ban" or not self.rank(person):
            # Who was given a voice has it, whatever mask would take it from many.
            found = longest([*([found] if found else ()), *(each for each in fitting if each.kind == kind)])
        return None if any(each.kind == "exempt" for each in fitting) else found
