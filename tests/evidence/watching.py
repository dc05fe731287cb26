"""Watches one task as a polling client does, and tells how two tasks looked different.

The same loop watches a real Celery task and a task of the mock; each `Side` says how its task is
polled, how its time passes and what a client's cancel does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any, Protocol

ENDS = frozenset({"SUCCESS", "FAILURE", "REVOKED", "EXPIRED"})
REPORTS = frozenset({"PROGRESS", "STORING"})

NOT_COMPARED = frozenset({"RECEIVED", "STARTED"})
"""Celery never stores the one, and a client may miss the other: VESTA wire notes, 2.1 and 4."""


@dataclass(frozen=True)
class Shown:
    """What one poll showed. result: any JSON, as the gateway puts it into a status document."""

    state: str
    result: Any

    @property
    def shape(self) -> Shown:
        """The same without what differs from run to run: of a report, its fields and their types.

        All reports of a run have one shape, so that a run counts as one.
        """
        if self.state not in REPORTS or not isinstance(self.result, dict):
            return self
        fields = {name: type(value).__name__ for name, value in sorted(self.result.items())}
        return Shown(self.state, fields)

    @property
    def brief(self) -> str:
        """In one line; of a report, the state alone."""
        return self.state if self.state in REPORTS else str(self)

    def __str__(self) -> str:
        return f"{self.state} {json.dumps(self.result, sort_keys=True)}"


class StuckError(AssertionError):
    """A task that should have ended did not."""


class Side(Protocol):
    """One task, and a client's ways with it."""

    def poll(self) -> Shown:
        """What the task shows now."""
        ...

    def pass_time(self) -> None:
        """Lets a little time pass before the next poll. Raises StuckError when it was enough."""
        ...

    def was_seen(self, shown: Shown, /) -> None:
        """A poll showed something new, and nothing else is done about it."""
        ...

    def cancel(self, shown: Shown, /) -> None:
        """Cancels the task while it shows this."""
        ...

    def settle(self) -> None:
        """Waits until nothing more would happen to a task that has ended."""
        ...


def watch(side: Side, *, cancel_in: str | None) -> list[Shown]:
    """All that a client sees of a task, repeats left out; polled once more when all is over.

    cancel_in: the state in which the client cancels it, once.
    """
    seen: list[Shown] = []
    while not seen or seen[-1].state not in ENDS:
        if seen:
            side.pass_time()
        shown = side.poll()
        if seen and shown == seen[-1]:
            continue
        seen.append(shown)
        if shown.state == cancel_in:
            cancel_in = None
            side.cancel(shown)
        else:
            side.was_seen(shown)
    side.settle()
    return [*seen, side.poll()]


def sequence(seen: Iterable[Shown]) -> list[Shown]:
    """What of it is compared: shapes, runs of one shape once, two states left out."""
    compared = [shown.shape for shown in seen if shown.state not in NOT_COMPARED]
    return [shown for shown, _ in groupby(compared)]


def difference(celery: Sequence[Shown], mock: Sequence[Shown]) -> str:
    """Where the mock first shows something else than Celery did; empty if it nowhere does."""
    real, imitated = sequence(celery), sequence(mock)
    for index, (ours, theirs) in enumerate(zip_longest(imitated, real)):
        if ours != theirs:
            passed = ", ".join(shown.state for shown in real[:index])
            after = f"after {passed}" if passed else "at first"
            return f"{after}, Celery shows {theirs or 'no more'}, the mock {ours or 'no more'}"
    return ""
