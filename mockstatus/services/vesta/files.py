"""Workflows and temporary files: what clients store, and what they submit with it.

Source: VESTA wire notes, 1.5. Nothing leaves memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockstatus.scenario.planning import Draws
from mockstatus.services.vesta import codes, reply
from mockstatus.services.vesta.addresses import root_url
from mockstatus.services.vesta.codes import GatewayError
from mockstatus.services.vesta.forms import Part, parts_of
from mockstatus.services.vesta.handlers import answered, authorised, count
from mockstatus.services.vesta.memory import memory_of
from mockstatus.services.vesta.options import ECHOING
from mockstatus.services.vesta.plan import Task
from mockstatus.services.vesta.reply import options_of
from mockstatus.services.vesta.request import Request, parsed
from mockstatus.services.vesta.temporary import extension_of, safe_name
from mockstatus.web.answer import Answer, text_answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call

WORKFLOW = "simple_workflow"


@authorised
def submit_workflow(call: Call) -> Answer:
    """A workflow: services in a row, with the files that they start from."""
    count(call, WORKFLOW)
    text = Request.read(call).workflow
    if not text:
        raise _missing_workflow(is_code=options_of(call).is_code)
    workflow = parsed(text)
    if not isinstance(workflow, dict):
        # observed: a 500 with code 101; the text is the JSON library's of that Python.
        raise codes.unexpected("ValueError", "No JSON object could be decoded")
    files = [part for part in _parts(call) if part.filename is not None]
    addresses = {part.name: _address(call, _new_name(call, part.filename or "")) for part in files}
    workflow = _with_addresses(workflow, addresses)
    product_of = _last_service(workflow)
    message = _message(call, workflow) if product_of == ECHOING else None
    job = call.commit(Task(WORKFLOW, message=message, product_of=product_of))
    for part in files:
        _store(call, addresses[part.name].rpartition("/")[2], bytes(part.content))
    return reply.document({"uuid": job.id})


def upload_path(call: Call) -> Answer:
    """An address that a file may be stored at."""
    return _created(_address(call, _new_name(call, f"x.{call.query.get('extension', '')}")))


@answered
def upload(call: Call) -> Answer:
    """Stores the one file of a form, under the path's name or a new one."""
    files = [part for part in _parts(call) if part.filename is not None]
    if len(files) != 1:
        if options_of(call).is_code:
            raise codes.unexpected("ValueError", "Only one file should be supplied", code=105)
        # inferred: what the program means to answer.
        return reply.document({"error": "Only one file should be supplied"}, 400)
    (part,) = files
    wanted = call.params.get("name")
    call.keep_sandbox()
    name = safe_name(wanted) if wanted is not None else _new_name(call, part.filename or "")
    _store(call, name, bytes(part.content))
    return _created(_address(call, name))


@answered
def download(call: Call) -> Answer:
    """A stored file. It goes out as an attachment: nobody's browser shows or runs it."""
    name = safe_name(call.params["name"])
    content = memory_of(call).files.get(name, call.now_us)
    if content is None:
        raise GatewayError(codes.NO_EXCEPTION, "", status=404)
    headers = (
        (b"content-type", b"application/octet-stream"),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"x-content-type-options", b"nosniff"),
    )
    return Answer(200, content, headers)


def _missing_workflow(*, is_code: bool) -> GatewayError:
    if is_code:
        text = "expected string or buffer"
        return codes.unexpected("TypeError", text, code=104)
    # choice: the program means a 422; the code is that of every missing parameter.
    refusal = codes.missing_parameter("/simple_workflow/process", "json")
    refusal.status = 422
    return refusal


def _parts(call: Call) -> list[Part]:
    return parts_of(call.header("content-type") or "", call.body)


def _new_name(call: Call, filename: str) -> str:
    draws = Draws(call.sandbox.seed, (call.sandbox.name, call.service.name))
    return memory_of(call).files.new_name(draws, extension_of(filename))


def _address(call: Call, name: str) -> str:
    return f"{root_url(call)}/temporary_file/{name}"


def _created(url: str) -> Answer:
    return text_answer(url, 201, content_type="text/html")


def _store(call: Call, name: str, content: bytes) -> None:
    memory_of(call).files.store(name, content, call.now_us)


def _with_addresses(value: Any, addresses: Mapping[str, str]) -> Any:
    """The same JSON, with the names of files replaced by their addresses."""
    if isinstance(value, str):
        return addresses.get(value, value)
    if isinstance(value, list):
        return [_with_addresses(entry, addresses) for entry in value]
    if isinstance(value, dict):
        return {key: _with_addresses(entry, addresses) for key, entry in value.items()}
    return value


def _message(call: Call, workflow: Mapping[str, Any]) -> bytes:
    """What the worker receives (inferred)."""
    token = call.header("authorization")
    message = {**workflow, "stateful": False, "sg_url": f"{root_url(call)}/"}
    return json.dumps(message if token is None else {**message, "sg_token": token}).encode()


def _last_service(workflow: Mapping[str, Any]) -> str | None:
    """The annotator whose result the workflow ends in; None if it names none."""
    services = workflow.get("services")
    last = services[-1] if isinstance(services, list) and services else None
    name = last.get("service_name") if isinstance(last, dict) else None
    return name if isinstance(name, str) else None
