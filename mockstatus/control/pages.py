"""Pages for people: `/`, which leads to everything, and Swagger UI at `/docs`.

Swagger UI's files come from the package fastapi-swagger, none from another host: the pages' own
Content-Security-Policy lets a browser ask nobody but this server.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from mockstatus import __version__
from mockstatus.control.here import AtHere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from mockstatus.control.here import Here

routes = APIRouter(include_in_schema=False)

_OURS = files("mockstatus.control")
_SWAGGER_UI = files("fastapi_swagger") / "resources"
_ASSETS: dict[str, tuple[Traversable, str]] = {
    "swagger-ui-bundle.js": (_SWAGGER_UI, "text/javascript"),
    "swagger-ui.css": (_SWAGGER_UI, "text/css"),
    "favicon-32x32.png": (_SWAGGER_UI, "image/png"),
    "docs.js": (_OURS, "text/javascript"),
}

_ALONE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_NOSNIFF = {"X-Content-Type-Options": "nosniff"}
# Swagger UI styles its own elements, and draws its icons from data URLs.
_DOCS_SAFE = {
    **_NOSNIFF,
    "Content-Security-Policy": f"{_ALONE}; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'",
}
_PAGE_SAFE = {
    **_NOSNIFF,
    "Content-Security-Policy": f"{_ALONE}; style-src 'unsafe-inline'; img-src 'self'",
}

_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;"
    "margin:2rem auto;padding:0 1rem}dt{font-weight:600;margin-top:1rem}dd{margin:0}"
    "code{overflow-wrap:anywhere}"
)


@routes.get("/")
async def front_page(here: AtHere, request: Request) -> HTMLResponse:
    """What there is, and the address for each client. No scripts; everything escaped."""
    root = here.world.public_url or f"{request.url.scheme}://{request.url.netloc}"
    body = "".join(_front(here, f"{root}{here.prefix}"))
    return HTMLResponse(_page("mockstatus", here.prefix, body), headers=_PAGE_SAFE)


@routes.get("/docs")
async def swagger_ui(here: AtHere) -> HTMLResponse:
    """Swagger UI; inside a sandbox, what is tried out stays there."""
    base = escape(here.prefix)
    body = (
        f'<div id="swagger-ui" data-openapi="{base}/openapi.json"></div>'
        f'<script src="{base}/docs/swagger-ui-bundle.js"></script>'
        f'<script src="{base}/docs/docs.js"></script>'
    )
    head = f'<link rel="stylesheet" href="{base}/docs/swagger-ui.css">'
    page = _page("mockstatus: try it out", here.prefix, body, head=head)
    return HTMLResponse(page, headers=_DOCS_SAFE)


def _asset(name: str) -> None:
    folder, kind = _ASSETS[name]

    @routes.get(f"/docs/{name}", name=name)
    async def asset() -> Response:
        return Response((folder / name).read_bytes(), media_type=kind, headers=_NOSNIFF)


for _name in _ASSETS:
    _asset(_name)


def _front(here: Here, url: str) -> Iterator[str]:
    where = "" if not here.prefix else f", sandbox <code>{escape(here.name)}</code>"
    yield f"<h1>mockstatus {escape(__version__)}{where}</h1>"
    yield "<p>A mock server for clients of asynchronous job services.</p><dl>"
    for path, title, told in (
        ("/docs", "Try it out", "every call as a form, in the order of a story"),
        ("/_mock/report?format=html", "Report", "what was learned about the client"),
        ("/_mock/jobs", "Jobs", "where each one stands, and how it came there"),
        ("/_mock/scenarios", "Scenarios", "what jobs can play"),
        ("/_mock/journal", "Journal", "what was asked and answered"),
        ("/_mock/faults", "Faults", "what goes wrong, and how often it did"),
        ("/_mock/clock", "Clock", "what time it is here"),
        ("/_mock/health", "Health", "version and counts"),
        ("/openapi.json", "OpenAPI", "all of it, for programs"),
    ):
        link = escape(here.prefix + path)
        yield f'<dt><a href="{link}">{title}</a></dt><dd>{told}</dd>'
    yield "</dl><h2>Point your client here</h2><dl>"
    for service in here.world.services.values():
        address = f"{url}{service.client_path}"
        yield f"<dt>{escape(service.title)}</dt><dd><code>{escape(address)}</code></dd>"
        yield f"<dd><code>{escape(service.connect.format(url=address))}</code></dd>"
    yield f"</dl><p>The control API is at <code>{escape(url)}/_mock</code>. "
    yield "A path that begins with <code>/~NAME</code> leads into a sandbox of its own.</p>"


def _page(title: str, prefix: str, body: str, *, head: str = "") -> str:
    style = "" if head else f"<style>{_STYLE}</style>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="{escape(prefix)}/docs/favicon-32x32.png">'
        f"<title>{escape(title)}</title>{style}{head}</head><body>{body}</body></html>\n"
    )
