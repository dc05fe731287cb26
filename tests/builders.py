"""Makes the values that tests are about, with defaults for all that a test does not care about.

Instants and spans are microseconds, as everywhere inside the program; T0 is a round instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockstatus.domain.engine import position
from mockstatus.domain.events import Event, Submitted
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import (
    After,
    AfterPolls,
    Defaults,
    Ending,
    Exit,
    Phase,
    Progress,
    Timeline,
    Track,
    UntilSignal,
    UntilTrack,
)

T0 = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""

SECOND = 1_000_000
"""One second."""

TASK = "task"
"""The track of a job that has only one."""

COMPLETE = Phase(state="COMPLETE", ending=Ending.COMPLETE)
FAILED = Phase(state="FAILED", ending=Ending.FAIL)
EXPIRED = Phase(state="EXPIRED", ending=Ending.EXPIRE)
REVOKED = Phase(state="REVOKED", ending=Ending.CANCEL)
TERMINATED = Phase(state="TERMINATED", ending=Ending.CANCEL)

DEFAULTS = Defaults(complete=COMPLETE, fail=FAILED, cancel_waiting=REVOKED, cancel_begun=TERMINATED)
"""Where a signal or a cancel takes a track whose script does not say: phases not in the script."""


def seconds(number: float) -> int:
    """A span of so many seconds."""
    return round(number * SECOND)


def at(number: float) -> int:
    """The instant so many seconds after T0."""
    return T0 + seconds(number)


def a_phase(state: str = "WORKING", **changes: Any) -> Phase:
    """A phase that stays and is under way, but for what `changes` say.

    The ways out have short forms: `for_s`, `polls`, `signal`, `track` (with `failed`); so has
    `progress`, which may be a pair.
    """
    exit_ = _exit(changes)
    if exit_ is not None:
        changes["exit"] = exit_
    if isinstance(changes.get("progress"), tuple):
        changes["progress"] = Progress(*changes["progress"])
    return Phase(**{"state": state, "is_begun": True, **changes})


def _exit(changes: dict[str, Any]) -> Exit | None:
    if "for_s" in changes:
        return After(seconds(changes.pop("for_s")))
    if "polls" in changes:
        return AfterPolls(changes.pop("polls"))
    if "signal" in changes:
        return UntilSignal(changes.pop("signal"))
    if "track" in changes:
        return UntilTrack(changes.pop("track"), changes.pop("failed", None))
    return None


def waiting(state: str = "WAITING", **changes: Any) -> Phase:
    """A phase in which work has not begun."""
    return a_phase(state, **{"is_begun": False, **changes})


def done(state: str = "DONE", **changes: Any) -> Phase:
    """A final phase, well ended unless `changes` say otherwise."""
    return a_phase(state, **{"is_begun": False, "ending": Ending.COMPLETE, **changes})


def broken(state: str = "BROKEN", **changes: Any) -> Phase:
    """A final phase, badly ended."""
    return done(state, **{"ending": Ending.FAIL, **changes})


def a_track(*phases: Phase) -> Track:
    """A track of these phases; of one that stays where none is given."""
    return Track(phases or (a_phase(),))


def a_timeline(
    *phases: Phase, tracks: Mapping[str, Iterable[Phase]] | None = None, **changes: Any
) -> Timeline:
    """A timeline of one track with these phases, or of these `tracks` by their names."""
    scripts: Mapping[str, Iterable[Phase]] = {TASK: phases} if tracks is None else tracks
    return Timeline(
        **{
            "tracks": {name: a_track(*script) for name, script in scripts.items()},
            "defaults": DEFAULTS,
            **changes,
        }
    )


def seen(timeline: Timeline, *events: Event, now_us: int, submitted_us: int = T0) -> Position:
    """Where a job, submitted at T0, stands at `now_us` after these further events."""
    return position(timeline, (Submitted(submitted_us), *events), now_us)


def state_of(where: Position, track: str = TASK) -> str:
    """The state of one track."""
    return where.tracks[track].phase.state


def gone_of(where: Position) -> tuple[str, int] | None:
    """Why a job is gone, and since when; None if it is not."""
    return None if where.gone is None else (where.gone.why, where.gone.at_us)
