"""The GET side: archives, single files, and the page that a job's URL is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mockstatus.services.ukssdc import answer, products
from mockstatus.services.ukssdc.archives import CONTENT_TYPES, Built, archive, files
from mockstatus.services.ukssdc.calls import (
    id_text,
    pars_of,
    request_of,
    script_of,
    sent_for,
    spectra_of,
    version_of,
)
from mockstatus.services.ukssdc.encoding import html_answer, page
from mockstatus.services.ukssdc.products import BY_NAME, BY_WIRE
from mockstatus.services.ukssdc.retrieval import has_files, position_document
from mockstatus.web.answer import Answer

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call

ALL = "all"
"""The stem of the archive that holds everything that has ended."""

IMAGES_LIMIT = 100
"""choice: how many images an archive has at most, however many bands were asked for."""

NOT_FOUND_TEXT = "The requested URL was not found on this server."

_FILE_TYPES = {"gif": "image/gif", "gz": "application/x-gzip"}
_PREFIX = "USERPROD_"


def identify(call: Call) -> str | None:
    """The id in `USERPROD_951`."""
    directory = call.params["directory"]
    return id_text(directory.removeprefix(_PREFIX)) if directory.startswith(_PREFIX) else None


def download(call: Call) -> Answer:
    """An archive of one product, or of all that have ended."""
    stem, _, kind = call.params["file"].partition(".")
    found = _found(call)
    if found is None or kind not in CONTENT_TYPES:
        return not_found()
    job, position = found
    names = _wanted(job, stem)
    built = [one for name in names if (one := _built(call, job, position, name)) is not None]
    if not built:
        return not_found()
    return _file_answer(archive(job.id, built, kind), CONTENT_TYPES[kind])


def one_file(call: Call) -> Answer:
    """A single file of a product, such as a spectrum's own archive."""
    product = BY_WIRE.get(call.params["product"])
    found = _found(call)
    if found is None or product is None:
        return not_found()
    built = _built(call, *found, product.name)
    wanted = call.params["file"]
    for file in () if built is None else files(built):
        if file.path == wanted:
            kind = _FILE_TYPES.get(wanted.rpartition(".")[2], "text/plain")
            return _file_answer(file.content, kind)
    return not_found()


def job_page(call: Call) -> Answer:
    """What the job's URL shows in a browser: where its products stand."""
    found = _found(call)
    if found is None:
        return not_found()
    job, position = found
    rows = "".join(
        f"<tr><td>{escape(BY_NAME[name].title)}</td><td>{escape(_text(position, name))}</td></tr>"
        for name in request_of(job).products
    )
    return html_answer(
        f"<!DOCTYPE html>\n<html><head><title>Job {job.id}</title></head><body>"
        f"<h1>Job {job.id}</h1><table>{rows}</table></body></html>\n"
    )


def not_found() -> Answer:
    """The web server's page for what is not there."""
    return page(404, NOT_FOUND_TEXT)


def _found(call: Call) -> tuple[Job, Position] | None:
    job = call.job
    if job is None:
        return None
    position = call.sandbox.peek(job)
    return None if position.gone is not None else (job, position)


def _wanted(job: Job, stem: str) -> tuple[str, ...]:
    """The products whose files an archive holds."""
    if stem == ALL:
        return request_of(job).products
    product = BY_WIRE.get(stem)
    return () if product is None else (product.name,)


def _built(call: Call, job: Job, position: Position, name: str) -> Built | None:
    """What a product's files hold; None where it has none.

    A choice: a product that failed or was cancelled has an archive with its log, since a
    documented session downloads one; a scenario may say that it has none.
    """
    ended_us = answer.ended_us(position, name)
    if ended_us is None or not has_files(call, job, position, name):
        return None
    code = answer.code_of(position, name)
    script = script_of(job)
    is_missing = script is not None and script.files.failed == "missing"
    if code is None or (code != products.COMPLETE and is_missing):
        return None
    product = BY_NAME[name]
    found = None
    if product in products.POSITIONS:
        found = position_document(job, product, version=version_of(call))
    return Built(
        product=product,
        code=code,
        at_s=ended_us // 1_000_000,
        position=found,
        spectra=spectra_of(job, sent_for(job)),
        images=min(str(pars_of(job).get("imen", "")).count(",") + 1, IMAGES_LIMIT),
    )


def _text(position: Position, name: str) -> str:
    return products.status_text(answer.code_of(position, name) or 0)


def _file_answer(content: bytes, kind: str) -> Answer:
    return Answer(
        200,
        content,
        (
            (b"content-type", kind.encode("latin-1")),
            # What a client's words went into is never shown as a page of this server.
            (b"x-content-type-options", b"nosniff"),
            (b"content-disposition", b"attachment"),
        ),
    )
