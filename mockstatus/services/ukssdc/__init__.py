"""The UKSSDC's Swift-XRT product requests: submit, poll, cancel, fetch.

The contract is the status page of the client's documentation (seeds 002 and 003), with the wire
protocol that the client `swifttools` 4.0.5 speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockstatus.domain.draw import draw_between
from mockstatus.domain.etiquette import Etiquette
from mockstatus.errors import BadRequestError
from mockstatus.services.ukssdc import answer, products
from mockstatus.services.ukssdc.calls import (
    reading_of,
    refused,
    request_of,
    respond,
    sent_by,
    version_of,
)
from mockstatus.services.ukssdc.encoding import encode, page
from mockstatus.services.ukssdc.examples import SAMPLE
from mockstatus.services.ukssdc.operations import OPERATIONS
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.plan import Request, Shown, place, plan
from mockstatus.services.ukssdc.products import BY_NAME
from mockstatus.services.ukssdc.refusals import UNPARSABLE
from mockstatus.services.ukssdc.script import UkssdcFile, error_problem
from mockstatus.services.ukssdc.users import Users
from mockstatus.web.service import ClientCalls, Kept, Service, Submission

if TYPE_CHECKING:
    from mockstatus.domain.position import Position
    from mockstatus.domain.timeline import Phase
    from mockstatus.runtime.job import Job
    from mockstatus.web.answer import Answer
    from mockstatus.web.call import Call

_SUBMIT_PATH = "/user_objects/run_userobject.php"

# A choice: job numbers are around 320 000 today (UKSSDC wire notes, 6).
_FIRST_IDS = (310_000, 330_000)

_STATUS_TEXT = "The server encountered a problem and could not answer your request."


def _job_id(seed: int, sandbox: str, number: int) -> str:
    return str(_first_id(seed, sandbox) + number)


@lru_cache(maxsize=256)
def _first_id(seed: int, sandbox: str) -> int:
    low, high = _FIRST_IDS
    return draw_between(seed, "ukssdc", sandbox, low=low, high=high)


def _state(_job: Job, position: Position) -> str:
    if position.gone is not None:
        return position.gone.why
    return str(products.sum_up(answer.codes(position)))


def _word(phase: Phase) -> str:
    is_omitted = isinstance(phase.payload, Shown) and phase.payload.is_omitted
    return str(products.NO_STATUS) if is_omitted else phase.state


_RESULTS = frozenset({"positions", "sources", "light_curve", "spectra"})

# Once a minute: seed 002, and UKSSDC wire notes, 6. The client looks once more by itself before
# it fetches some products; two looks at an ended job are a choice.
_ETIQUETTE = Etiquette(
    poll_interval_us=60_000_000,
    polls_after_end=2,
    output_operations=_RESULTS | {"download"},
    result_operations=_RESULTS,
    again_states=frozenset({str(products.WAITING)}),
    fatal_states=frozenset(str(code) for code in products.CODES if code < 0),
    is_output_per_track=True,
)


def _magic(call: Call) -> str | None:
    return reading_of(call).magic


def _fields(call: Call) -> Mapping[str, str]:
    return reading_of(call).fields


def _refuse(call: Call, text: str) -> Answer:
    """A submission that the scenario refuses, or that nobody can play."""
    script: UkssdcFile | None = call.script
    if script is None or script.submit is None or script.submit.refuse != text:
        return refused(call, text, [])
    lists = [{"label": one.label, "list": [*one.list_]} for one in script.submit.list_err]
    user = str(sent_by(call).get("UserID", ""))
    return refused(call, text.replace("{UserID}", user), lists)


def _status_answer(_call: Call, status: int) -> Answer:
    return page(status, _STATUS_TEXT)


def _error_answer(call: Call, error: Mapping[str, Any]) -> Answer:
    problem = error_problem(error)
    if problem is not None:
        raise ValueError(problem)
    document = answer.error(error["ERROR"], version=version_of(call))
    if call.operation.name == "submit":
        document["listErr"] = []
    return respond(call, {**document, **error})


def _missing(call: Call, methods: tuple[str, ...]) -> Answer:
    if "POST" in methods and call.method in {"GET", "HEAD"}:
        # A choice: the script runs, and finds no JSON.
        return respond(call, answer.error(UNPARSABLE, version=version_of(call)))
    if methods:
        allowed = ", ".join(methods)
        text = f"The requested method {call.method} is not allowed for this URL."
        return page(405, text).with_headers([("allow", allowed)])
    return page(404, "The requested URL was not found on this server.")


def _too_large(_call: Call) -> Answer:
    return page(413, "The requested resource does not allow request data of this size.")


def _submission(fields: Mapping[str, Any], extra: Mapping[str, Any]) -> Submission:
    if extra:
        raise BadRequestError(
            f"a submission to ukssdc takes no {', '.join(sorted(extra))}", where="body"
        )
    return Submission(
        "POST",
        _SUBMIT_PATH,
        headers=((b"content-type", b"application/json"),),
        body=encode(dict(fields or SAMPLE)),
    )


def _question(file: str, *lists: str) -> Callable[[Job], Submission]:
    """The request that asks `file` about all products of a job, named in these fields."""

    def ask(job: Job) -> Submission:
        request = request_of(job)
        what = ",".join(BY_NAME[name].wire for name in request.products)
        asked = {"UserID": request.user, "JobID": job.id, **dict.fromkeys(lists, what)}
        return Submission("POST", f"/user_objects/{file}", body=encode(asked))

    return ask


def _canonical_path(path: str, _scope: Mapping[str, Any]) -> str:
    """Slashes beside one another count as one, as for Apache: a base URL may end in one."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


SERVICE = Service(
    name="ukssdc",
    client_path="/ukssdc/user_objects",
    title="UKSSDC Swift-XRT products",
    summary="Product requests of xrt_prods: status codes -10 to 5, progress, cancel, products.",
    operations=OPERATIONS,
    scenario_model=UkssdcFile,
    options_model=UkssdcOptions,
    states=products.STATES,
    plan=plan,
    place=place,
    job_id=_job_id,
    state=_state,
    magic=_magic,
    fields=_fields,
    refuse=_refuse,
    status_answer=_status_answer,
    error_answer=_error_answer,
    missing=_missing,
    too_large=_too_large,
    submission=_submission,
    canonical_path=_canonical_path,
    sample=SAMPLE,
    calls=ClientCalls(
        status=_question("checkProductStatus.php", "what", "whatProg"),
        cancel=_question("canceljob.php", "what"),
    ),
    kept=Kept(submission=Request, payload=Shown, memory=Users),
    etiquette=_ETIQUETTE,
    word=_word,
    hosts={"https://www.swift.ac.uk/user_objects": "/ukssdc/user_objects"},
    connect='request._baseURL = "{url}"',
)
