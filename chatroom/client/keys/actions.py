"""The table of keys and actions, from which keys are read and the help is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Action(Enum):
    """A meaning of a key; editing actions have readline's names."""

    SUBMIT = auto()
    COMPLETE = auto()
    COMPLETE_BACK = auto()
    UP = auto()
    DOWN = auto()
    BEGINNING_OF_LINE = auto()
    END = auto()
    END_OF_LINE = auto()
    BACKWARD_CHAR = auto()
    FORWARD_CHAR = auto()
    BACKWARD_WORD = auto()
    FORWARD_WORD = auto()
    BACKWARD_DELETE_CHAR = auto()
    DELETE_CHAR = auto()
    UNIX_WORD_RUBOUT = auto()
    BACKWARD_KILL_WORD = auto()
    KILL_WORD = auto()
    UNIX_LINE_DISCARD = auto()
    KILL_LINE = auto()
    YANK = auto()
    TRANSPOSE_CHARS = auto()
    NEWLINE = auto()
    UNDO = auto()
    REDO = auto()
    OLDER_ANYWHERE = auto()
    NEWER_ANYWHERE = auto()
    SEARCH_SENT = auto()
    EDIT = auto()
    CANCEL = auto()
    INTERRUPT = auto()
    CREATE = auto()
    DELETE_ROOM = auto()
    ROOM_1 = auto()
    ROOM_2 = auto()
    ROOM_3 = auto()
    ROOM_4 = auto()
    ROOM_5 = auto()
    ROOM_6 = auto()
    ROOM_7 = auto()
    ROOM_8 = auto()
    ROOM_9 = auto()
    ROOM_10 = auto()
    NEXT_ACTIVE = auto()
    NEXT_ROOM = auto()
    PREVIOUS_ROOM = auto()
    LAST_ROOM = auto()
    LOBBY = auto()
    ACCEPT = auto()
    CATCHUP = auto()
    MARK_READ = auto()
    SEARCH = auto()
    UNREAD = auto()
    PREVIOUS_MENTION = auto()
    NEXT_MENTION = auto()
    MENTIONS = auto()
    LINKS = auto()
    ANSWERED = auto()
    ANSWER = auto()
    CHOOSE_MESSAGE = auto()
    CHOOSE_PERSON = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    LINE_UP = auto()
    LINE_DOWN = auto()
    TOP = auto()
    BOTTOM = auto()
    HELP = auto()
    SHOW_ROOMS = auto()
    SHOW_MEMBERS = auto()
    MOUSE = auto()
    COPY = auto()
    REDRAW = auto()
    RETRY = auto()
    SHOW_TRAFFIC = auto()


ROOMS = (
    Action.ROOM_1,
    Action.ROOM_2,
    Action.ROOM_3,
    Action.ROOM_4,
    Action.ROOM_5,
    Action.ROOM_6,
    Action.ROOM_7,
    Action.ROOM_8,
    Action.ROOM_9,
    Action.ROOM_10,
)
"""To the first room, and so on to the tenth."""


@dataclass(frozen=True, slots=True)
class Key:
    """The *keys* that mean *action*, as urwid calls them; what that does, and the *group* in which it is listed."""

    action: Action
    keys: tuple[str, ...]
    purpose: str
    group: str


TYPING, ROOM, READING, CLIENT = "Typing", "Rooms", "Reading", "The client"
FINDING, DOING = "Finding", "Doing"

