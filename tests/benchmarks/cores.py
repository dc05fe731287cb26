"""Which core runs what: the server that is measured has one to itself, where there are two."""

from __future__ import annotations

import contextlib
import os


def allowed() -> list[int]:
    """The cores that this process may use; none where the system does not tell."""
    get = getattr(os, "sched_getaffinity", None)
    return sorted(get(0)) if get is not None else []


def server_core() -> int | None:
    """Where the server runs; None where it cannot be pinned, or would share its core anyway."""
    cores = allowed()
    return cores[0] if len(cores) > 1 else None


def load_core() -> int | None:
    """Where the load generator runs."""
    cores = allowed()
    return cores[-1] if len(cores) > 1 else None


def pin(pid: int, core: int | None) -> None:
    """Keeps a process that has just begun, and what it will start, on a core."""
    if core is not None:
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})
