"""Lets calls in, and words what is wrong with them: keys, bodies, refusals, bare statuses.

Source: Krixik wire notes, 1.4, 1.5 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from mockstatus.services.krixik import answer, ids
from mockstatus.services.krixik.metadata import RefusedError
from mockstatus.services.krixik.options import KrixikOptions
from mockstatus.services.krixik.script import KrixikFile, error_problem
from mockstatus.services.krixik.store import store_of
from mockstatus.services.krixik.wire import Sent, parsed
from mockstatus.web.answer import Answer, json_answer, reason, text_answer

if TYPE_CHECKING:
    from mockstatus.runtime.sandbox import Sandbox
    from mockstatus.web.call import Call

B = TypeVar("B", bound=Sent)

KEY_HEADER = "krixikapikey"
BUCKET = ("upload", "download")
"""Operations of the storage behind the service: no key, and XML where something is wrong."""

_XML_CODES: Mapping[int, tuple[str, str]] = {
    400: ("InvalidRequest", "The request is not valid."),
    403: ("AccessDenied", "Access Denied"),
    404: ("NoSuchKey", "The specified key does not exist."),
    503: ("SlowDown", "Please reduce your request rate."),
}
_XML_DEFAULT = ("InternalError", "We encountered an internal error. Please try again.")


def new_request_id(call: Call) -> str:
    """An id for one answer; no two answers have the same."""
    sandbox = call.sandbox
    is_kept = call.world.sandboxes.find(sandbox.name) is sandbox
    # A sandbox that is only looked at counts no further, and its clock may stand still.
    at_us = call.now_us if is_kept else call.world.source.elapsed_us()
    return next_request_id(sandbox, at_us)


def next_request_id(sandbox: Sandbox, at_us: int) -> str:
    """An id for the next answer of a sandbox that is kept."""
    store = store_of(sandbox)
    store.answers += 1
    return ids.request_id(sandbox.seed, sandbox.name, store.answers, at_us)


def with_key(work: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """A handler that lets in whoever has a good key."""

    def handle(call: Call) -> Answer:
        return work(call) if has_good_key(call) else forbidden(call)

    return handle


def keyed(model: type[B], work: Callable[[Call, B], Answer]) -> Callable[[Call], Answer]:
    """A handler that lets in whoever has a good key, and gives `work` the parsed body."""
    return with_key(lambda call: work(call, parsed(model, call.body)))


def has_good_key(call: Call) -> bool:
    """Whether the call carries a key that is let in; the tester needs none."""
    if call.by_tester:
        return True
    key = call.header(KEY_HEADER)
    good = options(call).good_keys
    return bool(key) and (good is None or key in good)


def options(call: Call) -> KrixikOptions:
    """Krixik's knobs in the sandbox of a call."""
    found = call.options
    assert isinstance(found, KrixikOptions)  # noqa: S101  # the service's own model
    return found


def script(call: Call) -> KrixikFile | None:
    """The scenario that a call goes by."""
    found = call.script
    return found if isinstance(found, KrixikFile) else None


def forbidden(call: Call) -> Answer:
    """The refusal of a key. choice: 403, on every endpoint."""
    is_gateway = options(call).gateway_refusals
    request_id = None if is_gateway else new_request_id(call)
    return json_answer(answer.forbidden(request_id=request_id), 403)


def refusal(call: Call, text: str, status: int = 400, *, has_id: bool = True) -> Answer:
    """What is wrong with a call, in its operation's own form."""
    if call.operation.name in BUCKET:
        return storage_error(status, text)
    asked = sent(call)
    document = answer.error(
        call.operation.name,
        text,
        request_id=new_request_id(call) if has_id else None,
        pipeline=_text(asked.get("pipeline")),
        file_id=_text(asked.get("file_id")),
    )
    return json_answer(document, status)


def status_answer(call: Call, status: int) -> Answer:
    """The body for a bare HTTP status that a fault asks for."""
    if call.operation.name in BUCKET:
        return storage_error(status) if status >= 400 else Answer(status)
    if status in {204, 205, 304}:
        return Answer(status)
    if status == 403:
        return forbidden(call)
    is_search = call.operation.name in {"keyword_search", "semantic_search"}
    if is_search and status == 500:
        return refusal(call, answer.SEARCH_FAILED, status)
    return refusal(call, reason(status) or f"status {status}", status)


def error_answer(call: Call, error: Mapping[str, Any]) -> Answer:
    """An error that a fault describes: status, message, request_id. Raises ValueError."""
    problem = error_problem(dict(error))
    if problem is not None:
        raise ValueError(problem)
    status = error.get("status", 400)
    text = error.get("message", reason(status))
    return refusal(call, text, status, has_id=error.get("request_id", True))


def missing(call: Call, methods: tuple[str, ...]) -> Answer:
    """A path, or a method of a path, that is not served. choice: as web servers do."""
    status = 405 if methods else 404
    document = {"message": reason(status), "request_id": new_request_id(call)}
    found = json_answer(document, status)
    return found.with_headers([("allow", ", ".join(methods))]) if methods else found


def too_large(call: Call) -> Answer:
    """A body beyond the limit."""
    if call.operation.name == "upload":
        return _xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    return refusal(call, reason(413), 413)


def storage_error(status: int, text: str | None = None) -> Answer:
    """What the storage behind the service answers where something is wrong."""
    code, usual = _XML_CODES.get(status, _XML_DEFAULT)
    return _xml(status, code, usual if text is None else text)


def sent(call: Call) -> Mapping[str, Any]:
    """The wire fields of a call, whatever is wrong with them; none where there is no object."""
    try:
        found = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def by_field(name: str) -> Callable[[Call], str | None]:
    """Finds the id of the job that a call is about, in this field of its body."""
    return lambda call: _text(sent(call).get(name))


def refuse(call: Call, text: str) -> Answer:
    """Refuses a call in these words."""
    return refusal(call, text)


def refused_file(file_id: str) -> RefusedError:
    """There is no such file in the pipeline."""
    return RefusedError(answer.file_not_found(file_id))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _xml(status: int, code: str, text: str) -> Answer:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(text)}</Message></Error>"
    )
    return text_answer(body, status, content_type="application/xml")
