"""The command ``chatroom``: the server in the foreground, as ``twistd -n chatroom`` runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from getopt import GetoptError

from twisted.application.service import ServiceMaker
from twisted.python import usage
from twisted.python.util import gidFromString, uidFromString
from twisted.scripts.twistd import ServerOptions, runApp  # type: ignore[attr-defined]
from typing_extensions import override

from chatroom.options.command_line import EXAMPLES, Options, flags, parameters
from chatroom.options.kinds import FILE, FLAG, Kind
from chatroom.options.table import OPTIONS, Option


def _account(number: Callable[[str], int], option: str, text: str) -> str:
    """Return *text* if it names an account for which this machine has a *number*."""
    try:
        number(text)
    except KeyError:
        raise ValueError(f"--{option} takes a name or a number of this machine, not {text}") from None
    return text


def _octal(option: str, text: str) -> str:
    try:
        int(text, 8)
    except ValueError:
        raise ValueError(f"--{option} takes a number in octal, like 077, not {text}") from None
    return text


FOLDER = Kind("FOLDER")
NAME = Kind("NAME")
USER = Kind("USER", read=partial(_account, uidFromString))
GROUP = Kind("GROUP", read=partial(_account, gidFromString))
MASK = Kind("MASK", read=_octal)


def _of_twistd(name: str, kind: Kind, default: str | None, purpose: str) -> Option:
    return Option(name, kind, default, purpose, in_file=False)


PROCESS = (
    _of_twistd("logfile", FILE, None, "write the log there, and not to the standard output"),
    _of_twistd("syslog", FLAG, None, "write it to syslog"),
    _of_twistd("prefix", NAME, "chatroom", "the name of the server in syslog"),
    _of_twistd("pidfile", FILE, "", "write the number of the process there; if it is not given, nowhere"),
    _of_twistd("rundir", FOLDER, ".", "work in this directory: --store and sockets count from there"),
    _of_twistd("chroot", FOLDER, None, "let this directory be the root of all, once the server has started"),
    _of_twistd("uid", USER, None, "the user to be, once the server has its ports"),
    _of_twistd("gid", GROUP, None, "the group to be; by default that of the user"),
    _of_twistd("umask", MASK, None, "the rights, in octal, that new files do not get"),
)
"""The options of twistd for a server in the foreground."""

TWISTD = """
In the background, and with what else twistd can (twistd --help lists it):
  twistd --pidfile=chatroom.pid --logfile=chatroom.log chatroom --port 8080
"""


class ForegroundOptions(Options):
    """The options of ``chatroom``: the server's, and twistd's for a server in the foreground."""

    command = "chatroom"
    synopsis = "Usage: chatroom [options]"
    examples = EXAMPLES.replace("twistd -n ", "")
    ending = TWISTD
    table: Mapping[str, Sequence[Option]] = {**OPTIONS, "Process": PROCESS}

    optParameters = parameters(PROCESS)
    optFlags = flags(PROCESS)

    @override
    def _reason(self, error: usage.UsageError) -> str:
        match error.__context__:
            case GetoptError(opt=str(name)) if name not in self.synonyms and (
                long := ServerOptions().synonyms.get(name)
            ):
                option = f"-{name}" if len(name) == 1 else f"--{name}"
                if long in {option.name for option in PROCESS}:
                    return f"there is no option {option}; write --{long}"
                return f"{option} is for twistd itself: twistd {option} chatroom"
        return super()._reason(error)

    def for_twistd(self) -> Iterator[str]:
        """Return the arguments for twistd."""
        yield from ("--nodaemon", "--no_save")
        for option in PROCESS:
            value = self[option.name]
            if option.kind.is_flag:
                yield from [f"--{option.name}"] * value
            elif value is not None:
                yield f"--{option.name}={value}"


def run() -> None:
    """Run the server that the command line describes until a signal ends it."""
    options = ForegroundOptions()
    options.parseOptions()
    twistd = options.parent = ServerOptions()
    twistd.parseOptions([*options.for_twistd()])
    twistd.subCommand, twistd.subOptions = "chatroom", options
    # What twistd itself looks for among all plugins.
    twistd.loadedPlugins = {"chatroom": ServiceMaker("chatroom", "chatroom.tap", "", "chatroom")}
    runApp(twistd)
