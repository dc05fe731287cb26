"""Stands before `/_mock`: the bearer token, and bodies that are bounded, readable and flat enough.

Pure ASGI; what belongs to no other path than `/_mock` goes through untouched.
"""

from __future__ import annotations

import hmac
import logging
import re
from typing import TYPE_CHECKING, Any

import orjson

from mockstatus.errors import LimitReachedError
from mockstatus.scenario.source import MOST_BYTES as MOST_SCENARIO_BYTES
from mockstatus.scenario.source import MOST_DEPTH
from mockstatus.web.answer import Answer, encode_json
from mockstatus.web.body import ClientGoneError, read_body
from mockstatus.web.operation import BODY_LIMIT
from mockstatus.web.problems import problem, problem_of
from mockstatus.web.sending import send_answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)

SNAPSHOT_BYTES = 64 << 20
SNAPSHOT_DEPTH = 128
"""What clients sent may be nested 64 deep; a snapshot puts it into something."""


class Guard:
    """An ASGI application in front of FastAPI.

    token: what `/_mock` wants as a bearer token, all but its health; open if None.
    """

    def __init__(self, app: ASGIApp, *, token: str | None) -> None:
        self._app = app
        self._token = token.encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or refuses it."""
        path = _path(scope) if scope["type"] == "http" else ""
        if path != "/_mock" and not path.startswith("/_mock/"):
            await self._app(scope, receive, send)
            return
        refusal = self._unauthorised(scope, path)
        if refusal is not None:
            await send_answer(refusal, send)
            return
        is_scenario = path.startswith("/_mock/scenarios/")
        most_bytes, most_depth = _bounds(path)
        try:
            body = await read_body(receive, most_bytes)
        except ClientGoneError:
            return
        except LimitReachedError as error:
            await send_answer(problem_of(error), send)
            return
        if body and not is_scenario:
            read = _read(scope, body, most_depth)
            if isinstance(read, Answer):
                await send_answer(read, send)
                return
            body = encode_json(read)  # what was understood, and nothing else, goes on
        await self._pass(scope, _again(body, receive), send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001  # nothing else is disturbed
            # FastAPI has told the client already; here the log is told why.
            _LOG.exception("%s %s failed", scope["method"], scope["path"])

    def _unauthorised(self, scope: Scope, path: str) -> Answer | None:
        if self._token is None or path == "/_mock/health":
            return None
        scheme, _, given = _header(scope, b"authorization").partition(b" ")
        if scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self._token):
            return None
        refusal = problem(
            401,
            "Not authorised",
            "/_mock wants the admin token, expected Authorization: Bearer TOKEN",
            where="header.Authorization",
        )
        return refusal.with_headers([("www-authenticate", 'Bearer realm="mockstatus"')])


def _bounds(path: str) -> tuple[int, int]:
    """How many bytes a body may have, and how deeply it may be nested."""
    if path == "/_mock/snapshot":
        return SNAPSHOT_BYTES, SNAPSHOT_DEPTH
    is_scenario = path.startswith("/_mock/scenarios/")
    return (MOST_SCENARIO_BYTES if is_scenario else BODY_LIMIT), MOST_DEPTH


def _read(scope: Scope, body: bytes, most_depth: int) -> Any:
    """The document in a body, or the Answer that says why it cannot be read: JSON by RFC 8259."""
    named = _header(scope, b"content-type")
    kind = named.partition(b";")[0].strip().lower()
    if named and kind != b"application/json" and not kind.endswith(b"+json"):
        shown = kind.decode("latin-1")
        detail = f"the body is {shown}, expected application/json"
        return problem(415, "Not JSON", detail, where="header.Content-Type")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if _text_depth_exceeds(body, most_depth):  # the parser has limits, and words, of its own
            return _too_deep(most_depth)
        detail = f"the body is no JSON: {error}"
        return problem(400, "Not JSON", detail, where="body", line=error.lineno, column=error.colno)
    return _too_deep(most_depth) if _depth_exceeds(document, most_depth) else document


def _too_deep(most_depth: int) -> Answer:
    detail = f"the body is nested too deeply, expected at most {most_depth} levels"
    return problem(400, "Too deep", detail, where="body")


_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
"""A string, which may hold brackets of its own; else what opens, or closes, a level."""


def _text_depth_exceeds(body: bytes, most: int) -> bool:
    """Whether a text that need not be JSON opens more than `most` levels."""
    depth = 0
    for found in _BRACKET.finditer(body):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > most:
            return True
    return False


def _depth_exceeds(document: object, most: int) -> bool:
    """Whether objects and arrays are nested more than `most` deep."""
    level = [document]
    for _ in range(most + 1):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            else:
                continue
            inner.append(None)  # an empty container counts, too
        if not inner:
            return False
        level = inner
    return True


def _again(body: bytes, receive: Receive) -> Receive:
    """What delivers a body that was read already, and then whatever follows."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _header(scope: Scope, wanted: bytes) -> bytes:
    """The header of this name; empty if there is none, or more than one."""
    values = [value for name, value in scope["headers"] if name == wanted]
    return values[0] if len(values) == 1 else b""
