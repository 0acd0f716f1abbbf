"""The views of screens, and their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from chatroom.client.keys.actions import Action
from chatroom.client.text.clock import USUAL, TimeFormat
from chatroom.client.views.items import Choice, Item
from chatroom.client.views.lines import Line, MessageLine, NoticeLine


class Connectivity(Enum):
    """The connection as the user sees it."""

    NONE = "not connected"
    CONNECTING = "connecting"
    ONLINE = "online"
    LOST = "lost"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Tab:
    """A joined room or a talk, as the list on the left shows it; of a *muted* one nothing is told.

    In one that is not looked at, something may have been *begun*.
    """

    room: str
    unread: int
    mentioned: bool
    current: bool
    muted: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """The line above the input: the user, and the connection (*connectivity*, *news* in words).

    *hidden* lines tell of strangers who came and went; *remark* answers the last key; *highlight_words* stand out as
    the user's name does; for *silence* seconds there has been no answer. A *restraint* keeps the user from speaking.
    *reports* says how many messages wait for those who moderate. *elsewhere* are the rooms and talks with something new
    that the user does not look at. *clock* writes the times of what is shown.
    """

    username: str
    connectivity: Connectivity
    news: str
    lag: float | None
    unsent: int
    hidden: int = 0
    remark: str = ""
    highlight_words: tuple[str, ...] = ()
    silence: int = 0
    restraint: str = ""
    reports: str = ""
    elsewhere: Sequence[Tab] = ()
    clock: TimeFormat = USUAL


@dataclass(frozen=True, slots=True)
class InputLine:
    """The line that is typed, after its *prompt*; *cursor* is an index into *text*; *hint* lists what Tab offers."""

    prompt: str
    text: str
    cursor: int
    hint: Sequence[str] = ()
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Pasted:
    """The *lines* of a paste; with the text typed around them they have *size* bytes, of which a message has *most*.

    They are sent in *pieces*; 0 is not at all.
    """

    lines: Sequence[str]
    size: int
    most: int
    pieces: int = 1


@dataclass(frozen=True, slots=True)
class LobbyRoom:
    """A room in the lobby; a *capacity* of 0 means no limit.

    One may let in no *guests*, be *private*, *closed* to those who are not invited, or *keyed*. What was said there
    *last* may be known.
    """

    room: str
    topic: str
    members: int
    capacity: int
    joined: bool
    own: bool
    guests: bool = True
    private: bool = False
    invited: bool = False
    closed: bool = False
    keyed: bool = False
    last: MessageLine | None = None

    @property
    def full(self) -> bool:
        """Say whether nobody else gets in."""
        return 0 < self.capacity <= self.members


@dataclass(frozen=True, slots=True)
class UsernameView:
    """The first screen: choose a name; *notice* says what is wrong with the last one.

    If *why* is there, it says why a password is asked for, and not a name.
    """

    server: str
    notice: str
    input: InputLine
    status: Status
    why: str = ""


@dataclass(frozen=True, slots=True)
class LobbyView:
    """The rooms that can be entered, of *total* ones as far as these are known yet.

    *chosen* is an index into *rooms*; *lines* are news, the newest last, of people in their *hues*. *asides* answer
    what the user has just done.
    """

    server: str
    rooms: Sequence[LobbyRoom]
    chosen: int | None
    total: int | None
    question: str
    lines: Sequence[Line]
    input: InputLine
    status: Status
    hues: Mapping[str, int] = field(default_factory=dict)
    asides: Sequence[NoticeLine] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """The message *seq*, or (None) the end, to be brought into view once.

    No two anchors are equal: to go to the same place again leads there again.
    """

    seq: int | None


@dataclass(frozen=True, slots=True)
class Menu:
    """The *choices* of what can be done with somebody or something (*title*, *about*); one, by its index, is *chosen*.

    It stands above the line, and below it what the *keys* do.
    """

    title: str
    about: str
    choices: Sequence[Choice]
    chosen: int
    keys: Sequence[tuple[Action, str]]


@dataclass(frozen=True, slots=True)
class Answering:
    """What is typed answers the message *seq*, which is *message* if that is known."""

    seq: int
    message: MessageLine | None = None


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room: its *lines*, then those *pending*; what is behind *read_to* is new (None: there is no such line).

    *members* may have *roles*. *complete* says that there is nothing before the first line, *live* that there is
    nothing behind the last one. A *anchor* that was not there before is to be brought into view; the message
    *emphasized* stands out. So does the one *pointed* at, which is in view for as long as it is that. People are told
    apart by *hues*, which are by their folded names. *kind* is the word for such a place. *answered* are messages by
    number that others answer, and that are not among the lines; what is typed may be *answering* one. *asides* answer
    what the user has just done. Of *count* people, some have spoken *lately*. Where nothing was ever said, an
    *introduction* says what the room is. Where there is no line, messages may be *all_hidden*.
    """

    room: str
    topic: str
    count: int
    tabs: Sequence[Tab]
    members: Sequence[str]
    lines: Sequence[Line]
    pending: Sequence[Line]
    read_to: int | None
    complete: bool
    live: bool
    loading: bool
    arrived: int
    input: InputLine
    status: Status
    anchor: Anchor | None = None
    emphasized: int | None = None
    pasted: Pasted | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    pointed: int | None = None
    menu: Menu | None = None
    hues: Mapping[str, int] = field(default_factory=dict)
    kind: str = "room"
    answered: Mapping[int, MessageLine] = field(default_factory=dict)
    answering: Answering | None = None
    asides: Sequence[NoticeLine] = ()
    lately: int = 0
    introduction: Sequence[str] = ()
    all_hidden: bool = False


Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
"""Commands or keys in groups: each a title, and lines of a key and what it does."""


@dataclass(frozen=True, slots=True)
class HelpView:
    """The keys, in *groups*, as far as they have what is typed in *input*."""

    groups: Groups
    status: Status
    input: InputLine


@dataclass(frozen=True, slots=True)
class ListView:
    """A list of *items*, of which the one with the index *chosen* is chosen.

    Above it is what it is, and how much there is; below it what the *keys* do, or a *notice* of something else, which
    may be an *error*; *input* is None where nothing is to be typed. People of each room have their *hues*.
    """

    title: str
    about: str
    count: str
    items: Sequence[Item]
    chosen: int | None
    notice: str
    error: bool
    keys: Sequence[tuple[Action, str]]
    input: InputLine | None
    status: Status
    hues: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


View = UsernameView | LobbyView | RoomView | HelpView | ListView
