"""How often a client polls a job, so that its story is told in about twenty polls. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockstatus.domain import engine
from mockstatus.domain.position import Position
from mockstatus.domain.timeline import After, AfterPolls

if TYPE_CHECKING:
    from mockstatus.runtime.job import Job

SECOND_US = 1_000_000
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400)
_DEFAULT_S = 5
_CHANGES = 1000


def interval_us(job: Job, now_us: int, *, polls: int = 20) -> int:
    """A round interval that shows the rest of a job's story in at most `polls` polls or so."""
    length_us = ends_us(job, now_us) - now_us
    if not length_us:
        return _DEFAULT_S * SECOND_US
    steps = (step * SECOND_US for step in _STEPS_S)
    return next((step for step in steps if step * polls >= length_us), _STEPS_S[-1] * SECOND_US)


def ends_us(job: Job, now_us: int) -> int:
    """When the job stops moving by the clock, if nobody touches it."""
    checkpoint = job.checkpoint
    for _ in range(_CHANGES):
        checkpoint = engine.settle(job.timeline, checkpoint, now_us)
        next_us = engine.next_change_us(job.timeline, checkpoint, now_us)
        position = Position(checkpoint, now_us)
        if next_us is None or position.has_ended or is_still(position):
            break
        now_us = next_us
    return now_us


def is_still(position: Position) -> bool:
    """Whether neither the clock nor polls move the job on; its expiry apart."""
    return all(
        track.cancels_at_us is None and not isinstance(track.phase.exit, After | AfterPolls)
        for track in position.tracks.values()
        if not track.has_ended
    )
