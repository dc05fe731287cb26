"""Our own errors as `application/problem+json` (RFC 9457): what, where, and what was expected.

Only for what the imitated services have no words for: `/_mock`, and names of sandboxes.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockstatus.errors import (
    BadRequestError,
    CircularWaitError,
    ClockError,
    ConflictError,
    JobGoneError,
    JobNotFoundError,
    LimitReachedError,
    MockStatusError,
    ScenarioError,
    TlsError,
    TrackNotFoundError,
    UnknownScenarioError,
    UnknownServiceError,
)
from mockstatus.scenario.strict import Located, Place
from mockstatus.web.answer import Answer, json_answer

PROBLEM = b"application/problem+json"

_TITLES: dict[type[MockStatusError], tuple[int, str]] = {
    JobNotFoundError: (404, "No such job"),
    TrackNotFoundError: (404, "No such track"),
    UnknownServiceError: (404, "No such service"),
    UnknownScenarioError: (404, "No such scenario"),
    TlsError: (404, "No https"),
    JobGoneError: (409, "The job is gone"),
    ConflictError: (409, "Conflict with what is there"),
    CircularWaitError: (422, "Tracks wait in a circle"),
    ClockError: (422, "Not a time to go to"),
    BadRequestError: (422, "Bad request"),
    ScenarioError: (422, "Bad scenario"),
}

_LIMITS = {
    "body": 413,
    "queue": 409,
    "faults": 409,
    "uploaded scenarios": 409,
    "bytes of uploaded scenarios": 409,
}
"""Limits that the client itself reached; any other one is the server's (503)."""


def problem(status: int, title: str, detail: str, **more: object) -> Answer:
    """A problem document. more: further members, such as `where` or `errors`."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return json_answer(document, status, content_type=PROBLEM)


def problem_of(error: MockStatusError) -> Answer:
    """The problem document that tells this error."""
    if isinstance(error, LimitReachedError):
        status = _LIMITS.get(error.limit, 503)
        return problem(status, "A limit is reached", str(error), limit=error.limit)
    status, title = _TITLES.get(type(error), (422, "Bad request"))
    if isinstance(error, ScenarioError):
        return problem(status, title, str(error), errors=list(_of_file(error)))
    if isinstance(error, BadRequestError):
        return problem(status, title, str(error), where=error.where)
    return problem(status, title, str(error))


def complaints(found: Iterable[Located], *, base: str) -> Answer:
    """A problem document that tells all that is wrong with a request.

    base: the part of the request that the places are in, such as `body`. At least one is found.
    """
    errors = [_told(one.message, where=written(base, one.at)) for one in found]
    if len(errors) == 1:
        only = errors[0]
        detail = f"{only['where']}: {only['what']}"
    else:
        detail = f"{len(errors)} things are wrong, see errors"
    return problem(422, "Bad request", detail, where=errors[0]["where"], errors=errors)


def written(base: str, at: Place) -> str:
    """A place in a request, as one would write it: `body.effect.omit[2]`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return base + "".join(steps)


def _told(message: str, **where: object) -> dict[str, object]:
    """What is wrong; what was expected once more on its own, for those who read by program."""
    _, _, expected = message.partition("expected ")
    told = {**where, "what": message}
    return {**told, "expected": expected.partition("; did you mean")[0]} if expected else told


def _of_file(error: ScenarioError) -> Iterable[dict[str, object]]:
    for one in error.problems:
        yield _told(one.message, where=one.path, line=one.line, column=one.column)
