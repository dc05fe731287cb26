"""Makes answers of documents and errors, in the form that the client asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.services.vesta import codes
from mockstatus.services.vesta.answer import envelope
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.script import error_problem
from mockstatus.services.vesta.wire import encode
from mockstatus.web.answer import Answer, json_answer, reason

if TYPE_CHECKING:
    from mockstatus.web.call import Call


def document(body: Mapping[str, Any]) -> Answer:
    """A document as the gateway sends it."""
    return json_answer(body, encode=encode)


def error(_call: Call, refusal: GatewayError) -> Answer:
    """An error of the gateway, in its envelope."""
    row = codes.CODES.get(refusal.code)
    status = refusal.status
    if status is None:
        # What only workers raise has no status of its own: a gateway that met it would fail.
        status = row.status if row is not None and row.status >= 400 else 500
    body = envelope(status, code=refusal.code, message=refusal.message, description=reason(status))
    return json_answer(body, status, encode=encode)


def plain(call: Call, status: int) -> Answer:
    """A bare HTTP status in the envelope: code 100, no message."""
    return error(call, GatewayError(codes.NO_EXCEPTION, "", status=status))


def refuse(call: Call, text: str) -> Answer:
    """A submission that cannot be taken, in these words."""
    return error(call, GatewayError(codes.UNEXPECTED, text))


def missing(call: Call, methods: tuple[str, ...]) -> Answer:
    """A path, or a method of a path, that the gateway does not serve. No `Allow` with a 405.

    VESTA wire notes, 1.1 (observed).
    """
    if not methods:
        return plain(call, 404)
    if call.method == "OPTIONS":
        allowed = {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        kind = (b"content-type", b"text/html; charset=utf-8")
        return Answer(200, headers=(kind, (b"allow", ", ".join(sorted(allowed)).encode())))
    return plain(call, 405)


def too_large(call: Call) -> Answer:
    """A body beyond the limit."""
    return plain(call, 413)


def described(call: Call, wanted: Mapping[str, Any]) -> Answer:
    """The error that a fault describes: `{code: 205}`, with a message and a status if given.

    Raises ValueError for what the gateway never says.
    """
    problem = error_problem(dict(wanted))
    if problem is not None:
        raise ValueError(problem)
    refusal = _usual(call, wanted["code"])
    message = wanted.get("message", refusal.message)
    return error(call, GatewayError(refusal.code, message, status=wanted.get("status")))


def _usual(call: Call, code: int) -> GatewayError:
    """An error of this code, as this call would meet it."""
    annotator = call.params.get("svc", "")
    match code:
        case codes.UNKNOWN_SERVICE:
            return codes.unknown_service(annotator)
        case codes.UNKNOWN_UUID:
            return codes.unknown_uuid(call.query.get("uuid", ""))
        case codes.VERSION_MISMATCH:
            found = call.options.all_annotators.get(annotator)
            return codes.version_mismatch(annotator, found.version if found else "", "0.0.0")
        case codes.MISSING_PARAMETER if call.method == "POST":
            return codes.missing_doc_url()
        case codes.MISSING_PARAMETER:
            return codes.missing_uuid(f"/{call.operation.name}")
        case codes.INVALID_URL:
            return codes.invalid_url(call.query.get("doc_url", ""))
        case _:
            return GatewayError(code, codes.text_of(code))
