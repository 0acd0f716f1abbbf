"""Errors that visitors are told: each has a code, fields and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from typing_extensions import override

from chatroom.core.values.moments import Moment
from chatroom.core.values.wording import because, ending

LastError = Literal["line-too-long", "login-timeout", "too-many-connections"]
"""The code of an error after which the server closes a connection."""


class ChatError(Exception):
    """The visitor is told and stays connected; any other exception is our bug.

    Programs rely on the *code*; the *sentence*, with the fields filled in, tells a person what to do.
    """

    code: ClassVar[str]
    sentence: ClassVar[str]

    @override
    def __str__(self) -> str:
        return self.sentence.format_map(vars(self))


@dataclass(eq=False)
class BadFrame(ChatError):
    """A frame that can't be read."""

    reason: str
    code = "bad-frame"
    sentence = "This is not a frame: {reason}."


@dataclass(eq=False)
class BadCommand(ChatError):
    """A text command that lacks a word, or has one that it can't mean; *reason* says how it is written."""

    reason: str
    code = "bad-command"
    sentence = "{reason}."


@dataclass(eq=False)
class UnknownType(ChatError):
    """A request of no known type."""

    type: str
    hint: str = "it is misspelt or newer than this server"
    code = "unknown-type"
    sentence = "There is no command {type}; {hint}."


@dataclass(eq=False)
class UsernameInvalid(ChatError):
    """A text that can't be a username."""

    reason: str
    code = "username-invalid"
    sentence = "{reason}; choose another."


@dataclass(eq=False)
class RoomInvalid(ChatError):
    """A text that can't be the name of a room."""

    reason: str
    code = "room-invalid"
    sentence = "{reason}; choose another."


@dataclass(eq=False)
class TextInvalid(ChatError):
    """A text that could harm a terminal, or is empty."""

    reason: str
    code = "text-invalid"
    sentence = "{reason}."


@dataclass(eq=False)
class TextTooLong(ChatError):
    """A text of *size* bytes, which is more than *limit*."""

    size: int
    limit: int
    code = "text-too-long"
    sentence = "That is {size} bytes of UTF-8, and {limit} is the most; send it in pieces."


@dataclass(eq=False)
class TooManyLines(ChatError):
    """A text of more *lines* than *limit*."""

    lines: int
    limit: int
    code = "text-too-long"
    sentence = "That has {lines} lines, and {limit} is the most; send it in pieces."


@dataclass(eq=False)
class LineTooLong(ChatError):
    """A line of more than *limit* bytes; the connection is closed after it."""

    limit: int
    code: ClassVar[LastError] = "line-too-long"
    sentence = "A line has at most {limit} bytes; connect again and send less at a time."


@dataclass(eq=False)
class LoginTimeout(ChatError):
    """A login that did not come in time; the connection is closed after it."""

    code: ClassVar[LastError] = "login-timeout"
    sentence = "You gave no username in time; connect again when you have one."


@dataclass(eq=False)
class NotLoggedIn(ChatError):
    """A request of a visitor without a username."""

    code = "not-logged-in"
    sentence = "Choose a username first."


@dataclass(eq=False)
class AlreadyLoggedIn(ChatError):
    """A second login of *username* on one connection."""

    username: str
    code = "already-logged-in"
    sentence = "You are {username} already; rename yourself to be called otherwise."


@dataclass(eq=False)
class TooManyConnections(ChatError):
    """A connection beyond a limit; it is told so in one line of text, and closed."""

    reason: str
    code: ClassVar[LastError] = "too-many-connections"
    sentence = "{reason}."

    @classmethod
    def of_one_account(cls, most: int) -> Self:
        """Return the error for who has *most* connections of one account already."""
        return cls(f"{most} connections of one account are the most; end one of them first")


@dataclass(eq=False)
class UsernameTaken(ChatError):
    """Somebody else is using *username*."""

    username: str
    code = "username-taken"
    sentence = "{username} is in use; choose another."


@dataclass(eq=False)
class NameKept(ChatError):
    """*username* is kept for somebody else: it looks like the name of an account, or of who runs the server."""

    username: str
    code = "username-taken"
    sentence = "{username} could be mistaken for somebody else; choose another name."


@dataclass(eq=False)
class PasswordRequired(ChatError):
    """*username* belongs to an account, and nothing shows that it is the visitor's."""

    username: str
    code = "password-required"
    sentence = "{username} is registered; a password belongs to it."


@dataclass(eq=False)
class AccountRequired(ChatError):
    """Only those who have an account are let in; *username* needs a password, whether it is one or not."""

    username: str
    code = "password-required"
    sentence = "Only people with an account come in here; a password belongs to {username}."


@dataclass(eq=False)
class NoGuests(ChatError):
    """A join of *room* by somebody without an account, where guests are not let in."""

    room: str
    code = "password-required"
    sentence = "Only people with an account come into {room}; register makes your name yours."


@dataclass(eq=False)
class InviteOnly(ChatError):
    """A join of *room* by somebody who is not invited, where only those come in who are."""

    room: str
    code = "invite-only"
    sentence = "Only those who are invited come into {room}; ask a moderator there."


