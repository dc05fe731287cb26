"""`mockstatus report`: what a server learned about its client, and whether that is good enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer
from pydantic import ValidationError

from mockstatus.cli.exits import Code, WrongUseError
from mockstatus.cli.remote import RemoteServer
from mockstatus.report.document import ReportDocument
from mockstatus.report.manners import NAMES
from mockstatus.report.page import as_page
from mockstatus.report.text import as_text
from mockstatus.scenario.wording import unknown

ALL = "all"


def report(
    server: RemoteServer,
    *,
    as_: str,
    output: Path | None,
    fail_under: float | None,
    forbid: Iterable[str],
) -> Code:
    """Writes the report, and says what of it is not good enough.

    as_: `text`, `json` or `html`. fail_under: the least percentage of documented states that the
    client of each service that was called has to be shown. forbid: findings that there must not
    be, several with commas between them; `all` stands for every one. Raises WrongUseError.
    """
    forbidden = _forbidden(forbid)
    made = _fetched(server)
    written = {"text": as_text, "html": as_page, "json": _as_json}[as_](made)
    if output is None:
        typer.echo(written, nl=False)
    else:
        try:
            output.write_text(written, encoding="utf-8")
        except OSError as error:
            raise WrongUseError(f"{output} cannot be written: {error.strerror}") from None
    if made.exchanges.dropped:
        dropped = f"{made.exchanges.dropped} exchanges were dropped, the report is about the rest"
        typer.echo(f"warning: {dropped}", err=True)
    failures = [*_uncovered(made, fail_under), *_found(made, forbidden)]
    for failure in failures:
        typer.echo(failure, err=True)
    return Code.FAILED if failures else Code.FINE


def _forbidden(given: Iterable[str]) -> frozenset[str]:
    names = [name.strip() for one in given for name in one.split(",") if name.strip()]
    for name in names:
        if name not in (*NAMES, ALL):
            raise WrongUseError(unknown("finding", name, (*NAMES, ALL)))
    return frozenset(NAMES if ALL in names else names)


def _fetched(server: RemoteServer) -> ReportDocument:
    reply = server.ask("GET", "/report")
    try:
        return ReportDocument.model_validate_json(reply.body if reply.is_good else b"")
    except ValidationError:
        raise WrongUseError(f"{server.url} answered {reply.status}, and no report") from None


def _as_json(made: ReportDocument) -> str:
    return made.model_dump_json(indent=2) + "\n"


def _uncovered(made: ReportDocument, fail_under: float | None) -> Iterator[str]:
    if fail_under is None:
        return
    if not made.coverage and fail_under > 0:
        yield f"state coverage is under {fail_under:g} %: no service was called"
    for covered in made.coverage.values():
        if covered.percent < fail_under:
            yield (
                f"state coverage of {covered.percent:g} % is under {fail_under:g} %:"
                f" {covered.summary}"
            )


def _found(made: ReportDocument, forbidden: frozenset[str]) -> Iterator[str]:
    counts = Counter(one.name for one in made.findings if one.name in forbidden)
    for name, count in counts.items():
        yield f"{name} is forbidden, and was found {'once' if count == 1 else f'{count} times'}"
