"""What a failing test says about its sandbox: each job as the client saw it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mockstatus.testing.control import ControlError

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock

_CALLS_SHOWN = 40
_JOBS_SHOWN = 10


def section(mock: Mock) -> str:
    """The text of the report's section."""
    try:
        return "\n".join(_lines(mock))
    except ControlError as error:
        return f"nothing can be told: {error}"


def _lines(mock: Mock) -> Iterator[str]:
    clock, document = mock.clock, mock.report.document
    yield f"sandbox {mock.name}, seed {mock.seed}, clock {clock.mode}, now {document['now']}"
    jobs = document["jobs"]
    for job in jobs[:_JOBS_SHOWN]:
        yield from _job(job)
    if len(jobs) > _JOBS_SHOWN:
        yield f"and {len(jobs) - _JOBS_SHOWN} more jobs"
    if not jobs:
        yield "no job was submitted"
    for fault in mock.get("/faults"):
        yield f"fault {fault['id']} struck {fault['struck']} of {fault['seen']} calls"
    for found in document["findings"]:
        where = " ".join(f"#{number}" for number in found["exchanges"][:20])
        yield f"{found['name']}: {found['text']}{f' ({where})' if where else ''}"


def _job(job: dict[str, Any]) -> Iterator[str]:
    plays = job["scenario"] or "its service's own story"
    yield f"{job['service']} {job['id']} plays {plays}: {job['state']}"
    for name, stretches in job["tracks"].items():
        told = " -> ".join(f"{one['state']} {_time(one['entered'])}" for one in stretches)
        yield f"  {name}: {told}"
    calls = job["calls"]
    if len(calls) > _CALLS_SHOWN:
        yield f"  ({len(calls) - _CALLS_SHOWN} earlier calls)"
    for call in calls[-_CALLS_SHOWN:]:
        shown = f", shown {call['shown']}" if call["shown"] else ""
        struck = f", struck by {call['fault']}" if call["fault"] else ""
        lost = ", never received" if call["is_lost"] else ""
        told = f"{call['operation']}: {call['status']}{shown}{struck}{lost}"
        yield f"  #{call['number']} {_time(call['at'])} {told}"


def _time(instant: str) -> str:
    return instant.partition("T")[2].removesuffix("Z")