@dataclass(eq=False)
class KeyWrong(ChatError):
    """A join of *room* without its key, or with another one."""

    room: str
    code = "key-wrong"
    sentence = "A key belongs to {room}, and this is not it; ask somebody who is in."


@dataclass(eq=False)
class TooManyKeys(ChatError):
    """A join of *room* with a key after too many that were wrong; the next is looked at in *retry_after* seconds."""

    room: str
    retry_after: int
    code = "key-wrong"
    sentence = "Too many wrong keys were tried; try {room} again in {retry_after} s."


@dataclass(eq=False)
class PasswordWrong(ChatError):
    """A password or token that is not right; whether there is such an account is not said."""

    code = "password-wrong"
    sentence = "That is not right; try again."


@dataclass(eq=False)
class PasswordInvalid(ChatError):
    """A text that can't be a password."""

    reason: str
    code = "password-invalid"
    sentence = "{reason}."


@dataclass(eq=False)
class AccountExists(ChatError):
    """*username*, who has an account already."""

    username: str
    code = "account-exists"
    sentence = "{username} has an account already."


@dataclass(eq=False)
class NoSuchAccount(ChatError):
    """Nobody has an account called *username*."""

    username: str
    code = "no-such-user"
    sentence = "There is no account called {username}."


@dataclass(eq=False)
class NoAccount(ChatError):
    """A request of somebody without an account, which needs one."""

    code = "password-required"
    sentence = "You have no account; register makes your name yours."


@dataclass(eq=False)
class TooManyAccounts(ChatError):
    """A further account from where many were made."""

    retry_after: int
    code = "too-many-accounts"
    sentence = "Many accounts were made from where you are; try again in {retry_after} s."


@dataclass(eq=False)
class TooManyTries(ChatError):
    """A password after too many that were wrong; the next one is looked at in *retry_after* seconds."""

    retry_after: int
    code = "too-many-tries"
    sentence = "Too many wrong passwords; try again in {retry_after} s."


@dataclass(eq=False)
class TooManyChecks(ChatError):
    """A password that can't be looked at now: as many wait as may."""

    code = "unavailable"
    sentence = "Too many passwords are being checked; try again in a moment."


@dataclass(eq=False)
class NoSuchDevice(ChatError):
    """The account has no device of that number."""

    device: int
    code = "no-such-device"
    sentence = "You have no device {device}."


@dataclass(eq=False)
class RoomExists(ChatError):
    """A create of a room that exists already."""

    room: str
    code = "room-exists"
    sentence = "There is a room called {room} already; join it or choose another name."


@dataclass(eq=False)
class NoSuchRoom(ChatError):
    """No open room has that name."""

    room: str
    code = "no-such-room"
    sentence = "There is no room called {room}."


@dataclass(eq=False)
class RoomFull(ChatError):
    """*room* has as many members as its *capacity*."""

    room: str
    capacity: int
    code = "room-full"
    sentence = "{room} is full with {capacity} in it; try again when somebody has left."


@dataclass(eq=False)
class TooManyRooms(ChatError):
    """A room beyond a limit; *reason* says whose limit."""

    reason: str
    code = "too-many-rooms"
    sentence = "{reason}."

    @classmethod
    def in_use(cls, most: int) -> TooManyRooms:
        """Return the error where *most* rooms are open, and somebody is in each."""
        return cls(f"All {most} rooms are in use; join one of them, or try again later")

    @classmethod
    def of_one_creator(cls, most: int) -> TooManyRooms:
        """Return the error for who has created *most* rooms that are open."""
        return cls(f"You have created {most} rooms, which is the most; delete one of them first")


@dataclass(eq=False)
class NotAMember(ChatError):
    """A command for members of *room*, from somebody else."""

    room: str
    code = "not-a-member"
    sentence = "You are not in {room}; join it first."


@dataclass(eq=False)
class InNoRoom(ChatError):
    """A command for members of a room, from a user in no room."""

    code = "not-a-member"
    sentence = "You are in no room; join one first."


@dataclass(eq=False)
class AlreadyAMember(ChatError):
    """A join of *room* by one of its members."""

    room: str
    code = "already-a-member"
    sentence = "You are in {room} already."


@dataclass(eq=False)
class AlreadyThere(ChatError):
    """An invitation of *username* to *room*, where they are."""

    room: str
    username: str
    code = "already-a-member"
    sentence = "{username} is in {room} already."


@dataclass(eq=False)
class NotAllowed(ChatError):
    """A command for which the user lacks the right."""

    reason: str
    room: str | None = None
    code = "not-allowed"
    sentence = "{reason}."


@dataclass(eq=False)
class NotThere(ChatError):
    """An act on *username*, who is not in *room*."""

    room: str
    username: str
    code = "not-a-member"
    sentence = "{username} is not in {room}."


@dataclass(eq=False)
class Locked(ChatError):
    """Talk in *room*, where only those with a role speak."""

    room: str
    code = "locked"
    sentence = "{room} is locked; only its moderators speak."


