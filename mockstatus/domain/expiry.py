"""When a job expires. Pure: reads a checkpoint, changes nothing. In the job's own time, within.

Uses of a job are status and cancel calls, entries of phases and steps of progress; idle time runs
from the latest of them. A phase that cannot expire keeps the whole job.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from mockstatus.domain.checkpoint import FAR_FUTURE_US, Checkpoint, TrackState
from mockstatus.domain.timeline import Expiry, Phase, Track

_ANY_GAP_US = -1
"""Shorter than any gap: every phase in which a job can expire counts."""


def expires_us(checkpoint: Checkpoint, expiry: Expiry | None) -> int:
    """The instant at which the job expires if nobody does anything; FAR_FUTURE_US if never.

    An expiry that does not depend on use is the only one. The job is known to live for as long as
    it is quiet.
    """
    tracks, own_us = checkpoint.tracks, checkpoint.own_us
    now_us = own_us(checkpoint.quiet_until_us)
    if checkpoint.expires_us is not None:
        at_us = _while_kept(tracks, max(own_us(checkpoint.expires_us), now_us))
    elif expiry is not None:
        used_us = own_us(checkpoint.used_us)
        at_us = _idle_us(tracks, expiry.after_us, used_us=used_us, now_us=now_us)
    else:
        return FAR_FUTURE_US
    return checkpoint.instant_us(at_us)


def look_through(track: Track, expiry: Expiry | None) -> None:
    """Finds out what the expiry depends on while the track is new, so that no poll has to."""
    if expiry is not None:
        track.found(_gaps, expiry.after_us if expiry.is_idle else _ANY_GAP_US)


def _while_kept(tracks: Mapping[str, TrackState], at_us: int) -> int:
    """The first instant from `at_us` on at which every track is where it can expire."""
    while True:
        later_us = max((_kept_until(state, at_us) for state in tracks.values()), default=at_us)
        if later_us == at_us:
            return at_us
        at_us = later_us


def _kept_until(state: TrackState, at_us: int) -> int:
    """Until when the phase at `at_us` keeps the job from expiring; `at_us` if it does not."""
    index = state.index_at(at_us)
    if state.track.phases[index].can_expire:
        return at_us
    if index == state.stop:
        return FAR_FUTURE_US if index == state.anchor else at_us
    return _skip(state, index, _ANY_GAP_US)


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


def _used_until(state: TrackState, at_us: int, limit_us: int) -> int:
    """The last of this track's own uses after `at_us` that no gap beyond the limit precedes."""
    while True:
        index = state.index_at(at_us)
        if index == state.stop != state.anchor:
            return at_us  # what follows is known once the run has come to its pause
        keeps = not state.track.phases[index].can_expire
        following_us = state.leaves_us(index) if keeps else state.next_use_us(index, at_us)
        if following_us is None:
            return FAR_FUTURE_US if keeps else at_us
        if following_us - at_us > limit_us and not keeps:
            return at_us
        at_us = max(following_us, _skip(state, state.index_at(following_us), limit_us))


def _skip(state: TrackState, index: int, limit_us: int) -> int:
    """The entry of the next phase, from `index` on, in which the job could go idle."""
    gaps = state.track.found(_gaps, limit_us)
    place = bisect_left(gaps, index)
    nearest = gaps[place] if place < len(gaps) else state.stop
    return state.entered_us(min(nearest, state.stop))


def _gaps(phases: Sequence[Phase], limit_us: int) -> tuple[int, ...]:
    """The phases in which a job can expire that is not used for longer than this."""
    return tuple(
        index
        for index, phase in enumerate(phases)
        if phase.longest_gap_us > limit_us and phase.can_expire
    )
