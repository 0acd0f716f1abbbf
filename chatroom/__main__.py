"""``chatroom``: the server in the foreground; this module loads nothing before signals are held."""

from __future__ import annotations

from chatroom.programs.early_signals import hold


def main() -> None:
    """Run the server that the command line describes until a signal ends it."""
    hold()
    # Only now: it takes a moment in which nothing else would hear a signal.
    from chatroom.foreground import run

    run()


if __name__ == "__main__":
    main()
