"""What each call for a complete product's contents does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockstatus.services.ukssdc import answer, products, results
from mockstatus.services.ukssdc.answer import Document
from mockstatus.services.ukssdc.calls import (
    options_of,
    owned_job,
    pars_of,
    script_of,
    sent_for,
    spectra_of,
    url_of,
    version_of,
)
from mockstatus.services.ukssdc.parameters import Sent
from mockstatus.services.ukssdc.products import Product
from mockstatus.services.ukssdc.refusals import RefusedError

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.runtime.job import Job
    from mockstatus.web.call import Call


def has_files(call: Call, job: Job, position: Position, name: str) -> bool:
    """Whether a product's files have not been removed; those to come count, too."""
    ended_us = answer.ended_us(position, name)
    script = script_of(job)
    keep_us = None if script is None else script.files.expire
    keep_us = options_of(call).keep_files if keep_us is None else keep_us
    return ended_us is None or keep_us is None or call.now_us < ended_us + keep_us


def complete(call: Call, sent: Sent, product: Product) -> Job:
    """The job, if this product of it is complete. Raises RefusedError; the texts are a choice."""
    job, position = owned_job(call, sent)
    code = answer.code_of(position, product.name)
    if code is None:
        raise RefusedError(answer.CANCEL_TEXTS[answer.NO_SUCH_PRODUCT])
    if code in products.ACTIVE:
        raise RefusedError(f"The {product.title} is not complete")
    if code != products.COMPLETE:
        raise RefusedError(f"The {product.title} was not produced: {products.status_text(code)}")
    return job


def position_of(product: Product) -> Callable[[Call, Sent], Document]:
    """What answers for one kind of position."""

    def work(call: Call, sent: Sent) -> Document:
        job = complete(call, sent, product)
        return position_document(job, product, version=version_of(call))

    return work


def position_document(job: Job, product: Product, *, version: object) -> Document:
    """A complete position, as its call tells it."""
    script = script_of(job)
    scripted = None if script is None else script.results.position(product)
    return results.position(product, sent_for(job), scripted, version=version)


def sources(call: Call, sent: Sent) -> Document:
    """The sources that were found."""
    job = complete(call, sent, products.SOURCES)
    script = script_of(job)
    scripted = None if script is None else script.results.source_list
    how_many = None if scripted is None else scripted.sources
    return results.source_list(pars_of(job), how_many, version=version_of(call))


def light_curve(call: Call, sent: Sent) -> Document:
    """The light curve's datasets."""
    job = complete(call, sent, products.LIGHT_CURVE)
    script = script_of(job)
    is_empty = script is not None and script.results.light_curve == "none"
    return results.light_curve(
        sent, pars_of(job), url_of(call, job.id), is_empty=is_empty, version=version_of(call)
    )


def spectra(call: Call, sent: Sent) -> Document:
    """The spectra and their fits."""
    job = complete(call, sent, products.SPECTRUM)
    script = script_of(job)
    return results.spectra(
        pars_of(job),
        spectra_of(job, sent_for(job)),
        url_of(call, job.id),
        None if script is None else script.results.spectrum,
        version=version_of(call),
    )
