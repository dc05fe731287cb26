"""Keeps web pages of other origins away from a server on somebody's own machine.

A browser lets any page send requests to loopback, directly (its Origin gives it away) or under a
name of the page's own that is made to point there (DNS rebinding: the Host gives it away). No CORS
header is ever sent, so that no page can read an answer either.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from mockstatus.web.hosts import authority
from mockstatus.web.problems import problem
from mockstatus.web.sending import send_answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockstatus.web.answer import Answer

_ORIGIN: Final = re.compile(r"(https?)://(.+)", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_CONTROL: Final = re.compile(r"(/~[^/]*)?/_mock(/.*)?", re.DOTALL)


def is_loopback_host(value: str) -> bool:
    """True for `localhost`, names below it, 127.0.0.0/8 and ::1, with a port or without."""
    if value.count(":") > 1 and not value.startswith("["):
        value = f"[{value}]"
    found = authority(value)
    if found is None:
        return False
    name, _ = found
    return name == "localhost" or name.endswith(".localhost") or _is_loopback_address(name)


def host_allowed(
    host_header: str | None, *, bound_to_loopback: bool, aliases: Collection[str] = ()
) -> bool:
    """True if a request that says so in its Host may be served.

    host_header: None if there is none, as old clients do it; a browser always sends one. aliases:
    further names; one with a port is good for that port only.
    """
    if not bound_to_loopback or host_header is None or is_loopback_host(host_header):
        return True
    asked = authority(host_header)
    known = [authority(alias) for alias in aliases]
    return asked is not None and (asked in known or (asked[0], None) in known)


def origin_allowed(origin_header: str | None, host_header: str | None) -> bool:
    """True if no web page sent the request, or one that came from the very host and port asked."""
    if origin_header is None:
        return True
    origin = _ORIGIN.fullmatch(origin_header)
    page = authority(origin[2]) if origin else None
    asked = authority(host_header or "")
    if origin is None or page is None or asked is None:
        return False
    default = _DEFAULT_PORTS[origin[1].lower()]
    return (page[0], page[1] or default) == (asked[0], asked[1] or default)


class NetSafety:
    """An ASGI application in front of another, which refuses what the functions above do."""

    def __init__(
        self, app: ASGIApp, *, bound_to_loopback: bool, aliases: Collection[str] = ()
    ) -> None:
        @lru_cache(maxsize=64)  # nearly all requests say the same
        def host_ok(host: bytes) -> bool:
            return host_allowed(
                host.decode("latin-1"), bound_to_loopback=bound_to_loopback, aliases=aliases
            )

        self._app = app
        self._host_ok = host_ok

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or refuses it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await send_answer(refusal, send)

    def _refusal(self, scope: Scope) -> Answer | None:
        for name, host in scope["headers"]:
            if name == b"host" and not self._host_ok(host) and not _is_served_as(scope, host):
                return _forbidden(
                    "Host",
                    _values(scope, b"host"),
                    "is neither a loopback name nor a configured alias",
                )
        if "/_mock" not in scope["path"] or _CONTROL.fullmatch(scope["path"]) is None:
            return None  # the first question answers for nearly all, in a tenth of the time
        origins, hosts = _values(scope, b"origin"), _values(scope, b"host")
        asked = hosts[0].decode("latin-1") if len(hosts) == 1 else None
        if not all(origin_allowed(origin.decode("latin-1"), asked) for origin in origins):
            return _forbidden(
                "Origin", origins, "is not this server: /_mock is not for other sites"
            )
        return None


def _is_served_as(scope: Scope, host: bytes) -> bool:
    """True for the very name that the server goes by.

    Behind a socket that is an address, never a name that a page chose; a test that calls the
    application in its own process may call it as it likes.
    """
    server, asked = scope.get("server"), authority(host.decode("latin-1"))
    if server is None or asked is None:
        return False
    name: str = server[0]
    return asked[0] == name.lower()


def _is_loopback_address(name: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(name.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for header, value in scope["headers"] if header == name]


def _forbidden(header: str, values: list[bytes], reason: str) -> Answer:
    shown = ", ".join(value.decode("latin-1") for value in values)
    return problem(403, f"{header} not allowed", f"{header} {shown[:200]!r} {reason}", where=header)
