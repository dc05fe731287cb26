"""From where a job stands to what the service says of it: status, cancels, lists. Pure.

Source: UKSSDC wire notes, 3 and 4, and seeds 002 and 003.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from mockstatus.domain.checkpoint import FAR_FUTURE_US
from mockstatus.domain.position import Position, TrackPosition
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.outcomes import Cancel
from mockstatus.services.ukssdc.plan import Shown, has_ended, is_running
from mockstatus.services.ukssdc.products import BY_NAME, BY_WIRE, PRODUCTS, Product
from mockstatus.services.ukssdc.script import UkssdcFile
from mockstatus.services.ukssdc.stages import NOT_ASKED, Run, holds_us, tree

Document = dict[str, Any]

# Codes of a cancel. Documented texts: 0 and 1; the others are a choice (UKSSDC wire notes, 4.2).
CANCEL_OK = 0
FINISHED_ALREADY = 1
NO_SUCH_PRODUCT = 2
REASON_UNKNOWN = 3
CANNOT_TELL = 4
CANCEL_TEXTS: Mapping[int, str] = {
    CANCEL_OK: "Job cancelled OK",
    FINISHED_ALREADY: "Job could not be cancelled - has it already finished?",
    NO_SUCH_PRODUCT: "No record of this product for this job",
    REASON_UNKNOWN: "Job could not be cancelled",
    CANNOT_TELL: "Could not determine whether the job was cancelled",
}
ALL_CANCELLED, SOME_NOT_CANCELLED = 1, 2


class Work(NamedTuple):
    """What a job has to go through. spectra: their names; observations: how many there are."""

    spectra: Sequence[str]
    observations: int


def shown(track: TrackPosition) -> Shown:
    """What is to be told of a product."""
    return cast("Shown", track.phase.payload)


def code_of(position: Position, name: str) -> int | None:
    """A product's code, left out of answers or not; None if the job has no such product."""
    track = position.tracks.get(name)
    return None if track is None else shown(track).code


def codes(position: Position) -> list[int]:
    """The codes of all products."""
    payloads: list[Any] = [track.phase.payload for track in position.tracks.values()]
    return [told.code for told in payloads]


def is_active(position: Position) -> bool:
    """Whether a job counts as one that is queued or running."""
    return not products.ACTIVE.isdisjoint(codes(position))


def status(
    position: Position,
    job_id: int,
    *,
    what: Iterable[str],
    with_progress: Iterable[str],
    runs: Mapping[str, Run],
    version: object,
) -> Document:
    """Where the products in `what` stand, by wire names; those left out by a script are absent.

    runs: how far those are that run.
    """
    asked = frozenset(with_progress)
    document: Document = {}
    for wire in what:
        product = BY_WIRE.get(wire)
        track = None if product is None else position.tracks.get(product.name)
        if product is None or track is None:
            document[wire] = _no_part()
        elif not shown(track).is_omitted:
            document[wire] = _product_status(track, product, runs, has_asked=wire in asked)
    return {**document, "OK": 1, "JobID": job_id, "APIVersion": version}


def _no_part() -> Document:
    """Of a product that is not part of the job (documented; the client 4.0.5 fails over it)."""
    return {"statusCode": None, "statusText": products.UNKNOWN_STATUS, "progress": dict(NOT_ASKED)}


def _product_status(
    track: TrackPosition, product: Product, runs: Mapping[str, Run], *, has_asked: bool
) -> Document:
    told = shown(track)
    text = products.status_text(told.code) if told.text is None else told.text
    progress: Mapping[str, Any] = NOT_ASKED
    if has_asked and told.progress is not None:
        progress = told.progress
    elif has_asked and product.name in runs:  # steps are given only while it runs (documented)
        progress = tree(product, runs[product.name])
    return {"statusCode": told.code, "statusText": text, "progress": dict(progress)}


def runs(position: Position, work: Work) -> dict[str, Run]:
    """How far the products are that run, by name."""
    return {
        name: _run(track, told, work)
        for name, track in position.tracks.items()
        if (told := shown(track)).code == products.RUNNING
    }


