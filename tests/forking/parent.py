"""The process that has imported the programs, and forks.

A socket brings a request for each program, see :mod:`~tests.forking.request`, with open files: a socket
by which it is told the number of the new process, and its exit status when it ends; then those of the program. A
process that has ended is reaped when nobody holds the other end of that socket: until then its number is nobody
else's. Where no more requests can come, the parent ends, and leaves its children alone.
"""

from __future__ import annotations

import gc
import locale
import os
import pkgutil
import resource
import runpy
import selectors
import signal
import socket
import struct
import sys
import time
from array import array
from importlib import import_module
from io import TextIOWrapper
from itertools import pairwise
from typing import Any

import chatroom
from tests.client.leader import lead
from tests.forking.request import LIMITS, Request

APART = ["chatroom.__main__", "chatroom.services.operations.metrics_http"]
"""Modules that each process imports by itself: a program, and one that installs a reactor."""

MOST = 1 << 20
"""Bytes of a request, at most."""

FILES = 64
"""Open files that come with it, at most."""


def prepare() -> None:
    """Import all that programs do."""
    for module in pkgutil.walk_packages(chatroom.__path__, "chatroom."):
        if module.name not in APART:
            import_module(module.name)
    for name in ("twisted.scripts.twistd", "twisted.internet.epollreactor", "twisted.plugins.chatroom_plugin"):
        import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "each process has a reactor of its own"
    gc.collect()
    gc.freeze()


def serve(channel: socket.socket) -> Request | None:
    """Fork for each request that comes by *channel*; return it in the child, and nothing when there are no more."""
    children: dict[int, socket.socket] = {}
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # It is told to the whole group, as is meant for those who have started it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        selector.register(ours, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is channel:
                    request, files = receive(channel)
                    if request is None:
                        return None
                    pid = os.fork()
                    if not pid:
                        signal.set_wakeup_fd(-1)
                        selector.close()
                        for end in (channel, ours, theirs, *children.values()):
                            end.close()
                        become(request, files)
                        return request
                    for file in files[1:]:
                        os.close(file)
                    told = children[pid] = socket.socket(fileno=files[0])
                    selector.register(told, selectors.EVENT_READ, pid)
                    told.sendall(struct.pack("i", pid))
                elif key.fileobj is ours:
                    ours.recv(4096)
                    for pid, told in children.items():
                        tell_if_ended(pid, told)
                else:
                    # Nothing is said by it: nobody asks for this child any more.
                    selector.unregister(key.fileobj)
                    children.pop(key.data).close()
                    os.waitpid(key.data, os.WNOHANG)


def tell_if_ended(pid: int, told: socket.socket) -> None:
    """Tell the exit status of a process, should it have ended: it may be told again."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended:
        status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
        try:
            told.sendall(struct.pack("i", status))
        except OSError:
            pass  # nobody asks for it


def receive(channel: socket.socket) -> tuple[Request | None, list[int]]:
    """Receive a request, with the files that come with it; nothing if no more can come."""
    files = array("i")
    data, ancillary, _, _ = channel.recvmsg(MOST, socket.CMSG_SPACE(FILES * files.itemsize))
    for level, kind, found in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(found[: len(found) - len(found) % files.itemsize])
    return (Request.read(data) if data else None), list(files)


def become(request: Request, files: list[int]) -> None:
    """Let this new process be as if it had been started by ``exec``, with *files* as its own."""
    if request.leads:
        os.setsid()
    _take(files[1:], [0, 1, 2, *request.files])
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN if number in request.ignored else signal.SIG_DFL)
    # As Python does when it begins.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if signal.SIGINT not in request.ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, request.blocked)
    for limit, (soft, hard) in zip(LIMITS, request.limits, strict=True):
        resource.setrlimit(limit, (soft, hard))
    os.umask(request.umask)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")
    sys.argv[:] = request.command
    sys.path[:] = [os.path.dirname(request.command[0]), *sys.path[1:-1]]  # noqa: PTH120
    for standard, name in enumerate(("stdin", "stdout", "stderr")):
        file = _opened(getattr(sys, name), standard)
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)


def _take(files: list[int], numbers: list[int]) -> None:
    """Give *files* these *numbers*, and close all others."""
    # First out of the way of each other.
    high = max(*files, *numbers) + 1
    apart = [os.dup2(file, high + place) for place, file in enumerate(files)]
    for file, number in zip(apart, numbers, strict=True):
        os.dup2(file, number)
    for before, after in pairwise([*sorted(numbers), os.sysconf("SC_OPEN_MAX")]):
        # Where nothing is between them, this would close everything.
        if before + 1 < after:
            os.closerange(before + 1, after)


def _opened(like: TextIOWrapper, number: int) -> TextIOWrapper:
    """Open standard file *number* anew, as Python does, *like* the one that this process began with."""
    reads, unbuffered = number == 0, like.write_through
    file: Any = open(number, "rb" if reads else "wb", -1 if reads or not unbuffered else 0, closefd=False)  # noqa: SIM115
    getattr(file, "raw", file).name = like.name
    lines = not unbuffered and (number == 2 or os.isatty(number))
    return TextIOWrapper(file, like.encoding, like.errors, "\n", lines, unbuffered)


def main() -> None:
    """Serve requests until there are no more; or be one of the programs."""
    prepare()
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    if asked and (not asked.leads or lead()):
        runpy.run_path(sys.argv[0], run_name="__main__")