@dataclass(eq=False)
class SlowMode(ChatError):
    """A message in *room* too soon after the last one: that is *retry_after* seconds too early."""

    room: str
    slow: int
    retry_after: int
    code = "slow-mode"
    sentence = "In {room} there are {slow} s between two messages of one person; try again in {retry_after} s."


@dataclass(eq=False)
class OfSanction:
    """What a sanction in *room*, or anywhere, does not allow *until* a time in milliseconds since 1970, or for ever."""

    room: str | None
    until: Moment | None
    reason: str

    def __post_init__(self) -> None:
        self.end, self.because = ending(self.until), because(self.reason)
        self.place = self.room or "this server"


class Muted(OfSanction, ChatError):
    """Talk in *room*, where somebody is muted, or anywhere."""

    code = "muted"
    sentence = "You are muted in {place}{end}{because}."


class Banned(OfSanction, ChatError):
    """A join of *room*, from which somebody is banned, or a login."""

    code = "banned"
    sentence = "You are banned from {place}{end}{because}."


@dataclass(eq=False)
class NoSuchSanction(ChatError):
    """No sanction that holds has that *number*."""

    number: int
    code = "no-such-sanction"
    sentence = "There is no sanction {number} that holds."


@dataclass(eq=False)
class NoSuchReport(ChatError):
    """No report has that *number*, or none that one may know of."""

    number: int
    code = "no-such-report"
    sentence = "There is no report {number}."


@dataclass(eq=False)
class TooManyReports(ChatError):
    """As many messages of *room* are reported as moderators may have to look at."""

    room: str
    most: int
    code = "not-allowed"
    sentence = "{most} reports of {room} wait for its moderators already; try again when they have seen to some."


@dataclass(eq=False)
class NoSuchMessage(ChatError):
    """*room* has no message number *seq* any more, or had none ever."""

    room: str
    seq: int
    code = "no-such-message"
    sentence = "There is no message {seq} in {room}."


@dataclass(eq=False)
class NotTold(ChatError):
    """The visitor's talk with *username* has no message number *seq* any more, or had none ever."""

    username: str
    seq: int
    code = "no-such-message"
    sentence = "There is no message {seq} in your talk with {username}."


@dataclass(eq=False)
class NothingSaid(ChatError):
    """No message of *username* that is not taken back is among the newest of *room*."""

    room: str
    username: str
    code = "no-such-message"
    sentence = "There is nothing in {room} lately that {username} has said."


@dataclass(eq=False)
class ServersMissing(ChatError):
    """Who is meant may be at one of *servers*, by their names, which have not answered."""

    servers: str
    code = "unavailable"
    sentence = "Nobody like that is at the servers that have answered; {servers} did not."


@dataclass(eq=False)
class NoSuchConnection(ChatError):
    """No connection has that number."""

    connection: int
    code = "no-such-connection"
    sentence = "There is no connection {connection}."


@dataclass(eq=False)
class NoSuchUser(ChatError):
    """Nobody online has that name."""

    username: str
    code = "no-such-user"
    sentence = "Nobody called {username} is here."


@dataclass(eq=False)
class NoNotes(NoSuchUser):
    """A guest called *username* tells something to themselves: only who has an account has notes."""

    sentence = "What you tell yourself is kept for an account; register makes your name yours."


@dataclass(eq=False)
class Unavailable(ChatError):
    """*username*, whose seats are held, can't be told anything until they are back."""

    username: str
    code = "unavailable"
    sentence = "{username} has lost the connection; try again in a moment."


@dataclass(eq=False)
class OutboxFull(ChatError):
    """*username*, who is behind with reading, can't be told anything more until they have read."""

    username: str
    code = "unavailable"
    sentence = "{username} is far behind with reading; try again in a moment."


@dataclass(eq=False)
class NobodyTrusted(ChatError):
    """Of those with a role in *room*, who are to be told something alone, nobody else is there."""

    room: str
    code = "unavailable"
    sentence = "Nobody else with such a role is in {room} now; what you report is seen later."


@dataclass(eq=False)
class CidReused(ChatError):
    """Another message was sent under *cid* before."""

    cid: str
    room: str
    code = "cid-reused"
    sentence = "Another message in {room} had this cid; make up a new one for each."


@dataclass(eq=False)
class CidTold(ChatError):
    """Another message to *username* was sent under *cid* before."""

    cid: str
    username: str
    code = "cid-reused"
    sentence = "Another message in your talk with {username} had this cid; make up a new one for each."


@dataclass(eq=False)
class QueryInvalid(ChatError):
    """A query that can't be searched for."""

    reason: str
    code = "query-invalid"
    sentence = "{reason}."


@dataclass(eq=False)
class SearchTooLong(ChatError):
    """A search that was ended early, because others wait too."""

    code = "unavailable"
    sentence = "That search took too long; look for longer or rarer words, or try again later."


@dataclass(eq=False)
class StorageFailed(ChatError):
    """The log could not keep or read a message; nothing of it was shown."""

    code = "storage-failed"
    sentence = "The server could not store or read that; try again in a moment."


@dataclass(eq=False)
class StoreAway(StorageFailed):
    """The server can't reach what keeps the messages; nothing of a request has happened."""

    code = "unavailable"
    sentence = "The server can't reach its store right now; try again in a moment."
