"""The journal: every exchange of the sandbox's clients, secrets masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.texts import instant, span
from mockstatus.control.wire import At, Name, Scenario, Service, State
from mockstatus.report.nearest import near_misses
from mockstatus.runtime.exchange import BODY_LIMIT, UNSERVED
from mockstatus.runtime.journal import ENTRIES_LIMIT
from mockstatus.runtime.masking import masked_body, masked_headers, masked_query
from mockstatus.scenario.durations import Instant
from mockstatus.scenario.strict import Maybe, Strict

if TYPE_CHECKING:
    from mockstatus.runtime.exchange import Exchange

routes = router("journal")

JSON_LINES = "application/jsonl"


class JournalQuery(Strict):
    """Which exchanges to tell: those for which all that is given holds."""

    model_config = ConfigDict(strict=False)

    job: Maybe[Name] = Field(default=None, description="About this job, by any id of it.")
    service: Maybe[Name] = Field(default=None, description="Of this service.")
    operation: Maybe[Name] = Field(default=None, description="Of this name: submit, status, …")
    status: Maybe[Annotated[int, Field(ge=100, le=999)]] = Field(
        default=None, description="Answered with this HTTP status."
    )
    since: Maybe[Instant] = Field(
        default=None, description="Not before this instant of the sandbox's clock."
    )
    until: Maybe[Instant] = Field(
        default=None, description="Before this instant of the sandbox's clock."
    )
    after: int = Field(default=0, ge=0, description="With a number beyond this one.")
    limit: int = Field(
        default=1000, ge=1, le=ENTRIES_LIMIT, description="The latest so many of them."
    )
    format: Literal["json", "jsonl"] = Field(
        default="json", description="One document, or a line for each exchange."
    )


class Content(BaseModel):
    """A request or an answer. body: as text; its beginning where it is longer than `body_limit`."""

    headers: list[tuple[str, str]]
    body: str
    size: int = Field(description="Bytes of the whole body.")
    is_cut: bool


class ExchangeView(BaseModel):
    """One request and its answer."""

    number: int = Field(description="Counts the exchanges of the sandbox, from 1.")
    at: At = Field(description="When it was accepted, on the sandbox's clock.")
    real_at: At = Field(description="When it was accepted, on the machine's clock.")
    service: Service | None = Field(description="Null where the request belongs to none.")
    operation: str = Field(examples=["status"])
    kind: Literal["submit", "poll", "other"]
    method: str
    path: str
    query: str
    request: Content
    status: int
    answer: Content
    job: str | None
    asked: str | None = Field(description="The id that the client gave.")
    scenario: Scenario | None
    phase: State | None = Field(description="Where the job stood when the call came.")
    shown: State | None = Field(description="What the answer told of that, if anything.")
    tracks: dict[str, State] = Field(description="What each track that was asked about was in.")
    fault: str | None = Field(description="What struck it.")
    delay: str | None = Field(description="How long the answer was held back.")
    wire: str | None = Field(description="What was done to the connection.")
    nearest: str | None = Field(
        description="Where nothing is served: the route that is most like it, if one is.",
        examples=["GET /acme/status"],
    )
    is_lost: bool = Field(description="The client never got the service's own answer.")


class JournalView(BaseModel):
    """Exchanges, oldest first. dropped: written down, and forgotten again to keep the bounds."""

    written: int
    dropped: int
    kept: int
    found: int = Field(description="How many there are without `limit`.")
    body_limit: int = Field(description="Bytes that are kept of a body.", examples=[BODY_LIMIT])
    exchanges: list[ExchangeView]


@routes.get(
    "/journal",
    summary="What was asked and answered",
    response_model=JournalView,
    responses={200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}},
)
async def get_journal(here: AtHere, wanted: Annotated[JournalQuery, Query()]) -> Any:
    """Every exchange with the imitated services; what `/_mock` was asked is not in it.

    As JSON lines, the counts are in the headers X-Journal-Written and X-Journal-Dropped.
    """
    sandbox = here.look()
    job = sandbox.job(wanted.job).id if wanted.job is not None else None
    with sandbox.lock:
        journal = sandbox.journal
        found = [one for one in journal if _is_wanted(one, wanted, job)]
        written, dropped, kept = journal.written, journal.dropped, len(journal)
    latest = found[-wanted.limit :]
    near = near_misses(latest, here.world.services)
    shown = [_view(one, near) for one in latest]
    if wanted.format == "jsonl":
        lines = b"".join(orjson.dumps(one.model_dump()) + b"\n" for one in shown)
        counts = {"X-Journal-Written": str(written), "X-Journal-Dropped": str(dropped)}
        return Response(lines, media_type=JSON_LINES, headers=counts)
    return JournalView.model_construct(
        written=written,
        dropped=dropped,
        kept=kept,
        found=len(found),
        body_limit=BODY_LIMIT,
        exchanges=shown,
    )


@routes.delete("/journal", status_code=204, summary="Empty the journal")
async def delete_journal(here: AtHere) -> None:
    """Forgets all exchanges; numbers go on. What jobs have counted stays."""
    sandbox = here.look()
    with sandbox.lock:
        sandbox.journal.clear()


def _is_wanted(one: Exchange, wanted: JournalQuery, job: str | None) -> bool:
    return (
        one.number > wanted.after
        and job in (None, one.job)
        and wanted.service in (None, one.service)
        and wanted.operation in (None, one.operation)
        and wanted.status in (None, one.status)
        and (wanted.since is None or one.now_us >= wanted.since)
        and (wanted.until is None or one.now_us < wanted.until)
    )


def _view(one: Exchange, near: Mapping[tuple[str, str], str | None]) -> ExchangeView:
    return ExchangeView(
        number=one.number,
        at=instant(one.now_us),
        real_at=instant(one.real_us),
        service=one.service or None,
        operation=one.operation,
        kind=one.kind,
        method=one.method,
        path=one.path,
        query=masked_query(one.query),
        request=_content(one.headers, one.body, one.body_size),
        status=one.status,
        answer=_content(one.answer_headers, one.answer, one.answer_size),
        job=one.job,
        asked=one.asked,
        scenario=one.scenario,
        phase=one.phase,
        shown=one.state,
        tracks=dict(one.states),
        fault=one.fault,
        delay=span(round(one.delay_s * 1e6)) if one.delay_s else None,
        wire=one.wire,
        nearest=near.get((one.method, one.path)) if one.operation == UNSERVED else None,
        is_lost=one.is_lost,
    )


def _content(headers: Iterable[tuple[bytes, bytes]], body: bytes, size: int) -> Content:
    pairs = list(headers)
    kind = next((value for name, value in pairs if name.lower() == b"content-type"), b"")
    return Content(
        headers=masked_headers(pairs),
        body=masked_body(body, kind.decode("latin-1")),
        size=size,
        is_cut=len(body) < size,
    )