KEYS = (
    Key(Action.SUBMIT, ("enter",), "send the line; in the lobby, enter the chosen room", TYPING),
    Key(Action.NEWLINE, ("ctrl j", "shift enter", "ctrl enter"), "in a room, a new line", TYPING),
    Key(Action.COMPLETE, ("tab",), "complete a name, a room or a command; again for the next one", TYPING),
    Key(Action.COMPLETE_BACK, ("shift tab",), "the completion before", TYPING),
    Key(Action.UP, ("up",), "the line above, then the one sent before; in the lobby, the room above", TYPING),
    Key(Action.DOWN, ("down",), "the line below, then the one sent after it; in the lobby, the room below", TYPING),
    Key(Action.OLDER_ANYWHERE, ("ctrl up",), "the line sent before in any room", TYPING),
    Key(Action.NEWER_ANYWHERE, ("ctrl down",), "the line sent after it in any room", TYPING),
    Key(Action.SEARCH_SENT, ("ctrl r",), "search the lines sent in any room; again for an older one", TYPING),
    Key(Action.EDIT, ("meta e",), "in a room, write the text in $EDITOR", TYPING),
    Key(Action.BEGINNING_OF_LINE, ("ctrl a", "home"), "to the beginning of the line", TYPING),
    Key(Action.END_OF_LINE, ("ctrl e",), "to the end of the line", TYPING),
    Key(Action.BACKWARD_CHAR, ("ctrl b", "left"), "back one character", TYPING),
    Key(Action.FORWARD_CHAR, ("ctrl f", "right"), "forward one character", TYPING),
    Key(Action.BACKWARD_WORD, ("meta b", "ctrl left", "meta left"), "back one word", TYPING),
    Key(Action.FORWARD_WORD, ("meta f", "ctrl right", "meta right"), "forward one word", TYPING),
    Key(Action.BACKWARD_DELETE_CHAR, ("backspace", "ctrl h"), "delete the character before the cursor", TYPING),
    Key(Action.DELETE_CHAR, ("ctrl d", "delete"), "delete the character at the cursor", TYPING),
    Key(Action.UNIX_WORD_RUBOUT, ("ctrl w",), "cut back to the white space before", TYPING),
    Key(Action.BACKWARD_KILL_WORD, ("meta backspace", "meta ctrl h"), "cut the word before the cursor", TYPING),
    Key(Action.KILL_WORD, ("meta d",), "cut the word after the cursor", TYPING),
    Key(Action.UNIX_LINE_DISCARD, ("ctrl u",), "cut back to the beginning of the line", TYPING),
    Key(Action.KILL_LINE, ("ctrl k",), "cut to the end of the line; at its end, jump to a room by its name", TYPING),
    Key(Action.YANK, ("ctrl y",), "put back what was cut", TYPING),
    Key(Action.TRANSPOSE_CHARS, ("ctrl t",), "swap the two characters at the cursor", TYPING),
    Key(Action.UNDO, ("ctrl _",), "take back the last change", TYPING),
    Key(Action.REDO, ("meta _",), "do again what was taken back", TYPING),
    Key(Action.CANCEL, ("esc", "ctrl g"), "drop the line; on an empty one, go back from where one has gone", TYPING),
    Key(Action.INTERRUPT, ("ctrl c",), "the same; on an empty line it says how to leave", TYPING),
    Key(Action.ROOM_1, ("meta 1",), "to the first room; likewise to the others, up to the tenth", ROOM),
    *(Key(action, (f"meta {(number + 1) % 10}",), "", ROOM) for number, action in enumerate(ROOMS) if number),
    Key(Action.NEXT_ACTIVE, ("meta a",), "to the room where most goes on: mentions first", ROOM),
    Key(Action.NEXT_ROOM, ("ctrl n", "meta down", "f6"), "to the next room", ROOM),
    Key(Action.PREVIOUS_ROOM, ("ctrl p", "meta up", "f5"), "to the room before", ROOM),
    Key(Action.LAST_ROOM, ("meta /",), "to the room where one was last", ROOM),
    Key(Action.LOBBY, ("f2",), "to the lobby, to enter another room; and back", ROOM),
    Key(Action.ACCEPT, ("meta j",), "to the room into which one was invited last", ROOM),
    Key(Action.CREATE, ("meta enter",), "in the lobby, open a room of the name typed; in a room, a new line", ROOM),
    Key(Action.DELETE_ROOM, ("meta delete",), "in the lobby, delete the chosen room if it is one's own", ROOM),
    Key(Action.CATCHUP, ("f3",), "what is new in all rooms", FINDING),
    Key(Action.MARK_READ, ("meta U",), "count everything as read", FINDING),
    Key(Action.SEARCH, ("ctrl s",), "search what was said in the room", FINDING),
    Key(Action.UNREAD, ("meta u",), "to the first message that is new", FINDING),
    Key(Action.PREVIOUS_MENTION, ("meta p",), "to the message before that mentions one", FINDING),
    Key(Action.NEXT_MENTION, ("meta n",), "to the next message that mentions one", FINDING),
    Key(Action.MENTIONS, ("f4",), "all messages that mention one, of all rooms", FINDING),
    Key(Action.LINKS, ("meta o",), "the links in the room, to open or copy one", FINDING),
    Key(Action.ANSWERED, ("meta g",), "to the message that is answered; again for what that one answers", FINDING),
    Key(Action.ANSWER, ("meta q",), "choose a message, to answer it", DOING),
    Key(Action.CHOOSE_MESSAGE, ("meta x", "f9"), "choose a message, and what to do with it or its author", DOING),
    Key(Action.CHOOSE_PERSON, ("meta w", "f10"), "choose somebody who is here, and what to do", DOING),
    Key(Action.PAGE_UP, ("page up",), "a page back; at the top, older messages are fetched", READING),
    Key(Action.PAGE_DOWN, ("page down",), "a page forward", READING),
    Key(Action.LINE_UP, ("meta page up", "shift up"), "a few lines back", READING),
    Key(Action.LINE_DOWN, ("meta page down", "shift down"), "a few lines forward", READING),
    Key(Action.TOP, ("ctrl home", "meta home"), "to the oldest line that was fetched", READING),
    Key(Action.BOTTOM, ("ctrl end", "meta end"), "to the newest line", READING),
    Key(Action.END, ("end",), "to the newest line; when it is in view, to the end of what is typed", READING),
    Key(Action.SHOW_TRAFFIC, ("meta =",), "show all who come and go, or only those who talk", READING),
    Key(Action.HELP, ("f1",), "the keys and commands; typing leaves those with all its words", CLIENT),
    Key(Action.SHOW_ROOMS, ("f7", "meta B"), "show or hide the list of rooms", CLIENT),
    Key(Action.SHOW_MEMBERS, ("f8", "meta N"), "show or hide the list of people", CLIENT),
    Key(Action.MOUSE, ("meta m",), "let wheel and clicks work here, or leave the mouse to the terminal", CLIENT),
    Key(Action.COPY, ("meta l",), "only the text, to be copied by the terminal; any key goes back", CLIENT),
    Key(Action.REDRAW, ("ctrl l",), "draw everything anew", CLIENT),
    Key(Action.RETRY, ("meta r",), "connect at once, instead of waiting for the next attempt", CLIENT),
)


def label(key: str) -> str:
    """Write the key that urwid calls *key* as people do: ``meta page up`` as ``Alt+PgUp``, ``U`` as ``Shift+u``."""
    *modifiers, last = key.replace("page up", "pgup").replace("page down", "pgdn").split()
    names = {"meta": "Alt", "ctrl": "Ctrl", "shift": "Shift", "pgup": "PgUp", "pgdn": "PgDn"}
    parts = [names.get(part, part) for part in modifiers]
    if len(last) == 1 and last.isupper():
        parts.append("Shift")
        last = last.lower()
    parts.append(names.get(last, last.upper() if last[1:].isdigit() else last.capitalize() if last[1:] else last))
    return "+".join(parts)
