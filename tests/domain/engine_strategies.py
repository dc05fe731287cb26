"""Hypothesis strategies for the engine: small timelines, and what may happen to a job.

Spans are a few microseconds, so that everything happens close to everything else and the naive
model can walk through it tick by tick. Strategies are made once: making them is what costs time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import accumulate
from typing import Any

from builders import DEFAULTS
from hypothesis import strategies as st

from mockstatus.domain import events as ev
from mockstatus.domain.timeline import (
    STAY,
    After,
    AfterPolls,
    CancelRule,
    Ending,
    Exit,
    Expiry,
    Phase,
    Progress,
    Timeline,
    Track,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)

Happening = Callable[[int], ev.Event]
"""Makes an event of the instant at which it happens."""

TRACKS = ("a", "b", "c")
"""Track `b` may wait for `a`, and `c` for both, so that no waits run in a circle."""

ABSENT = "absent"
"""A track that no job has."""

SIGNALS = ("go", "cancel", "fail", "complete", "expire")

progresses = st.none() | st.builds(Progress, st.integers(-3, 9), st.integers(-3, 9))
endings = st.sampled_from([None, None, None, *Ending])
timed_exits = st.builds(After, st.integers(0, 9))
counted_exits = st.builds(AfterPolls, st.integers(1, 3))
signal_exits = st.builds(UntilSignal, st.sampled_from(SIGNALS))
plain_exits = st.one_of(
    timed_exits, timed_exits, counted_exits, signal_exits, st.just(UntilStarted())
)


def phases(exits: st.SearchStrategy[Exit]) -> st.SearchStrategy[Phase]:
    """A phase of any kind that leaves in one of these ways."""
    return st.builds(
        Phase,
        state=st.sampled_from("STUVW"),
        exit=exits,
        ending=endings,
        is_begun=st.booleans(),
        can_expire=st.sampled_from([True, True, True, False]),
        progress=progresses,
        payload=st.integers(0, 1_000_000),
    )


def wait_exits(others: tuple[str, ...]) -> st.SearchStrategy[Exit]:
    """Waits for one of these tracks; a phase to fall back on may wait in its turn."""
    names = st.sampled_from(others)
    last = phases(timed_exits | st.just(STAY) | signal_exits)
    further = phases(st.builds(UntilTrack, names, st.none() | last))
    return st.builds(UntilTrack, names, st.none() | last | further)


@cache
def scripts(others: tuple[str, ...] = ()) -> st.SearchStrategy[tuple[Phase, ...]]:
    """The phases of one track, which may wait for any of `others`."""
    exits = plain_exits | wait_exits(others) if others else plain_exits
    # Phases that stay are rare: nothing but an interrupt comes after them.
    some = phases(st.one_of(exits, exits, exits, exits, st.just(STAY)))
    return st.lists(some, min_size=1, max_size=6).map(tuple)


cancel_rules = st.one_of(
    st.just(CancelRule()),
    st.builds(CancelRule, lag_us=st.integers(0, 12)),
    st.builds(CancelRule, lag_us=st.integers(0, 12)),
    st.just(CancelRule(is_refused=True)),
)
expiries = st.none() | st.builds(Expiry, st.integers(0, 30), st.booleans())


@cache
def _timelines_of(names: tuple[str, ...]) -> st.SearchStrategy[Timeline]:
    tracks = {name: scripts((*names[:place], ABSENT)) for place, name in enumerate(names)}
    return st.builds(
        Timeline,
        # The order of a mapping is another one than that of the waits.
        tracks=st.fixed_dictionaries(
            {name: script.map(Track) for name, script in reversed(tracks.items())}
        ),
        defaults=st.just(DEFAULTS),
        cancel=cancel_rules,
        expiry=expiries,
        start_within_us=st.sampled_from([None, None, None, 0, 10, 40]),
    )


def timelines() -> st.SearchStrategy[Timeline]:
    """A timeline of one to three tracks whose waits run in no circle."""
    return st.one_of([_timelines_of(TRACKS[:number]) for number in (1, 2, 3)])


def _of(kind: type[Any]) -> Callable[..., Happening]:
    return lambda *fields: lambda at_us: kind(at_us, *fields)


@cache
def _happenings(names: tuple[str, ...]) -> dict[type, st.SearchStrategy[Happening]]:
    some = st.none() | st.frozensets(st.sampled_from(names))
    one = st.sampled_from(names)
    return {
        ev.Polled: st.builds(_of(ev.Polled), some),
        ev.Signalled: st.builds(_of(ev.Signalled), st.sampled_from(SIGNALS), st.none() | one),
        ev.Cancelled: st.builds(_of(ev.Cancelled), some),
        ev.Placed: st.builds(_of(ev.Placed), one, scripts((*names, ABSENT))),
        ev.Started: st.just(ev.Started),
        ev.Rescheduled: st.integers(0, 40).map(
            lambda later_us: lambda at_us: ev.Rescheduled(at_us, at_us + later_us)
        ),
        ev.Deleted: st.just(ev.Deleted),
    }


ALL_KINDS = (
    *[ev.Polled] * 6,
    *[ev.Signalled] * 3,
    *[ev.Cancelled] * 3,
    ev.Started,
    ev.Started,
    ev.Placed,
    ev.Rescheduled,
    ev.Deleted,
)
"""What happens to a job, the usual more often."""


@cache
def _histories(
    names: tuple[str, ...], kinds: tuple[type, ...], max_size: int
) -> st.SearchStrategy[list[ev.Event]]:
    happenings = _happenings(names)
    # A kind that is named twice happens twice as often.
    event = st.integers(0, len(kinds) - 1).flatmap(lambda place: happenings[kinds[place]])
    gap = st.sampled_from((0, 0, 1, 1, 2, 3, 5, 8, 13))
    return st.lists(st.tuples(gap, event), max_size=max_size).map(_in_order)


def _in_order(steps: Iterable[tuple[int, Happening]]) -> list[ev.Event]:
    steps = list(steps)
    instants = accumulate(gap for gap, _ in steps)
    return [happening(at_us) for (_, happening), at_us in zip(steps, instants, strict=True)]


def histories(
    timeline: Timeline, *, kinds: tuple[type, ...] = ALL_KINDS, max_size: int = 12
) -> st.SearchStrategy[list[ev.Event]]:
    """What happens, in order, to a job of this timeline after its submission at instant 0."""
    return _histories(TRACKS[: len(timeline.tracks)], kinds, max_size)
