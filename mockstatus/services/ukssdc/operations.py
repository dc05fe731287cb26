"""What the service serves, declared once. Source: UKSSDC wire notes, 1.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from mockstatus.services.ukssdc import downloads, examples, handlers, products, retrieval, wire
from mockstatus.services.ukssdc.calls import Handling, answering, job_id_in
from mockstatus.web.operation import Body, Documented, Example, Kind, Operation, Parameter

if TYPE_CHECKING:
    pass

_JOBS = "UKSSDC: jobs"
_RESULTS = "UKSSDC: results"
_USERS = "UKSSDC: a user's jobs"
_FILES = "UKSSDC: files"

_Examples = Mapping[str, Example]
_Model = type[BaseModel]


def _documented(model: _Model, examples_: _Examples, description: str) -> Documented:
    # Even JSON is labelled as HTML: that is what the service does.
    return Documented(
        description=description, media_type="text/html", model=model, examples=examples_
    )


def _answers(
    good: tuple[_Model, _Examples], bad: tuple[_Model, _Examples], links: Mapping[str, Any]
) -> tuple[Documented, ...]:
    told = _documented(*good, "OK 1 (or 2); errors, too, are HTTP 200")
    return (
        replace(told, links=links),
        _documented(*bad, "OK 0, with HTTP 200"),
    )


def _call(
    file: str,
    name: str,
    work: Handling,
    *,
    asked: tuple[_Model, _Examples],
    good: tuple[_Model, _Examples],
    bad: tuple[_Model, _Examples] = (wire.ErrorAnswer, examples.NOT_OWNED),
    id_in: str | None = "JobID",
    **more: Any,
) -> Operation:
    """An API call: a POST of a JSON object. id_in: the parameter that names the job."""
    model, shown = asked
    if id_in is not None:
        more["identify"] = job_id_in(id_in)
    links = more.pop("links", {})
    handle = answering(work, with_warning=more.pop("with_warning", True))
    return Operation(
        id=more.pop("id", name),
        name=name,
        method="POST",
        path=f"/user_objects/{file}",
        handle=handle,
        body=Body(model=model, examples=shown),
        answers=_answers(good, bad, links),
        **more,
    )


_SUBMIT = _call(
    "run_userobject.php",
    "submit",
    handlers.submit,
    kind=Kind.SUBMIT,
    id_in=None,
    tag=_JOBS,
    summary="Request products",
    description="Submits a job. `mock:NAME` in the target's name chooses a scenario.",
    asked=(wire.SubmitRequest, examples.SUBMIT_ASKED),
    good=(wire.SubmitAnswer, examples.SUBMITTED),
    bad=(wire.SubmitError, examples.REFUSED),
    links={
        name: {
            "operationId": f"ukssdc_{name}",
            "requestBody": {**asked.value, "JobID": "$response.body#/JobID"},
        }
        for name, asked in (
            ("status", examples.STATUS_ASKED["all"]),
            ("cancel", examples.CANCEL_ASKED["two"]),
        )
    },
)
_STATUS = _call(
    "checkProductStatus.php",
    "status",
    handlers.status,
    kind=Kind.POLL,
    tag=_JOBS,
    summary="Where products stand",
    description="The status call: codes, texts, and the stages of those in `whatProg`. It should"
    " not be made more often than once a minute.",
    asked=(wire.StatusRequest, examples.STATUS_ASKED),
    good=(wire.StatusAnswer, examples.STATUSES),
)
_CANCEL = _call(
    "canceljob.php",
    "cancel",
    handlers.cancel,
    tag=_JOBS,
    summary="Cancel products",
    description="Codes by product: 0 cancelled, 1 finished already, 2 no such product, 3 reason"
    " unknown, 4 cannot tell. OK is 2 if any of them is not 0.",
    asked=(wire.CancelRequest, examples.CANCEL_ASKED),
    good=(wire.CancelAnswer, examples.CANCELS),
)
_COUNT = _call(
    "getNumJobs.php",
    "count",
    handlers.count,
    id_in=None,
    tag=_USERS,
    summary="How many jobs are active",
    description="Jobs, not products, that are queued or running.",
    asked=(wire.Standard, examples.COUNT_ASKED),
    good=(wire.CountAnswer, examples.COUNTED),
    bad=(wire.ErrorAnswer, examples.UNKNOWN_USER),
)
_LIST = _call(
    "listOldJobs.php",
    "list_jobs",
    handlers.list_jobs,
    id_in=None,
    tag=_USERS,
    summary="All jobs of a user",
    description="Newest first; `hasProd` is false once the files are gone.",
    asked=(wire.Standard, examples.COUNT_ASKED),
    good=(wire.ListAnswer, examples.LISTED),
    bad=(wire.ErrorAnswer, examples.UNKNOWN_USER),
)
_OLD_JOB = _call(
    "getOldProduct.php",
    "old_job",
    handlers.old_job,
    id_in="oldJob",
    tag=_USERS,
    summary="An old job's parameters",
    description="What `copyOldJob` asks for.",
    asked=(wire.OldJobRequest, examples.OLD_JOB_ASKED),
    good=(wire.OldJobAnswer, examples.OLD_JOB),
)


def _position(file: str, id_: str, product: products.Product, shown: _Examples) -> Operation:
    return _call(
        f"tprods/{file}",
        "positions",
        retrieval.position_of(product),
        id=id_,
        tag=_RESULTS,
        summary=f"The {product.title}",
        description="Texts in degrees (J2000) and arcseconds, or GotPos 0.",
        asked=(wire.JobRequest, examples.JOB_ASKED),
        good=(wire.PositionAnswer, shown),
    )


_POSITIONS = (
    _position("getPSFPos.php", "standard_position", products.STANDARD, examples.POSITIONS),
    _position("getEnhPos.php", "enhanced_position", products.ENHANCED, examples.ENHANCED),
    _position("getAstromPos.php", "astrom_position", products.ASTROMETRIC, examples.POSITIONS),
    # The name that clients before 3.0 know it by.
    _position("getXastromPos.php", "xastrom_position", products.ASTROMETRIC, examples.POSITIONS),
)
_SOURCES = _call(
    "tprods/getSourceDetResults.php",
    "sources",
    retrieval.sources,
    # The client takes each key for a band.
    with_warning=False,
    tag=_RESULTS,
    summary="The sources that were found",
    description="By band; every value is a text.",
    asked=(wire.JobRequest, examples.JOB_ASKED),
    good=(wire.SourcesAnswer, examples.SOURCES),
)
_LIGHT_CURVE = _call(
    "tprods/getLCData.php",
    "light_curve",
    retrieval.light_curve,
    tag=_RESULTS,
    summary="The light curve's data",
    description="A `Data` object for each of the `Datasets`.",
    asked=(wire.CurveRequest, examples.CURVE_ASKED),
    good=(wire.CurveAnswer, examples.CURVES),
)
_SPECTRA = _call(
    "tprods/getSpecData.php",
    "spectra",
    retrieval.spectra,
    tag=_RESULTS,
    summary="The spectra and their fits",
    description="An object for each of the `rnames`.",
    asked=(wire.JobRequest, examples.JOB_ASKED),
    good=(wire.SpectraAnswer, examples.SPECTRA),
)

_DIRECTORY = Parameter(
    name="directory",
    where="path",
    description="`USERPROD_` and the job's id.",
    is_required=True,
    example="USERPROD_951",
)
_NOT_FOUND = Documented(
    status=404,
    description="No such job, file or product; not finished yet; or removed",
    media_type="text/html",
    schema={"type": "string"},
)
_BINARY = {"type": "string", "format": "binary"}


def _in_path(name: str, description: str, example: str) -> Parameter:
    return Parameter(
        name=name, where="path", description=description, is_required=True, example=example
    )


_ARCHIVE = Operation(
    id="archive",
    name="download",
    method="GET",
    path="/user_objects/tprods/{directory}/{file}",
    handle=downloads.download,
    identify=downloads.identify,
    tag=_FILES,
    summary="An archive of a product",
    description="`lc.zip`, `spec.tar`, `psf.tar.gz`, and so on; `all` holds what has ended.",
    parameters=(
        _DIRECTORY,
        _in_path("file", "A product's wire name and zip, tar or tar.gz.", "lc.tar.gz"),
    ),
    answers=(
        Documented(
            description="The archive", media_type="application/octet-stream", schema=_BINARY
        ),
        _NOT_FOUND,
    ),
)
_FILE = Operation(
    id="file",
    name="download",
    method="GET",
    path="/user_objects/tprods/{directory}/{product}/{file}",
    handle=downloads.one_file,
    identify=downloads.identify,
    tag=_FILES,
    summary="A single file",
    description="What `DataFile`, `Image` and a dataset's `URL` lead to.",
    parameters=(
        _DIRECTORY,
        _in_path("product", "A product's wire name.", "spec"),
        _in_path("file", "The file.", "interval0.tar.gz"),
    ),
    answers=(
        Documented(description="The file", media_type="application/octet-stream", schema=_BINARY),
        _NOT_FOUND,
    ),
)
_PAGE = Operation(
    id="job_page",
    name="download",
    method="GET",
    path="/user_objects/tprods/{directory}",
    handle=downloads.job_page,
    identify=downloads.identify,
    tag=_FILES,
    summary="The page that a job's URL is",
    description="For people: where the job's products stand.",
    parameters=(_DIRECTORY,),
    answers=(
        Documented(description="The page", media_type="text/html", schema={"type": "string"}),
        _NOT_FOUND,
    ),
)

OPERATIONS = (
    _SUBMIT,
    _STATUS,
    _CANCEL,
    _COUNT,
    _LIST,
    _OLD_JOB,
    *_POSITIONS,
    _SOURCES,
    _LIGHT_CURVE,
    _SPECTRA,
    _ARCHIVE,
    _FILE,
    _PAGE,
)
