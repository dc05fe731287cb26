"""When a job expires. Pure: reads a checkpoint, changes nothing.

Uses of a job are status and cancel calls, entries of phases and steps of progress; idle time runs
from the latest of them. A phase that cannot expire keeps the whole job.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache

from mockstatus.domain.checkpoint import FAR_FUTURE_US, TrackState
from mockstatus.domain.timeline import Expiry, Track


def expires_us(
    tracks: Mapping[str, TrackState],
    *,
    expiry: Expiry | None,
    fixed_us: int | None,
    used_us: int,
    now_us: int,
) -> int:
    """The instant at which the job expires if nobody does anything; FAR_FUTURE_US if never.

    fixed_us: an expiry that does not depend on use. used_us: the last call. now_us: the job is
    known to live until then.
    """
    due_us = FAR_FUTURE_US
    if fixed_us is not None:
        due_us = _while_kept(tracks, max(fixed_us, now_us))
    if expiry is not None and expiry.is_idle:
        due_us = min(due_us, _idle_us(tracks, expiry.after_us, used_us=used_us, now_us=now_us))
    return due_us


def _while_kept(tracks: Mapping[str, TrackState], at_us: int) -> int:
    """The first instant from `at_us` on at which every track is where it can expire."""
    while True:
        later_us = max((_kept_until(state, at_us) for state in tracks.values()), default=at_us)
        if later_us == at_us:
            return at_us
        at_us = later_us


def _kept_until(state: TrackState, at_us: int) -> int:
    """Until when the phase at `at_us` keeps the job from expiring; `at_us` if it does not."""
    if at_us >= FAR_FUTURE_US:
        return at_us
    index = state.index_at(at_us)
    if state.track.phases[index].can_expire:
        return at_us
    leaves_us = state.leaves_us(index)
    return FAR_FUTURE_US if leaves_us is None else leaves_us


def _idle_us(tracks: Mapping[str, TrackState], limit_us: int, *, used_us: int, now_us: int) -> int:
    """When the idle limit is reached: follows the uses to the first gap beyond the limit."""
    last_us = max((_last_own_use(state, now_us) for state in tracks.values()), default=used_us)
    last_us = max(last_us, used_us)
    while last_us < FAR_FUTURE_US:
        further_us = max(
            (_used_until(state, last_us, limit_us) for state in tracks.values()), default=last_us
        )
        if further_us == last_us:
            return last_us + limit_us
        last_us = further_us
    return FAR_FUTURE_US


def _last_own_use(state: TrackState, now_us: int) -> int:
    """The last entry of a phase or step of progress not after `now_us`."""
    index = state.index_at(now_us)
    entered_us = state.entered_us(index)
    phase = state.track.phases[index]
    length_us = phase.timed_us
    steps = phase.progress.steps if phase.progress is not None else 0
    if not steps or not length_us:
        return entered_us
    elapsed_us = min(now_us - entered_us, length_us)
    done = steps * elapsed_us // length_us
    return entered_us if done == 0 else entered_us + -(-done * length_us // steps)


def _next_own_use(state: TrackState, index: int, at_us: int) -> int | None:
    """The first entry or step of progress after `at_us`, which phase `index` contains."""
    entered_us = state.entered_us(index)
    phase = state.track.phases[index]
    length_us = phase.timed_us
    steps = phase.progress.steps if phase.progress is not None else 0
    if length_us and steps:
        done = steps * max(at_us - entered_us, 0) // length_us
        if done < steps:
            return entered_us + -(-(done + 1) * length_us // steps)
    return state.leaves_us(index)


def _used_until(state: TrackState, at_us: int, limit_us: int) -> int:
    """The last of this track's own uses after `at_us` that no gap beyond the limit precedes."""
    stop = state.track.stops[state.anchor]
    while True:
        index = state.index_at(at_us)
        if index == stop != state.anchor:
            return at_us  # what follows is known once the run has come to its pause
        if not state.track.phases[index].can_expire:
            at_us = _kept_until(state, at_us)
            if at_us >= FAR_FUTURE_US:
                return at_us
            continue
        following_us = _next_own_use(state, index, at_us)
        if following_us is None or following_us - at_us > limit_us:
            return at_us
        at_us = max(following_us, _skip_busy(state, state.index_at(following_us), limit_us))


def _skip_busy(state: TrackState, index: int, limit_us: int) -> int:
    """The entry of the next phase, from `index` on, in which the job could go idle or is kept."""
    stop = state.track.stops[state.anchor]
    breaks = _breaks(state.track, limit_us)
    place = bisect_right(breaks, index - 1)
    nearest = breaks[place] if place < len(breaks) else stop
    return state.entered_us(min(nearest, stop))


@lru_cache(maxsize=1024)
def _breaks(track: Track, limit_us: int) -> tuple[int, ...]:
    """The phases of a track that need a look of their own: long gaps, or a keeper of jobs."""
    return tuple(
        index
        for index, phase in enumerate(track.phases)
        if phase.longest_gap_us > limit_us or not phase.can_expire
    )
