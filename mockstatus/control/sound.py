"""What a snapshot may hold: parts of the kinds that they were of. Others would fail later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from mockstatus.control.codec import refuse_wrong
from mockstatus.domain.checkpoint import Checkpoint
from mockstatus.domain.fault import Posted
from mockstatus.domain.timeline import Phase, Timeline
from mockstatus.runtime.job import Job, Note

if TYPE_CHECKING:
    from mockstatus.web.service import Service

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JobParts:
    """What is known of a job beside what people may read of it."""

    timeline: Timeline
    checkpoint: Checkpoint
    submission: object
    faults: tuple[Posted, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class OtherParts:
    """What is known of a sandbox beside its jobs."""

    faults: tuple[Posted, ...]
    unborn: dict[str, tuple[Posted, ...]]
    stash: dict[str, Any]


def job_parts(decoded: Mapping[str, Any]) -> JobParts:
    """A job's parts. Raises ValueError or TypeError where they cannot have been a job's."""
    refuse_wrong(JobParts, decoded)
    parts = JobParts(**decoded)
    checkpoint = parts.checkpoint
    if set(checkpoint.tracks) != set(parts.timeline.tracks):
        raise ValueError("a job has other tracks than its timeline")
    for name, state in checkpoint.tracks.items():
        if not 0 <= state.anchor < len(state.track.phases):
            raise ValueError(f"track {name} has no phase {state.anchor}")
        if min(state.shown, state.forgotten, checkpoint.polls) < 0:
            raise ValueError(f"track {name} was shown less often than never")
    return parts


def other_parts(decoded: Mapping[str, Any]) -> OtherParts:
    """The parts that are no job's. Raises ValueError or TypeError."""
    refuse_wrong(OtherParts, decoded)
    return OtherParts(**decoded)


def refuse_strange(service: Service, job: Job, made: Iterable[object]) -> None:
    """Raise ValueError where its service would not know what a job is made of.

    made: all objects that were made for it.
    """
    of_kind(job.submission, service.kept.submission, f"the submission of job {job.id}")
    for phase in made:
        if isinstance(phase, Phase):
            of_kind(phase.payload, service.kept.payload, f"what {phase.state} shows")


def of_kind(value: object, kind: type[T], what: str) -> T:
    """The value. Raises ValueError where it is of another kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{what} is a {type(value).__name__}, not a {kind.__name__}")
    return value
