"""Makes answers of documents and errors, in the form that the client asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.services.vesta import canarie, codes, negotiation, pages, program, states, xml
from mockstatus.services.vesta.answer import envelope, tidy
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.negotiation import Decision, Form
from mockstatus.services.vesta.options import VestaOptions
from mockstatus.services.vesta.script import error_problem
from mockstatus.services.vesta.wire import encode
from mockstatus.web.answer import JSON, Answer, json_answer, reason, text_answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call

CANARIE_TAG = "VESTA platform (CANARIE)"
"""What is declared under it negotiates as browsers like it."""


_JSON = ((b"content-type", JSON),)


def options_of(call: Call) -> VestaOptions:
    """The gateway's options in the call's sandbox."""
    options = call.options
    assert isinstance(options, VestaOptions)  # noqa: S101  # the service's own model
    return options


def wanted_form(call: Call, decision: Decision) -> Form:
    """The form to answer in."""
    # Several headers are one list, as for every program behind a web server.
    sent = [value.decode("latin-1") for name, value in call.headers if name == b"accept"]
    accept = ",".join(sent) if sent else None
    return negotiation.form_of(decision, accept, is_by_the_docs=not options_of(call).is_code)


def document(body: Mapping[str, Any], status: int = 200) -> Answer:
    """A document that is always JSON."""
    return json_answer(body, status, encode=encode)


def accepted(uuid: str) -> Answer:
    """A task was taken in."""
    # As `encode` writes it, in a tenth of the time: an id needs no escapes.
    body = b'{"uuid":"%b"}\n' % uuid.encode("ascii")
    return Answer(200, body, _JSON, {"uuid": uuid}, encode)


def status_document(call: Call, body: Mapping[str, Any], options: VestaOptions) -> Answer:
    """How a task stands: as JSON or XML; by the real program a failure also as a page."""
    is_code = options.is_code
    if is_code and body["status"] in states.FAILED:
        if wanted_form(call, Decision.ERROR) is Form.HTML:
            failure = body["result"]
            text, _, _ = failure["message"].partition(" [")
            return _page(
                call, 500, description=text, code=failure["code"], message=failure["message"]
            )
        return document(body)
    if wanted_form(call, Decision.STATE) is Form.XML:
        # observed: the program calls its XML text/html, a slip.
        kind = b"text/html" if is_code else b"application/xml"
        return json_answer(body, content_type=kind + b"; charset=utf-8", encode=xml.encode)
    return document(body)


def error(call: Call, refusal: GatewayError) -> Answer:
    """An error of the gateway, in its envelope or as a page."""
    options = options_of(call)
    status = _status(refusal, options)
    if options.is_code:
        description, message = program.description(refusal, status), program.message(refusal)
    else:
        description, message = refusal.description or reason(status), refusal.message
    is_platform = call.operation.tag == CANARIE_TAG
    if wanted_form(call, Decision.CANARIE if is_platform else Decision.ERROR) is Form.HTML:
        return _page(
            call, status, description=description, code=refusal.code, message=tidy(message)
        )
    body = envelope(status, code=refusal.code, message=message, description=description)
    return json_answer(body, status, encode=encode)


def page(html: str, status: int = 200) -> Answer:
    """A page."""
    return text_answer(html, status, content_type="text/html")


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
    if not methods or _is_nothing(call):
        return plain(call, 404)
    if call.method == "OPTIONS":
        allowed = {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        kind = (b"content-type", b"text/html; charset=utf-8")
        return Answer(200, headers=(kind, (b"allow", ", ".join(sorted(allowed)).encode())))
    return plain(call, 405)


# What stands alone in a path and is no annotator's name.
_ALONE = {"info", "stats", *canarie.PAGES, "temporary_file", "temporary_upload_path"}
_BARE = {"400", "404", "405", "500", "503"}
_MULTIMEDIA = {"transcode", "status", "cancel"}


def _is_nothing(call: Call) -> bool:
    """Whether the path only looks like one that is served: there is no such annotator."""
    name, slash, _ = call.path[1:].partition("/")
    options = options_of(call)
    if name in _MULTIMEDIA and (not slash or name == "transcode"):
        return not options.multimedia
    return not slash and name not in {*_ALONE, *_BARE, *options.all_annotators, ""}


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
    usual = _usual(call, wanted["code"])
    usual.message = wanted.get("message", usual.message)
    usual.status = wanted.get("status")
    return error(call, usual)


def _status(refusal: GatewayError, options: VestaOptions) -> int:
    if refusal.status is not None:
        return refusal.status
    row = codes.CODES.get(refusal.code)
    # What only workers raise has no status of its own: a gateway that met it would fail.
    if row is None or row.status < 400:
        return 500
    if options.statuses_by_table and row.table_status is not None:
        return row.table_status
    return row.status


def _page(call: Call, status: int, *, description: str, code: int, message: str) -> Answer:
    server = call.header("host") or call.server
    return page(
        pages.error_page(
            status=status, description=description, code=code, message=message, server=server
        ),
        status,
    )


def _usual(call: Call, code: int) -> GatewayError:
    """An error of this code, as this call would meet it."""
    annotator = call.params.get("svc", "")
    match code:
        case codes.UNKNOWN_SERVICE:
            return codes.unknown_service(annotator)
        case codes.UNKNOWN_UUID:
            return codes.unknown_uuid(call.query.get("uuid", ""))
        case codes.VERSION_MISMATCH:
            found = options_of(call).all_annotators.get(annotator)
            return codes.version_mismatch(annotator, found.version if found else "", "0.0.0")
        case codes.MISSING_PARAMETER if call.method == "POST":
            return codes.missing_doc_url()
        case codes.MISSING_PARAMETER:
            return codes.missing_uuid(f"/{call.operation.name}")
        case codes.INVALID_URL:
            return codes.invalid_url(call.query.get("doc_url", ""))
        case _:
            return GatewayError(code, codes.text_of(code))
