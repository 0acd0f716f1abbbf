"""``chatroom``: the server in the foreground, as ``twistd -n chatroom`` runs it, by one command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from getopt import GetoptError

from twisted.application.service import ServiceMaker
from twisted.python import usage
from twisted.python.util import gidFromString, uidFromString
from twisted.scripts.twistd import ServerOptions, runApp  # type: ignore[attr-defined]
from typing_extensions import override

from chatroom.options import ARGUMENTS, EXAMPLES, FLAGS, HELP, Options

PROCESS = {
    "logfile": "write the log there, and not to the standard output",
    "syslog": "write it to syslog",
    "prefix": "what the server is called in syslog",
    "pidfile": "write the number of the process there; if it is not given, nowhere",
    "rundir": "work in this directory: --store and sockets count from there",
    "chroot": "let this directory be the root of all, once the server has started",
    "uid": "the user to be, once the server listens",
    "gid": "the group to be; by default that of the user",
    "umask": "the rights, in octal, that new files do not get",
}
"""What twistd does for a server in the foreground; its options, by the names that it has for them."""

TWISTD = """
In the background, and with what else twistd can (twistd --help lists it):
  twistd --pidfile=chatroom.pid --logfile=chatroom.log chatroom --port 8080
"""


def _account(option: str, number: Callable[[str], int], text: str) -> str:
    """Return *text* if it names somebody of whom this machine has the *number*."""
    try:
        number(text)
    except KeyError:
        raise ValueError(f"--{option} takes a name or a number of this machine, not {text}") from None
    return text


def _octal(text: str) -> str:
    try:
        int(text, 8)
    except ValueError:
        raise ValueError(f"--umask takes a number in octal, like 077, not {text}") from None
    return text


class Command(Options):
    """The options of ``chatroom``: those of the server, and of twistd those for a server in the foreground."""

    command = "chatroom"
    synopsis = "Usage: chatroom [options]"
    examples = EXAMPLES.replace("twistd -n ", "")
    ending = TWISTD
    groups: Mapping[str, Mapping[str, str]] = {**HELP, "Process": PROCESS}
    arguments = ARGUMENTS | {
        **dict.fromkeys(("logfile", "pidfile"), "FILE"),
        **dict.fromkeys(("rundir", "chroot"), "FOLDER"),
        "prefix": "NAME",
        "uid": "USER",
        "gid": "GROUP",
        "umask": "MASK",
    }
    flags = (*FLAGS, "syslog")

    optParameters = [
        ["logfile", None, None, ""],
        ["prefix", None, "chatroom", ""],
        ["pidfile", None, "", ""],
        ["rundir", None, ".", ""],
        ["chroot", None, None, ""],
        ["uid", None, None, "", partial(_account, "uid", uidFromString)],
        ["gid", None, None, "", partial(_account, "gid", gidFromString)],
        ["umask", None, None, "", _octal],
    ]

    optFlags = [["syslog", None, ""]]

    @override
    def _reason(self, error: usage.UsageError) -> str:
        match error.__context__:
            case GetoptError(opt=str(name)) if name not in self.synonyms and (
                long := ServerOptions().synonyms.get(name)
            ):
                option = f"-{name}" if len(name) == 1 else f"--{name}"
                if long in PROCESS:
                    return f"there is no option {option}; write --{long}"
                return f"{option} is for twistd itself: twistd {option} chatroom"
        return super()._reason(error)

    def for_twistd(self) -> Iterator[str]:
        """Return what twistd is to be told."""
        yield from ("--nodaemon", "--no_save")
        for name in PROCESS:
            if self[name] is not None and name not in self.flags:
                yield f"--{name}={self[name]}"
            elif self[name]:
                yield f"--{name}"


def main() -> None:
    """Run the server that the command line describes until a signal ends it."""
    options = Command()
    options.parseOptions()
    twistd = options.parent = ServerOptions()
    twistd.parseOptions([*options.for_twistd()])
    twistd.subCommand, twistd.subOptions = "chatroom", options
    # What twistd itself looks for among all plugins.
    twistd.loadedPlugins = {"chatroom": ServiceMaker("chatroom", "chatroom.tap", "", "chatroom")}
    runApp(twistd)


if __name__ == "__main__":
    main()
