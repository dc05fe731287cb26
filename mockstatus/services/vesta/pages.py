"""The gateway's HTML pages. Pure; everything that comes from outside is escaped.

Source: VESTA wire notes, 1.7 (observed: titles, headings and the error's box; the rest is plain).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_TITLE = "CRIM - Service"


def error_page(*, status: int, description: str, code: int, message: str, server: str) -> str:
    """An error. server: the name under which the client knows the gateway.

    A plain status of the web framework (code 100) has no box.
    """
    box = ""
    if code != 100:
        link = escape(f"http://{server}/doc", quote=True)
        box = (
            '<div class="error"><p>Internal error code:</p>'
            f"<p>{code} : {escape(message)}</p>"
            f'<p><a href="{link}">{link}</a></p></div>'
        )
    return _page(f"<h2>{status} : {escape(description)}</h2>{box}")


def table_page(heading: str, rows: Mapping[str, object]) -> str:
    """Information about an annotator, a line for each member."""
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_text(value))}</td></tr>"
        for name, value in rows.items()
    )
    return _page(f"<h2>{escape(heading)}</h2><table>{lines}</table>")


def text_page(heading: str, text: str) -> str:
    """A page with one paragraph."""
    return _page(f"<h2>{escape(heading)}</h2><p>{escape(text)}</p>")


def redirect_page(url: str) -> str:
    """What browsers that do not follow a redirect show."""
    link = escape(url, quote=True)
    return _page(f'<h2>Redirecting...</h2><p><a href="{link}">{link}</a></p>')


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _page(body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{_TITLE}</title></head>'
        f"<body><h1>{_TITLE}</h1>{body}</body></html>\n"
    )
