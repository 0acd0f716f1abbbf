"""The rows of menus: what can be done with somebody, or with a message, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.talk import Talk
from chatroom.client.views.lines import MessageLine
from chatroom.core.values.rights import Rank

_RANKS: Mapping[str, Rank] = {rank.shown: rank for rank in Rank if rank.shown}


class Then(Enum):
    """What becomes of a row that is chosen."""

    DO = auto()
    """Its line is carried out."""
    ASK = auto()
    """Its line is carried out with what the user writes when asked, which may be nothing."""
    NEED = auto()
    """Likewise, but nothing happens without an answer."""
    CONFIRM = auto()
    """Its line is carried out if the user says yes."""
    ADDRESS = auto()
    """Its line is a name that is typed where the cursor is."""
    ANSWER = auto()
    """Its line is the number of the message that what is typed answers."""
    COPY = auto()
    """What was said is copied, and kept to be put into the line that is typed, where it is no command."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks in a room of the user and of somebody, who may be the user themselves (*oneself*), or *ignored*.

    The server may take messages back (*takes_back*), and let people report them (*reports*); the message that it is
    about may be *blank*, may be answered (*replies*), and may be an *answer* itself. It may be that nobody else is
    there (*private*).
    """

    own: Rank
    theirs: Rank
    oneself: bool
    ignored: bool
    takes_back: bool
    reports: bool
    blank: bool
    private: bool
    replies: bool
    answer: bool


def others(standing: Ranks) -> bool:
    """Say whether it is somebody else."""
    return not standing.oneself


def apart(standing: Ranks) -> bool:
    """Say whether it is somebody else, with whom the user does not talk in private already."""
    return not (standing.oneself or standing.private)


def moderates(standing: Ranks) -> bool:
    """Say whether the user moderates the room, and the other one is of a lower rank."""
    return not standing.oneself and standing.own >= Rank.MODERATOR and standing.own > standing.theirs


def owns(standing: Ranks) -> bool:
    """Say whether the user may give roles to the other one, and take them."""
    return moderates(standing) and standing.own >= Rank.OWNER


def erases(standing: Ranks) -> bool:
    """Say whether the user may take back what the other one said, of whatever rank that is."""
    return standing.takes_back and not standing.oneself and standing.own >= Rank.MODERATOR


def ignorable(standing: Ranks) -> bool:
    """Say whether it is somebody else, whom the user does not ignore yet."""
    return not (standing.oneself or standing.ignored)


def ignored(standing: Ranks) -> bool:
    """Say whether it is somebody else, whom the user ignores."""
    return not standing.oneself and standing.ignored


def appoints(standing: Ranks) -> bool:
    """Say whether the user may make the other one a moderator."""
    return owns(standing) and standing.theirs < Rank.MODERATOR


def dismisses(standing: Ranks) -> bool:
    """Say whether the other one is a moderator whom the user may dismiss."""
    return owns(standing) and standing.theirs == Rank.MODERATOR


def voices(standing: Ranks) -> bool:
    """Say whether the user may give the other one a voice."""
    return moderates(standing) and standing.theirs == Rank.GUEST


def silences(standing: Ranks) -> bool:
    """Say whether the user may take the voice of the other one back."""
    return moderates(standing) and standing.theirs == Rank.VOICED


def gives(standing: Ranks) -> bool:
    """Say whether the user may give the room to the other one."""
    return owns(standing) and standing.own == Rank.OWNER


def answerable(standing: Ranks) -> bool:
    """Say whether the message can be answered."""
    return standing.replies and not standing.blank


def answers(standing: Ranks) -> bool:
    """Say whether the message answers another one."""
    return standing.answer


def written(standing: Ranks) -> bool:
    """Say whether the message still has its text."""
    return not standing.blank


def revocable(standing: Ranks) -> bool:
    """Say whether the user may take the message back as their own."""
    return standing.takes_back and standing.oneself and not standing.blank


def erasable(standing: Ranks) -> bool:
    """Say whether the user may take the message back as somebody else's."""
    return erases(standing) and not standing.blank


