"""The states of a module's track, and which may follow which.

Source: Krixik wire notes, 3.1. Only `false`, `true` and the failed module are seen on the wire; the
words are those of the client's `overall_status`, and our own (a choice) for what it cannot tell
apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WAITING = "waiting"
"""For the upload, or for the module before."""
ONGOING = "ongoing"
COMPLETE = "complete"
FAILED = "failed"
SKIPPED = "skipped"
"""A module before it failed, or was skipped itself."""

TRACK_STATES = (WAITING, ONGOING, COMPLETE, FAILED, SKIPPED)
ENDS = (COMPLETE, FAILED, SKIPPED)

DELETED = "deleted"
EXPIRED = "expired"
DROPPED = "dropped"
"""No upload came in time."""

SHOWN = (ONGOING, COMPLETE, FAILED, DELETED, EXPIRED)
"""What the documentation lets a client see of a process."""

NEXT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        WAITING: frozenset({ONGOING, SKIPPED}),
        ONGOING: frozenset({ONGOING, COMPLETE, FAILED}),
        COMPLETE: frozenset(),
        FAILED: frozenset(),
        SKIPPED: frozenset(),
    }
)
"""What may come after a state."""


def track_of(position: int) -> str:
    """The name of the track of the module at this position, from 1."""
    return f"module_{position}"
