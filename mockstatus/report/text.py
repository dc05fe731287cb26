"""A report as a text that a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from mockstatus.report.document import FindingView, JobReport, ReportDocument
from mockstatus.report.finding import counted, spoken

_JOBS_SHOWN = 50


def as_text(report: ReportDocument) -> str:
    """The whole of it, with a line's end at its end."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: ReportDocument) -> Iterator[str]:
    about = f", job {report.job}" if report.job is not None else ""
    yield f"What sandbox {report.sandbox} learned about its client{about}, {report.now}"
    seen = report.exchanges
    lost = f"; {seen.dropped} earlier ones were dropped" if seen.dropped else ""
    yield f"{counted(seen.kept, 'exchange')}, {counted(_jobs(report), 'job')}{lost}"
    yield ""
    yield "State coverage"
    for covered in report.coverage.values():
        yield f"  {covered.percent:5.1f} %  {covered.summary}"
    if not report.coverage:
        yield "  no service was called"
    for about_whom, title in (("client", "Manners"), ("test", "About the test")):
        found = [one for one in report.findings if one.about == about_whom]
        if found or about_whom == "client":
            yield ""
            yield f"{title}: {counted(len(found), 'finding') if found else 'nothing to say'}"
            for one in found:
                yield from _finding(one)
    if report.jobs:
        yield ""
        yield "Jobs"
        for job in report.jobs[:_JOBS_SHOWN]:
            yield from _job(job)
        more = _jobs(report) - min(len(report.jobs), _JOBS_SHOWN)
        if more:
            yield f"  and {more} more"


def _finding(one: FindingView) -> Iterator[str]:
    whose = " ".join(_printable(word) for word in (one.service, one.job) if word is not None)
    yield f"  {one.name}{f'  {whose}' if whose else ''}"
    yield f"      {_printable(one.text)}"
    if one.exchanges:
        yield f"      exchanges {spoken(one.exchanges)}"


def _job(job: JobReport) -> Iterator[str]:
    plays = f" plays {job.scenario}" if job.scenario is not None else ""
    gone = f" ({job.gone.replace('_', ' ')})" if job.gone is not None else ""
    yield f"  {job.service} {job.id}{plays}: {job.state}{gone}"
    polls, calls = counted(job.polls, "poll"), counted(job.requests, "call")
    yield f"      {calls}, {polls}; shown {', '.join(job.shown) or 'nothing'}"


def _jobs(report: ReportDocument) -> int:
    return len(report.jobs) + report.jobs_left_out


def _printable(text: str) -> str:
    """In one line, without what would disturb a terminal: clients choose some of the words."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