def reportable(standing: Ranks) -> bool:
    """Say whether the user may report the message."""
    return standing.reports and not standing.oneself and not standing.blank


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of a menu: its *words*, the command *line* that it stands for, *then* what becomes of that, *whose* it is.

    Where something is asked for, *prompt* asks and *hint* says what for. In all of them ``{name}`` is who it is about,
    ``{room}`` the room, and of a message ``{seq}`` its number, ``{re}`` that of what it answers. All of these are one
    word; what was said is in *said* and never in a line, for that is carried out.
    """

    words: str
    line: str
    then: Then = Then.DO
    whose: Callable[[Ranks], bool] = others
    prompt: str = ""
    hint: str = ""
    said: str = ""

    def about(self, values: dict[str, str], said: str) -> Offer:
        """Return it with *values* for what stands in braces, and what was *said* beside it."""
        words, line, prompt, hint = (
            text.format_map(values) for text in (self.words, self.line, self.prompt, self.hint)
        )
        return Offer(words, line, self.then, self.whose, prompt, hint, said)


MESSAGES = (
    Offer("answer", "{seq}", Then.ANSWER, answerable),
    Offer("go to what it answers", "/goto #{re}", Then.DO, answers),
    Offer("copy what was said", "", Then.COPY, written),
    Offer("take back", "/redact {seq}", Then.DO, revocable),
    Offer(
        "take back …",
        "/redact {seq} ",
        Then.ASK,
        erasable,
        "Take back: ",
        "Why, if you like",
    ),
    Offer(
        "report …",
        "/report {seq} ",
        Then.NEED,
        reportable,
        "Report: ",
        "Why; {readers} read it",
    ),
)

PEOPLE = (
    Offer("mention {name}", "{name}", Then.ADDRESS),
    Offer("tell {name} …", "/msg {name} ", Then.NEED, apart, "To {name}: ", "Nobody else reads it"),
    Offer("talk with {name} alone", "/query {name}", Then.DO, apart),
    Offer("ignore {name}", "/ignore {name}", Then.DO, ignorable),
    Offer("see again what {name} says", "/unignore {name}", Then.DO, ignored),
    Offer("mute {name} for 10 minutes", "/mute {name} 10m", Then.DO, moderates),
    Offer("mute {name} …", "/mute {name} ", Then.NEED, moderates, "Mute {name}: ", "How long, and why: 2h shouting"),
    Offer("let {name} speak again", "/unmute {name}", Then.DO, moderates),
    Offer("kick {name} …", "/kick {name} ", Then.ASK, moderates, "Kick {name}: ", "Why, if you like"),
    Offer(
        "take back what {name} said in the last hour …",
        "/redact @{name} 1h",
        Then.CONFIRM,
        erases,
        "Take it all back? (yes or no) ",
        "All that {name} said in {room} in the last hour",
    ),
    Offer("ban {name} for a day …", "/ban {name} 1d ", Then.ASK, moderates, "Ban {name}: ", "Why, if you like"),
    Offer("ban {name} for good …", "/ban {name} ", Then.ASK, moderates, "Ban {name}: ", "Why, if you like"),
    Offer("make {name} a moderator", "/op {name}", Then.DO, appoints),
    Offer("let {name} moderate no more", "/deop {name}", Then.DO, dismisses),
    Offer("let {name} speak where few may", "/voice {name}", Then.DO, voices),
    Offer("let {name} speak only as all may", "/devoice {name}", Then.DO, silences),
    Offer(
        "give {room} to {name} …",
        "/owner {name}",
        Then.CONFIRM,
        gives,
        "Give it away? (yes or no) ",
        "{room} is then {name}'s, and you are a moderator",
    ),
)


def to_person(chat: Chat, conversation: Conversation, username: str) -> Sequence[Offer]:
    """Return what the user may do with *username* in *conversation*."""
    return _offered(PEOPLE, chat, conversation, username)


def to_message(chat: Chat, conversation: Conversation, message: MessageLine) -> Sequence[Offer]:
    """Return what the user may do with *message*, and with who said it."""
    return _offered((*MESSAGES, *PEOPLE), chat, conversation, message.speaker, message)


def role(conversation: Conversation, username: str) -> str:
    """Return in words what *username* is in *conversation*."""
    return _TITLES.get(conversation.roles.get(username, ""), "")


_TITLES = {"owner": "owns the room", "moderator": "moderator", "operator": "operator of the server", "voiced": "voiced"}


def _offered(
    table: Sequence[Offer], chat: Chat, conversation: Conversation, username: str, message: MessageLine | None = None
) -> Sequence[Offer]:
    roles = conversation.roles
    standing = Ranks(
        _RANKS.get(roles.get(chat.username, ""), Rank.GUEST),
        _RANKS.get(roles.get(username, ""), Rank.GUEST),
        username == chat.username or (message is not None and message.own),
        chat.preferences.ignores(username),
        chat.takes_back,
        chat.moderates,
        message is not None and bool(message.retraction),
        isinstance(conversation, Talk),
        chat.replies,
        message is not None and message.re is not None,
    )
    values = {"name": username, "room": conversation.name}
    values["readers"] = "the operators" if standing.private else f"the moderators of {conversation.name}"
    if message:
        values |= {"seq": str(message.seq), "re": str(message.re)}
    return [offer.about(values, message.text if message else "") for offer in table if offer.whose(standing)]
