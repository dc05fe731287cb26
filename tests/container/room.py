"""A folder as root file system, and commands that run in it as an engine would run them.

In name spaces of its own (mounts, processes), which end with the command and leave nothing behind.
Only root can make them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DEVICES = ("null", "zero", "full", "random", "urandom")
_NEEDED = ("unshare", "mount", "chroot", "setpriv")


def missing() -> str:
    """What this machine lacks to run a command like this; empty if nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root can do what an engine does"
    lacking = [name for name in _NEEDED if shutil.which(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"],
        check=False,
        capture_output=True,
        text=True,
    )
    return f"no name spaces can be made here: {tried.stderr.strip()}" if tried.returncode else ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """root: the folder. mounts: folders and files of this machine that are seen in it, read-only,
    by their paths there."""

    root: Path
    mounts: Mapping[str, Path]

    @contextmanager
    def running(
        self,
        words: Sequence[str],
        *,
        env: Mapping[str, str],
        user: str,
        mounts: Mapping[str, Path] | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        """The command as process 1, on a read-only tree, without any privilege.

        The process that is given is the one outside, which ends as the command does; see `inner`.
        Killed on exit. user: as numbers, `USER:GROUP`. mounts: more of them.
        """
        number, _, group = user.partition(":")
        become = ["setpriv", f"--reuid={number}", f"--regid={group}", "--clear-groups"]
        bare = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]
        steps = self._steps({**self.mounts, **(mounts or {})}, is_writable=False)
        process = subprocess.Popen(
            self._command(steps, [*become, *bare, *words], env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            _end(process)
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def run_as_root(self, words: Sequence[str], *, env: Mapping[str, str], cwd: str) -> None:
        """A step of a build: it may write. Raises CalledProcessError with what it printed."""
        steps = self._steps(self.mounts, is_writable=True)
        inside = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', cwd, *words]
        command = self._command(steps, inside, env)
        output_of(command)

    def _command(
        self, steps: Sequence[str], words: Sequence[str], env: Mapping[str, str]
    ) -> list[str]:
        pairs = [f"{name}={value}" for name, value in env.items()]
        enter = [_found("chroot"), str(self.root), "/usr/bin/env", "-i", *pairs, *words]
        script = "\n".join(["set -eu", *steps, f"exec {shlex.join(enter)}"])
        spaces = ["--mount", "--propagation=private", "--pid", "--fork", "--kill-child"]
        return [_found("unshare"), *spaces, "--", "/bin/sh", "-c", script]

    def _steps(self, mounts: Mapping[str, Path], *, is_writable: bool) -> list[str]:
        root = self.root
        steps = [_mount("--bind", root, root)]
        for inside, outside in mounts.items():
            place = root / inside.lstrip("/")
            steps += [_mount("--bind", outside, place), _mount("-o", "remount,bind,ro", place)]
        steps += [
            _mount("-t", "proc", "proc", root / "proc"),
            _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", root / "dev"),
        ]
        for name in _DEVICES:
            device = root / "dev" / name
            steps += [shlex.join(["touch", str(device)]), _mount("--bind", f"/dev/{name}", device)]
        if not is_writable:
            steps += [_mount("-o", "remount,bind,ro", place) for place in (root / "dev", root)]
        return steps


def output_of(command: Sequence[str | Path]) -> str:
    """What a command prints. Raises CalledProcessError with all of it as a note."""
    try:
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        error.add_note(f"{error.stdout}\n{error.stderr}")
        raise
    return ran.stdout.strip()


def inner(process: subprocess.Popen[Any]) -> int:
    """The number, as this machine counts, of the process that is number 1 inside."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return int(children.split()[0])


def _end(process: subprocess.Popen[Any]) -> None:
    """Kills process 1 inside, which ends all that is there, and with it the one outside.

    To kill the one outside is not enough: what `--kill-child` asks for is forgotten by a child that
    becomes another user.
    """
    try:
        os.kill(inner(process), signal.SIGKILL)
    except (OSError, IndexError):  # it has ended, or not yet begun
        process.kill()
    process.wait()


def _mount(*words: str | Path) -> str:
    return shlex.join([_found("mount"), *map(str, words)])


def _found(name: str) -> str:
    return shutil.which(name) or name
