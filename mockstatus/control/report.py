"""What the sandbox learned about its client, as a document, a text or a page."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from mockstatus.control.documented import router
from mockstatus.control.here import AtHere
from mockstatus.control.wire import Name
from mockstatus.report.document import ReportDocument
from mockstatus.report.page import as_page
from mockstatus.report.report import report
from mockstatus.report.text import as_text
from mockstatus.scenario.strict import Maybe, Strict

routes = router("report")

# The page needs its own style and nothing else; what clients said is escaped in it.
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


class ReportQuery(Strict):
    """What the report is about, and how it is written."""

    job: Maybe[Name] = Field(default=None, description="Only about this job, by any id of it.")
    format: Literal["json", "text", "html"] = Field(
        default="json", description="A document, a text for a terminal, or a page."
    )


@routes.get(
    "/report",
    summary="What was learned about the client",
    response_model=ReportDocument,
    responses={
        200: {
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            }
        }
    },
)
async def get_report(here: AtHere, wanted: Annotated[ReportQuery, Query()]) -> Any:
    """State coverage, and manners: findings, each with the exchanges that show it.

    It is made of the journal as it is now, and of where its jobs stand; asking changes nothing.
    """
    sandbox = here.look()
    job = sandbox.job(wanted.job) if wanted.job is not None else None
    made = report(sandbox, here.world.services, job=job)
    if wanted.format == "text":
        return Response(as_text(made), media_type="text/plain", headers=_SAFE)
    if wanted.format == "html":
        return Response(as_page(made), media_type="text/html", headers=_SAFE)
    return made
