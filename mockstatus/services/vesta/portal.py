"""What the gateway does with calls about itself and its annotators: the CANARIE routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never
from urllib.parse import quote

from mockstatus.services.vesta import canarie, codes, pages, reply
from mockstatus.services.vesta.addresses import root_url
from mockstatus.services.vesta.handlers import answered
from mockstatus.services.vesta.memory import memory_of
from mockstatus.services.vesta.negotiation import Decision, Form
from mockstatus.services.vesta.options import Annotator
from mockstatus.services.vesta.reply import options_of, wanted_form
from mockstatus.web.answer import Answer

if TYPE_CHECKING:
    from mockstatus.web.call import Call


def global_info(call: Call) -> Answer:
    """All annotators; always JSON, whatever Accept says (observed)."""
    return reply.document(canarie.global_info(options_of(call)))


@answered
def info(call: Call) -> Answer:
    """About one annotator."""
    name, annotator = _annotator(call)
    return _told(call, name, canarie.service_info(name, annotator))


@answered
def stats(call: Call) -> Answer:
    """How often an annotator was called."""
    name, _ = _annotator(call)
    memory = memory_of(call)
    return _told(call, name, canarie.stats(memory.invocations[name], memory.since_us))


@answered
def configured(call: Call) -> Answer:
    """A page, a text or a redirect, as the annotator's configuration says."""
    name, annotator = _annotator(call)
    page = call.path.rpartition("/")[2] or "home"
    answer = canarie.configured(name, annotator, page)
    match answer:
        case canarie.Redirect(url):
            return _redirect(url, 302)
        case canarie.Said(text, status):
            return reply.page(text, status) if status != 204 else Answer(204)
        case canarie.Template(template):
            return reply.page(pages.text_page(f"{name}: {page}", template))
        case canarie.Unusable(value):
            raise codes.unexpected("TemplateNotFound", value)
        case _:
            assert_never(answer)


@answered
def add_slash(call: Call) -> Answer:
    """A known annotator's name alone leads to its front page."""
    name = call.params["svc"]
    if name not in options_of(call).all_annotators:
        return reply.plain(call, 404)
    query = call.query_string.decode("latin-1")
    url = f"{root_url(call)}/{quote(name, safe='')}/" + (f"?{query}" if query else "")
    return _redirect(url, 308)


def bare_status(call: Call) -> Answer:
    """`/400` and the like: that status, with nothing more to say."""
    return reply.plain(call, int(call.path[1:]))


def _annotator(call: Call) -> tuple[str, Annotator]:
    name = call.params.get("svc", canarie.GLOBAL)
    found = options_of(call).all_annotators.get(name)
    if found is None:
        raise codes.unknown_service(name)
    return name, found


def _told(call: Call, name: str, document: dict[str, object]) -> Answer:
    if wanted_form(call, Decision.CANARIE) is Form.JSON:
        return reply.document(document)
    return reply.page(pages.table_page(name, document))


def _redirect(url: str, status: int) -> Answer:
    # What a configuration or a client gives must not end the header.
    location = quote(url, safe="!#$%&'()*+,/:;=?@[]~").encode("ascii")
    return reply.page(pages.redirect_page(url), status).with_headers(
        [("location", location.decode("ascii"))]
    )
