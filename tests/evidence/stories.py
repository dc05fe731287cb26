"""The stories that a real Celery worker and the mock both tell, and wrong ones to tell apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Step = tuple[str, Any]

RESULT = [{"@id": "diarisation_annotation", "@version": "0.5.1", "specific_property": "A"}]
NOT_FOUND = "HTTP Error 404: Not Found"
TRY_LATER = "HTTP Error 503: try later"


@dataclass(frozen=True, kw_only=True, eq=False)
class Story:
    """What happens to a task.

    attempts: what the worker does, attempt by attempt. retry_s: how long it waits between two.
    phases: the same for the mock, as a scenario file spells it. cancel_in: the state in which a
    client cancels it.
    """

    attempts: tuple[tuple[Step, ...], ...]
    phases: tuple[str, ...]
    retry_s: float = 0.05
    cancel_in: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class WrongStory:
    """What the mock must not tell. of: the true story. difference: how it is to be told apart."""

    of: str
    phases: tuple[str, ...]
    difference: str
    cancel_in: str | None = None
    more: str = ""


def scenario(phases: tuple[str, ...], more: str = "") -> str:
    """A scenario file of these phases. more: further keys."""
    lines = ["service: vesta", "summary: As a real worker does it.", "phases:"]
    return "\n".join([*lines, *(f"  - {phase}" for phase in phases), more, ""])


def _at(current: int) -> Step:
    return ("PROGRESS", current)


_QUEUED = ("{state: PENDING, for: 3s}", "{state: RECEIVED, for: 2s}", "{state: STARTED, for: 2s}")
_WHOLE = "{state: PROGRESS, for: 4s}"
_PART = "{state: PROGRESS, for: 4s, progress: {from: 0, to: 12}}"
_STORING = "{state: STORING, for: 2s}"
_SUCCESS = f"{{state: SUCCESS, result: {json.dumps(RESULT)}}}"
_NOT_FOUND = f"error: {{code: 301, message: {json.dumps(NOT_FOUND)}}}"
_TRY_LATER = f"error: {{code: 301, message: {json.dumps(TRY_LATER)}}}"
_RETRY = f"{{state: RETRY, for: 5s, {_TRY_LATER}}}"

STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "success": Story(
            attempts=((_at(0), _at(50), _at(100), ("STORING", None), ("return", RESULT)),),
            phases=(*_QUEUED, _WHOLE, _STORING, _SUCCESS),
        ),
        "failure": Story(
            attempts=((("fail", NOT_FOUND),),),
            phases=(*_QUEUED, f"{{state: FAILURE, {_NOT_FOUND}}}"),
        ),
        "retry": Story(
            attempts=(
                (_at(0), _at(12), ("retry", TRY_LATER)),
                (_at(0), _at(12), _at(100), ("return", RESULT)),
            ),
            phases=(*_QUEUED, _PART, _RETRY, _WHOLE, _SUCCESS),
        ),
        "retry to failure": Story(
            attempts=((_at(12), ("retry", TRY_LATER)), (_at(0), _at(12), ("retry", TRY_LATER))),
            phases=(*_QUEUED, _PART, _RETRY, _PART, f"{{state: FAILURE, {_TRY_LATER}}}"),
        ),
        "revoked while queued": Story(
            attempts=((_at(0), ("return", RESULT)),),
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            cancel_in="PENDING",
        ),
        "revoked while running": Story(
            attempts=((_at(0), _at(50), ("return", RESULT)),),
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            cancel_in="PROGRESS",
        ),
        "revoked while waiting to retry": Story(
            # Longer than any test: the task is not to begin again before it is revoked.
            attempts=((_at(12), ("retry", TRY_LATER)), (_at(0), ("return", RESULT))),
            retry_s=600.0,
            phases=(*_QUEUED, _PART, _RETRY, _WHOLE, _SUCCESS),
            cancel_in="RETRY",
        ),
        "revoked when it has ended": Story(
            attempts=((_at(0), ("return", RESULT)),),
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            cancel_in="SUCCESS",
        ),
    }
)

_TRIED = f'RETRY {{"code": 301, "message": "{TRY_LATER}"}}'
_REVOKED = 'REVOKED {"code": 109, "message": "revoked"}'
_TERMINATED = 'REVOKED {"code": 109, "message": "terminated"}'
_DONE = f"SUCCESS {json.dumps(RESULT)}"

# VESTA wire notes, 4 (OBS5) and 2.4, with the table of 4 applied.
NOTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "success": ("PENDING null", "PROGRESS", "STORING", _DONE),
        "failure": ("PENDING null", f'FAILURE {{"code": 301, "message": "{NOT_FOUND}"}}'),
        "retry": ("PENDING null", "PROGRESS", _TRIED, "PROGRESS", _DONE),
        "retry to failure": (
            *("PENDING null", "PROGRESS", _TRIED, "PROGRESS"),
            _TRIED.replace("RETRY", "FAILURE"),
        ),
        "revoked while queued": ("PENDING null", _REVOKED),
        "revoked while running": ("PENDING null", "PROGRESS", _TERMINATED),
        "revoked while waiting to retry": ("PENDING null", "PROGRESS", _TRIED, _REVOKED),
        "revoked when it has ended": ("PENDING null", "PROGRESS", _DONE),
    }
)
"""What was observed of each story before, in the words of `Shown.brief`."""

_UNLIKELY = "unlikely: true"

WRONG: Mapping[str, WrongStory] = MappingProxyType(
    {
        "no wait in the queue": WrongStory(
            of="failure",
            phases=("{state: STARTED, for: 2s}", f"{{state: FAILURE, {_NOT_FOUND}}}"),
            difference="at first, Celery shows PENDING",
        ),
        "success instead of failure": WrongStory(
            of="failure",
            phases=(*_QUEUED, _SUCCESS),
            difference="after PENDING, Celery shows FAILURE",
        ),
        "another code": WrongStory(
            of="failure",
            phases=(*_QUEUED, f"{{state: FAILURE, {_NOT_FOUND.replace('301', '302')}}}"),
            difference='the mock FAILURE {"code": 302',
        ),
        "another message": WrongStory(
            of="failure",
            phases=(*_QUEUED, f"{{state: FAILURE, {_TRY_LATER}}}"),
            difference=f'"message": "{TRY_LATER}"',
        ),
        "progress before a failure that had none": WrongStory(
            of="failure",
            phases=(*_QUEUED, _PART, f"{{state: FAILURE, {_NOT_FOUND}}}"),
            difference="the mock PROGRESS",
        ),
        "no storing": WrongStory(
            of="success",
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            difference="after PENDING, PROGRESS, Celery shows STORING",
        ),
        "another result": WrongStory(
            of="success",
            phases=(*_QUEUED, _WHOLE, _STORING, "{state: SUCCESS, result: []}"),
            difference="the mock SUCCESS []",
        ),
        "a success that does not last": WrongStory(
            of="success",
            phases=(
                *(*_QUEUED, _WHOLE, _STORING),
                _SUCCESS.replace("SUCCESS,", "SUCCESS, for: 1m,"),
                "{state: EXPIRED}",
            ),
            difference="Celery shows no more, the mock EXPIRED",
        ),
        "no retry": WrongStory(
            of="retry",
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            difference="after PENDING, PROGRESS, Celery shows RETRY",
        ),
        "one retry too many": WrongStory(
            of="retry",
            phases=(*_QUEUED, _PART, _RETRY, _PART, _RETRY, _WHOLE, _SUCCESS),
            difference="the mock RETRY",
        ),
        "back in the queue after a retry": WrongStory(
            of="retry",
            phases=(*_QUEUED, _PART, _RETRY, *_QUEUED, _WHOLE, _SUCCESS),
            difference="after PENDING, PROGRESS, RETRY, Celery shows PROGRESS",
            more=_UNLIKELY,
        ),
        "a last retry that succeeds": WrongStory(
            of="retry to failure",
            phases=(*_QUEUED, _PART, _RETRY, _PART, _SUCCESS),
            difference="the mock SUCCESS",
        ),
        "a failure at once": WrongStory(
            of="retry to failure",
            phases=(*_QUEUED, _PART, f"{{state: FAILURE, {_TRY_LATER}}}"),
            difference="after PENDING, PROGRESS, Celery shows RETRY",
        ),
        "terminated instead of revoked": WrongStory(
            of="revoked while queued",
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            cancel_in="STARTED",
            difference='the mock REVOKED {"code": 109, "message": "terminated"}',
        ),
        "revoked instead of terminated": WrongStory(
            of="revoked while running",
            phases=(*_QUEUED, _PART, '{state: REVOKED, error: {code: 109, message: "revoked"}}'),
            difference='the mock REVOKED {"code": 109, "message": "revoked"}',
            more=_UNLIKELY,
        ),
        "a cancel that does nothing": WrongStory(
            of="revoked while running",
            phases=(*_QUEUED, _WHOLE, _SUCCESS),
            cancel_in="PROGRESS",
            difference="after PENDING, PROGRESS, Celery shows REVOKED",
            more="cancel: refuse",
        ),
        "a cancel that waits for the next attempt": WrongStory(
            of="revoked while waiting to retry",
            phases=(*_QUEUED, _PART, _RETRY, _PART, "{state: REVOKED}"),
            difference="after PENDING, PROGRESS, RETRY, Celery shows REVOKED",
        ),
        "a cancel that undoes a success": WrongStory(
            of="revoked when it has ended",
            phases=(
                *(*_QUEUED, _WHOLE),
                _SUCCESS.replace("SUCCESS,", "SUCCESS, for: 1s,"),
                "{state: REVOKED}",
            ),
            difference="Celery shows no more, the mock REVOKED",
            more=_UNLIKELY,
        ),
    }
)
