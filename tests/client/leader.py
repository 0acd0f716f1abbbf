"""What a shell is to a program: it leads the session of the terminal, starts the program, stops and continues it.

It runs as a process of its own, as ``python leader.py PROGRAM [ARGUMENT …]`` for one, on the terminal, and survives the
program: if it did not, the kernel would reset the terminal, and nobody could see how the program left it. What happens
it writes to the terminal, in the order in which it happens, as commands that no terminal knows. SIGUSR1 continues the
program in the foreground, SIGTERM ends both.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios


def report(what: str, number: int) -> None:
    """Tell the test, behind everything that the program has written."""
    os.write(1, f"\x1b]leader;{what};{number}\x07".encode())


def lead() -> bool:
    """Fork a process in the foreground, and report what becomes of it; tell in that process that this is the one."""
    signals = {signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    # The one that is not in the foreground may then write, and put others there.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    program = os.fork()
    if not program:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        # These are inherited as ignored by what runs in the background of a shell, or by nohup.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        report("started", os.getpid())
        return True
    runs = True
    while (number := signal.sigwait(signals)) in {signal.SIGCHLD, signal.SIGUSR1}:
        if number == signal.SIGUSR1:
            os.tcsetpgrp(0, program)
            os.killpg(program, signal.SIGCONT)
        elif runs:
            runs = watch(program)
    if runs:
        os.kill(program, signal.SIGKILL)
        os.waitpid(program, 0)
    return False


def watch(program: int) -> bool:
    """Report what became of *program*, and tell whether there still is one."""
    changed, status = os.waitpid(program, os.WUNTRACED | os.WNOHANG)
    if not changed:  # the signal was for its going on
        return True
    os.tcsetpgrp(0, os.getpgrp())
    if os.WIFSTOPPED(status):
        report("stopped", os.WSTOPSIG(status))
        return True
    report("ended", os.waitstatus_to_exitcode(status))
    return False


if __name__ == "__main__":
    if lead():
        os.execvp(sys.argv[1], sys.argv[1:])
