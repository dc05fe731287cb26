"""A report as one self-contained page: no scripts, nothing fetched, everything escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from mockstatus.report.document import (
    CallView,
    FindingView,
    JobReport,
    ReportDocument,
    ServiceCoverage,
)
from mockstatus.report.drawing import PLAIN, drawing, palette
from mockstatus.report.finding import counted, spoken
from mockstatus.report.style import STYLE

JOBS_SHOWN = 100
_LEGEND = (
    '<p class="quiet legend">calls: '
    + " ".join(
        f'<svg viewBox="0 0 12 12"><circle class="c-{kind}" cx="6" cy="6" r="5"/></svg> {words}'
        for kind, words in (
            ("submit", "submission"),
            ("poll", "poll"),
            ("other", "other"),
            ("struck", "struck by a fault"),
            ("lost", "its answer lost"),
        )
    )
    + "; long stretches of time are drawn shorter than they were</p>"
)


def as_page(report: ReportDocument) -> str:
    """The whole page."""
    title = escape(f"What sandbox {report.sandbox} learned about its client")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>"
        f"{''.join(_body(report, title))}</main></body></html>\n"
    )


def _body(report: ReportDocument, title: str) -> Iterator[str]:
    seen = report.exchanges
    dropped = f", {seen.dropped} earlier ones dropped" if seen.dropped else ""
    about = f" · job {escape(report.job)} alone" if report.job is not None else ""
    jobs = len(report.jobs) + report.jobs_left_out
    yield f"<header><h1>{title}</h1><p>{escape(report.now)}"
    yield f" · {counted(seen.kept, 'exchange')}{dropped}"
    yield f" · {counted(jobs, 'job')}{about}</p></header>"
    yield '<section><h2>State coverage</h2><div class="cards">'
    palettes = {
        name: palette(covered.documented, [job for job in report.jobs if job.service == name])
        for name, covered in report.coverage.items()
    }
    for name, covered in report.coverage.items():
        yield _covered(name, covered, palettes[name])
    yield "</div>" if report.coverage else "</div><p>No service was called.</p>"
    yield "</section>"
    yield from _findings(report)
    yield f"<section><h2>Jobs</h2>{_LEGEND if jobs else ''}"
    for job in report.jobs[:JOBS_SHOWN]:
        yield _job(job, palettes[job.service])
    more = jobs - min(len(report.jobs), JOBS_SHOWN)
    yield f"<p>And {more} more.</p>" if more else "" if jobs else "<p>There is none.</p>"
    yield "</section>"


def _covered(name: str, covered: ServiceCoverage, colours: Mapping[str, str]) -> str:
    words = "".join(
        f'<span class="word {colours[word] if word in covered.shown else "no"}">'
        f"{escape(word)}</span>"
        for word in covered.documented
    )
    return (
        f'<div class="card"><h3>{escape(name)}<b>{covered.percent:g} %</b></h3>'
        f'<div class="meter"><i style="width:{covered.percent:.1f}%"></i></div>'
        f'<p class="words">{words}</p>'
        f'<p class="quiet">{len(covered.shown)} of {len(covered.documented)} shown</p></div>'
    )


def _findings(report: ReportDocument) -> Iterator[str]:
    for about, title in (("client", "Manners"), ("test", "About the test")):
        found = [one for one in report.findings if one.about == about]
        if not found and about == "test":
            continue
        yield f"<section><h2>{title}</h2>"
        yield "".join(map(_finding, found)) or '<p class="good">Nothing to say.</p>'
        yield "</section>"


def _finding(one: FindingView) -> str:
    whose = escape(" ".join(word for word in (one.service, one.job) if word is not None))
    if one.job is not None:
        whose = f'<a href="#{_anchor(one.service, one.job)}">{whose}</a>'
    shown = spoken(one.exchanges)
    proof = f'<p class="quiet">exchanges {shown}</p>' if shown else ""
    return (
        f'<div class="finding {one.about}"><h3><code>{escape(one.name)}</code> {whose}</h3>'
        f"<p>{escape(one.text)}</p>{proof}</div>"
    )


def _job(job: JobReport, colours: Mapping[str, str]) -> str:
    plays = f" plays {escape(job.scenario)}" if job.scenario is not None else ""
    gone = f" · {escape(job.gone.replace('_', ' '))}" if job.gone is not None else ""
    names = "".join(f'<span class="word bad">{escape(name)}</span>' for name in job.findings)
    rows = "".join(map(_row, job.calls))
    return (
        f'<article id="{_anchor(job.service, job.id)}"><h3>{escape(job.service)}'
        f" <code>{escape(job.id)}</code>{plays}"
        f' <span class="word {colours.get(job.state, PLAIN)}">{escape(job.state)}</span>{gone}</h3>'
        f'<p class="quiet">submitted {escape(job.submitted)} · {counted(job.requests, "call")},'
        f" {counted(job.polls, 'poll')}</p><p>{names}</p>{drawing(job, colours)}"
        "<details><summary>Calls</summary><table><tr><th>#<th>at<th>operation<th>status"
        f"<th>shown<th>fault</tr>{rows}</table></details></article>"
    )


def _row(call: CallView) -> str:
    fault = f"{call.fault or ''}{' (answer lost)' if call.is_lost else ''}"
    cells = (call.number, call.at, call.operation, call.status, call.shown or "", fault)
    return f"<tr>{''.join(f'<td>{escape(str(cell))}' for cell in cells)}</tr>"


def _anchor(service: str | None, job: str) -> str:
    return escape(f"job-{service}-{job}", quote=True)
