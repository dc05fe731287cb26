"""Puts a report together: coverage, findings, and each job's story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mockstatus.report.coverage import Coverage, coverages
from mockstatus.report.document import (
    CallView,
    Exchanges,
    FindingView,
    JobReport,
    ReportDocument,
    ServiceCoverage,
    StretchView,
)
from mockstatus.report.evidence import Described, Evidence, Story, is_told
from mockstatus.report.finding import Finding
from mockstatus.report.manners import findings
from mockstatus.runtime.clock import LATEST_US
from mockstatus.scenario.durations import format_instant

if TYPE_CHECKING:
    from mockstatus.runtime.exchange import Exchange
    from mockstatus.runtime.job import Job
    from mockstatus.runtime.sandbox import Sandbox

JOBS_LIMIT = 1000
CALLS_LIMIT = 500
VISITS_LIMIT = 100


def report(
    sandbox: Sandbox, services: Mapping[str, Described], *, job: Job | None = None
) -> ReportDocument:
    """What a sandbox's journal tells, now. job: only about this one. Changes nothing."""
    with sandbox.lock:
        evidence = Evidence(sandbox, services, job=job)
        found = findings(evidence)
        by_job: dict[tuple[str | None, str | None], list[str]] = {}
        for one in found:
            by_job.setdefault((one.service, one.job), []).append(one.name)
        stories = evidence.stories[-JOBS_LIMIT:]
        return ReportDocument(
            sandbox=sandbox.name,
            now=format_instant(evidence.now_us),
            job=None if job is None else job.id,
            exchanges=Exchanges(
                kept=len(evidence.exchanges), written=evidence.written, dropped=evidence.dropped
            ),
            coverage={one.service: _covered(one) for one in coverages(evidence)},
            findings=[_found(one) for one in found],
            jobs=[
                _job(story, by_job.get((story.service.name, story.job.id), [])) for story in stories
            ],
            jobs_left_out=len(evidence.stories) - len(stories),
        )


def _covered(coverage: Coverage) -> ServiceCoverage:
    return ServiceCoverage(
        documented=list(coverage.documented),
        shown=list(coverage.shown),
        never=list(coverage.never),
        percent=coverage.percent,
        summary=coverage.summary,
    )


def _found(finding: Finding) -> FindingView:
    return FindingView(
        name=finding.name,
        about=finding.about,
        service=finding.service,
        job=finding.job,
        text=finding.text,
        exchanges=list(finding.exchanges),
    )


def _job(story: Story, names: list[str]) -> JobReport:
    job, position = story.job, story.position
    words: dict[str, None] = {}
    for one in story.exchanges:
        words |= dict.fromkeys(sorted(story.words(one)))
    return JobReport(
        id=job.id,
        service=job.service,
        scenario=job.scenario,
        state=story.state,
        submitted=format_instant(position.submitted_us),
        gone=position.gone.why if position.gone is not None else None,
        polls=position.polls,
        requests=job.requests,
        shown=list(words),
        tracks={name: _stretches(story, name) for name in position.tracks},
        calls=[_call(one) for one in story.exchanges[-CALLS_LIMIT:]],
        findings=list(dict.fromkeys(names)),
    )


def _stretches(story: Story, track: str) -> list[StretchView]:
    gone = story.position.gone
    return [
        StretchView(
            state=story.service.word(visit.phase),
            ending=visit.phase.ending,
            entered=format_instant(visit.entered_us),
            left=_instant(gone.at_us if visit.left_us is None and gone else visit.left_us),
        )
        for visit in story.position.tracks[track].visits(VISITS_LIMIT)
    ]


def _call(one: Exchange) -> CallView:
    return CallView(
        number=one.number,
        at=format_instant(one.now_us),
        operation=one.operation,
        kind=one.kind,
        status=one.status,
        shown=one.state if is_told(one) else None,
        fault=one.fault,
        is_lost=one.is_lost,
    )


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None or at_us > LATEST_US else format_instant(at_us)
