"""How the real program words its errors: Python's own forms of exceptions. Pure.

Source: VESTA wire notes, 2.8 (observed). Everything here is the profile `code`, but the bracket,
which an option adds in the profile `doc`.
"""

from __future__ import annotations

from http import HTTPStatus

from mockstatus.services.vesta import codes, states
from mockstatus.services.vesta.codes import GatewayError

# inferred: what the web framework says of its statuses.
_EXPLANATIONS = {
    400: "The browser (or proxy) sent a request that this server could not understand.",
    404: "The requested URL was not found on the server. If you entered the URL manually please"
    " check your spelling and try again.",
    405: "The method is not allowed for the requested URL.",
    413: "The data value transmitted exceeds the capacity limit.",
    500: "The server encountered an internal error and was unable to complete your request."
    " Either the server is overloaded or there is an error in the application.",
    503: "The server is temporarily unable to service your request due to maintenance downtime"
    " or capacity problems. Please try again later.",
}

_PLACES = {
    states.FAILURE: "worker.py:24 in run",
    states.RETRY: "worker.py:32 in run",
}
# Killed and lost workers leave no traceback, hence no place.
_LOST = "Worker exited prematurely"


def description(refusal: GatewayError, status: int) -> str:
    """What an error's `description` says."""
    if refusal.code != codes.NO_EXCEPTION:
        return repr(refusal.message)
    phrase = HTTPStatus(status).phrase if status in _KNOWN else ""
    return repr(f"{status} {phrase}: {_EXPLANATIONS.get(status, '')}".strip())


_KNOWN = frozenset(map(int, HTTPStatus))


def message(refusal: GatewayError) -> str:
    """What an error's `message` says."""
    if refusal.code == codes.NO_EXCEPTION:
        return ""
    is_own = 200 <= refusal.code < 300
    said = "()" if is_own else _arguments(refusal.message)
    return f"{refusal.exception}{said} [{refusal.place}]"


def exception(code: int, text: str) -> str:
    """A worker's exception without its place: a failure's `description` on a page."""
    if code in codes.FIXED_TEXTS:
        return codes.text_of(code)
    if code == codes.UNEXPECTED and text.startswith(_LOST):
        return f"WorkerLostError{_arguments(text)}"
    row = codes.CODES.get(code)
    return f"{row.exception if row is not None else 'Exception'}{_arguments(text)}"


def bracket(state: str, text: str) -> str:
    """Where a worker's exception came from, with a space before it; empty where nobody knows."""
    place = _PLACES.get(state)
    return f" [{place}]" if place is not None and not text.startswith(_LOST) else ""


def _arguments(text: str) -> str:
    """An exception's only argument, as Python 2 shows a text."""
    return f"(u{text!a},)"