def _run(track: TrackPosition, told: Shown, work: Work) -> Run:
    return Run(
        parts=track.parts(),
        running_us=track.now_us - track.since_us(is_running),
        spectra=work.spectra,
        observations=work.observations,
        pinned=told.pinned,
        is_timed=track.phase.timed_us is not None,
    )


def holds_until_us(position: Position, runs: Mapping[str, Run]) -> int:
    """Until when the stages of the products that run stay as they are."""
    held = [holds_us(BY_NAME[name], run) for name, run in runs.items()]
    return position.at_us + min(held) if held else FAR_FUTURE_US


def cancel_codes(
    position: Position, what: Iterable[str], scenario: UkssdcFile | None
) -> dict[str, int]:
    """What a cancel does to each product in `what`. position: where the job stood just before."""
    codes: dict[str, int] = {}
    for wire in what:
        product = BY_WIRE.get(wire)
        track = None if product is None else position.tracks.get(product.name)
        if track is None:
            codes[wire] = NO_SUCH_PRODUCT
        elif track.has_ended or track.cancels_at_us is not None:
            codes[wire] = FINISHED_ALREADY  # documented for a second cancel, too
        else:
            codes[wire] = _scripted_code(scenario)
    return codes


def _scripted_code(scenario: UkssdcFile | None) -> int:
    rule = scenario.cancel if scenario is not None else None
    if rule == "refuse":
        return FINISHED_ALREADY
    return rule.code if isinstance(rule, Cancel) and rule.code is not None else CANCEL_OK


def cancelled(job_id: int, by_wire: Mapping[str, int], *, version: object) -> Document:
    """The answer to a cancel."""
    is_whole = all(code == CANCEL_OK for code in by_wire.values())
    return {
        "JobID": job_id,
        "OK": ALL_CANCELLED if is_whole else SOME_NOT_CANCELLED,
        "APIVersion": version,
        "status": {wire: CANCEL_TEXTS[code] for wire, code in by_wire.items()},
        "statusCodes": dict(by_wire),
    }


def submitted(job_id: str, url: str, *, version: object) -> Document:
    """The answer to a submission but for `jobPars`; here the id is a text (documented)."""
    return {"OK": 1, "URL": url, "JobID": job_id, "APIVersion": version}


def counted(number: int, *, version: object) -> Document:
    """How many jobs of a user are active."""
    return {"OK": 1, "APIVersion": version, "numJobs": number}


def listed(jobs: list[Document], *, version: object) -> Document:
    """A user's jobs, newest first."""
    return {"OK": 1, "APIVersion": version, "jobs": jobs}


def list_entry(
    job_id: int, name: str, submitted_us: int, wanted: Iterable[str], *, has_files: bool
) -> Document:
    """One job in a user's list. No document shows SourceDet here: a choice to leave it out."""
    asked = frozenset(wanted)
    return {
        "JobID": job_id,
        "Name": name,
        "DateSubmitted": date_text(submitted_us),
        **{one.name: one.name in asked for one in PRODUCTS if one is not products.SOURCES},
        "hasProd": has_files,
    }


def old_job(job_id: int, job_pars: Document, url: str, *, version: object) -> Document:
    """An old job's parameters."""
    return {
        "oldJob": job_id,
        "jobPars": job_pars,
        "URL": url,
        "APIVersion": version,
        "OK": 1,
    }


def error(text: str, *, version: object) -> Document:
    """An error of any call but a submission. APIVersion goes with it: the client wants one."""
    return {"OK": 0, "ERROR": text, "APIVersion": version}


def submission_error(text: str, lists: list[Document], *, version: object) -> Document:
    """A refused submission. A choice: without lists `listErr` is empty, since users read it."""
    return {**error(text, version=version), "listErr": lists}


def date_text(at_us: int) -> str:
    """`2020-07-23 17:32:29`, in UTC."""
    at = datetime.fromtimestamp(at_us // 1_000_000, UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def ended_us(position: Position, name: str) -> int | None:
    """When a product reached its end; None if it has not.

    While it is left out of answers, and when it comes back, its end stays what it was.
    """
    track = position.tracks.get(name)
    if track is None or not track.has_ended:
        return None
    return track.since_us(has_ended)
