"""What the gateway serves about itself and its annotators, declared once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mockstatus.services.vesta import canarie, codes, portal
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.documented import (
    ANNOTATOR,
    UNKNOWN_ANNOTATOR,
    refusals,
)
from mockstatus.services.vesta.options import Annotator, VestaOptions
from mockstatus.services.vesta.reply import CANARIE_TAG
from mockstatus.web.operation import Documented, Example, Operation

_NO_ANNOTATOR = refusals(400, "There is no such annotator.", unknown_service=UNKNOWN_ANNOTATOR)
_NO_GLOBAL = refusals(
    400,
    "No annotator has the route `.`.",
    unknown_service=("The usual case", codes.unknown_service(canarie.GLOBAL)),
)

_AS_PAGE = Documented(
    description="The same as a page.", media_type="text/html", schema={"type": "string"}
)
_INFO = Operation(
    id="info",
    name="info",
    method="GET",
    path="/{svc}/info",
    handle=portal.info,
    summary="Ask about an annotator",
    description="JSON where Accept prefers it, else a page: here `*/*` asks for a page.",
    tag=CANARIE_TAG,
    parameters=(ANNOTATOR,),
    answers=(
        Documented(
            description="About the annotator.",
            schema={"type": "object"},
            examples={
                "info": Example(
                    summary="An annotator",
                    value=canarie.service_info("diarisation", Annotator()),
                )
            },
        ),
        _AS_PAGE,
        _NO_ANNOTATOR,
    ),
)
_STATS = replace(
    _INFO,
    id="stats",
    name="stats",
    path="/{svc}/stats",
    handle=portal.stats,
    summary="Ask how often an annotator was called",
    description="Submissions, status and cancel calls are counted.",
    answers=(
        Documented(
            description="Its calls.",
            schema={"type": "object"},
            examples={
                "stats": Example(
                    summary="Some calls", value=canarie.stats(565, 1_410_351_799_000_000)
                )
            },
        ),
        _AS_PAGE,
        _NO_ANNOTATOR,
    ),
)
_GLOBAL_INFO = replace(
    _INFO,
    id="global_info",
    path="/info",
    handle=portal.global_info,
    summary="Ask about all annotators",
    description="Always JSON.",
    parameters=(),
    answers=(
        Documented(
            description="All annotators and their configurations.",
            schema={"type": "object"},
            examples={
                "info": Example(
                    summary="The stock annotators", value=canarie.global_info(VestaOptions())
                )
            },
        ),
    ),
)


def _page(page: str) -> Operation:
    return replace(
        _INFO,
        id=page,
        path=f"/{{svc}}/{page}",
        handle=portal.configured,
        summary=f"An annotator's {page}",
        description="A redirect, a text or a page, as its configuration says.",
        answers=(
            Documented(status=302, description="It is somewhere else.", media_type="text/html"),
            Documented(status=204, description="There is none to be had.", media_type=""),
            _NO_ANNOTATOR,
        ),
    )


def _without_name(operation: Operation, path: str) -> Operation:
    """The same for the annotator `.`, which there is seldom."""
    return replace(
        operation,
        id=f"global_{operation.id}",
        path=path,
        summary=f"{operation.summary}, for the annotator `.`",
        parameters=(),
        answers=(*operation.answers[:-1], _NO_GLOBAL),
        is_shown=False,
    )


def _declared() -> Iterator[Operation]:
    yield _GLOBAL_INFO
    yield replace(_GLOBAL_INFO, id="global_service_info", path="/service/info", is_shown=False)
    named = (_INFO, _STATS, *(_page(page) for page in canarie.PAGES))
    for operation in named:
        yield operation
        yield replace(
            operation,
            id=f"service_{operation.id}",
            path=operation.path.replace("/{svc}/", "/{svc}/service/"),
            is_shown=False,
        )
        if operation is not _INFO:
            yield _without_name(operation, operation.path.removeprefix("/{svc}"))
    home = replace(_page("home"), path="/{svc}/")
    yield home
    yield _without_name(home, "/")
    yield replace(
        home,
        id="add_slash",
        path="/{svc}",
        handle=portal.add_slash,
        summary="An annotator's name alone leads to its home",
        answers=(
            Documented(status=308, description="There, with a slash.", media_type="text/html"),
            refusals(
                404,
                "There is no such annotator.",
                unknown=("Unknown", GatewayError(codes.NO_EXCEPTION, "")),
            ),
        ),
        is_shown=False,
    )


def _bare(status: int) -> Operation:
    return Operation(
        id=f"bare_{status}",
        name="info",
        method="GET",
        path=f"/{status}",
        handle=portal.bare_status,
        summary=f"Answers {status}",
        description="A status with nothing more to say, for trying out clients.",
        tag="VESTA bare statuses",
        answers=(
            refusals(
                status,
                "Nothing more.",
                bare=("The envelope", GatewayError(codes.NO_EXCEPTION, "")),
            ),
        ),
    )


CANARIE = (*_declared(), *(_bare(status) for status in (400, 404, 405, 500, 503)))
