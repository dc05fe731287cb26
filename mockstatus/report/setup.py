"""What a test prepared for its client, and the client never met: findings about the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockstatus.report.evidence import Evidence
from mockstatus.report.finding import Finding, numbers, times
from mockstatus.report.nearest import near_misses
from mockstatus.runtime.exchange import UNSERVED

if TYPE_CHECKING:
    from mockstatus.domain.fault import Posted

_LONGEST = 200


def queued_never_taken(evidence: Evidence) -> Iterator[Finding]:
    """A scenario was queued, and no submission took it."""
    if evidence.job is not None:
        return
    for name in evidence.services:
        for scenario, count in Counter(evidence.sandbox.queues.of(name)).items():
            yield Finding(
                name="queued-never-taken",
                about="test",
                service=name,
                text=f"{scenario} was queued, and nobody took it ({times(count)})",
            )


def fault_never_struck(evidence: Evidence) -> Iterator[Finding]:
    """A fault was put to work, and no call was struck by it.

    A scenario's fault that struck one of the jobs that play it has had its use.
    """
    sandbox = evidence.sandbox
    found: dict[str, list[_Idle]] = {}
    if evidence.job is None:
        unborn = [
            f for key, fs in sandbox.faults.unborn.items() if key.startswith("submit:") for f in fs
        ]
        for posted in (*sandbox.faults.all(), *unborn):
            found.setdefault(posted.fault_id, []).append(_Idle(posted, posted.fault.service, None))
    for story in evidence.stories:
        for posted in story.job.faults:
            idle = _Idle(posted, story.service.name, story.job.id)
            found.setdefault(posted.fault_id, []).append(idle)
    for same in found.values():
        if not any(one.has_met_its_call for one in same):
            yield _told(same)


def not_served(evidence: Evidence) -> Iterator[Finding]:
    """Requests came that nothing serves: a mistyped address, mostly."""
    near = near_misses(evidence.exchanges, evidence.services)
    for (method, path), route in near.items():
        same = [
            one
            for one in evidence.exchanges
            if (one.operation, one.method, one.path) == (UNSERVED, method, path)
        ]
        hint = f"; did you mean {route}?" if route is not None else ""
        yield Finding(
            name="not-served",
            about="test",
            service=same[0].service or None,
            text=f"{method} {_cut(path)} is not served{hint}",
            exchanges=numbers(same),
        )


@dataclass(frozen=True, slots=True)
class _Idle:
    """A fault at work, and whose it is."""

    posted: Posted
    service: str | None
    job: str | None

    @property
    def has_met_its_call(self) -> bool:
        """Whether it struck, or was spared by nothing but chance."""
        count = self.posted.count
        return bool(count.struck or (self.posted.fault.probability < 1 and count.seen))


def _told(same: list[_Idle]) -> Finding:
    first = same[0]
    fault = first.posted.fault
    seen = sum(one.posted.count.seen for one in same)
    why = f"it was meant for {seen} calls, and none was its turn" if seen else "no call came"
    where = fault.operation or "any operation"
    return Finding(
        name="fault-never-struck",
        about="test",
        service=first.service,
        job=first.job if len(same) == 1 else None,
        text=f"{first.posted.fault_id} (on {where}) never struck: {why}",
    )


def _cut(path: str) -> str:
    """A path in one line of a bearable length."""
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"
