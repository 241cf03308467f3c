"""Run a command on a leash: it ends when whoever started it lets go, however that happened, even by SIGKILL.

The leash is the pipe to the standard input of this module's own process. When its other end closes, because the starter let
go or is gone, the command is asked to stop, and is stopped if it does not.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

PATIENCE_SECONDS = 20
"""How long a command may take to stop in good order."""


class Leashed:
    """A command that runs as long as this process holds on to it."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._leash = subprocess.Popen(
                [sys.executable, "-m", "flows.leash", *command],
                env=dict(env),
                cwd=Path(__file__).resolve().parents[1],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C at the terminal goes to the starter alone, which lets go in its own order
            )

    @property
    def is_running(self) -> bool:
        """Return whether the command still runs."""
        return self._leash.poll() is None

    def let_go(self) -> None:
        """Let the command stop, and return when it has."""
        if self._leash.stdin:
            self._leash.stdin.close()
        self._leash.wait()


def main(command: Sequence[str]) -> int:
    """Run a command until it ends, or the leash is let go; return its exit code."""
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    Thread(target=_watch, args=(running,), daemon=True).start()
    code = running.wait()
    _end_the_rest(running)
    return code


def _watch(running: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _signal(running, signal.SIGTERM)
    try:
        running.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(running, signal.SIGKILL)


def _end_the_rest(ended: "subprocess.Popen[bytes]") -> None:
    """End what a command started and left behind: asked first, and stopped if it does not listen."""
    _signal(ended, signal.SIGTERM)
    patience = time.monotonic() + PATIENCE_SECONDS
    while _is_alive(ended) and time.monotonic() < patience:
        time.sleep(0.1)
    _signal(ended, signal.SIGKILL)


def _is_alive(ended: "subprocess.Popen[bytes]") -> bool:
    try:
        os.killpg(ended.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal(running: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Signal the command and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
