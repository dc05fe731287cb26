"""Runs a program for a test, in a process group that ends with the test, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

NEEDS = "setpriv"
"""The system's command that ties a program to the process that starts it (util-linux)."""

_PATIENCE_S = 60.0
_GRACE_S = 10.0
_TICK_S = 0.005


class ProgramError(AssertionError):
    """A program did not do what a test waits for; the message has all that it said."""


class Program:
    """A running program.

    name: what it is called in messages. log: where its output goes, both streams.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                # Told to end also when the test's process is killed and cannot tell it.
                [NEEDS, "--pdeathsig", "TERM", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def group(self) -> int:
        """The id of its process group."""
        return self._process.pid

    def said(self) -> str:
        """All its output so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for something that it is to do. Raises ProgramError if it ends, or takes long."""
        give_up_s = time.monotonic() + _PATIENCE_S
        while not condition():
            has_ended = self._process.poll() is not None
            if has_ended or time.monotonic() > give_up_s:
                how = "ended before" if has_ended else "takes too long until"
                raise ProgramError(f"{self.name} {how} {what}; it said:\n{self.said()}")
            time.sleep(_TICK_S)  # real processes take real time

    def stop(self) -> None:
        """Ends it and all that it started; when this returns, none of them is left.

        Raises ProgramError if one cannot be killed.
        """
        # Asked first, a program waits for its own children and leaves no zombies.
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self._process.wait()
        give_up_s = time.monotonic() + _PATIENCE_S
        while is_running(self.group):
            if time.monotonic() > give_up_s:
                raise ProgramError(f"processes of {self.name} outlive it")
            time.sleep(_TICK_S)  # a killed process goes when the system gets to it


def is_running(group: int) -> bool:
    """Whether a process group has processes that run."""
    return any(_is_member(entry, group) for entry in Path("/proc").glob("[0-9]*"))


def _is_member(process: Path, group: int) -> bool:
    try:
        # After the name, which may have any character: state, parent, group.
        state, _, its_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False  # it went meanwhile
    return int(its_group) == group and state != "Z"
