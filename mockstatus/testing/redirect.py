"""Redirect: what a client sends to a hard-coded host goes to the mock instead.

For `urllib3` (and so `requests`), `httpx` (sync and async) and `urllib.request`. Only libraries
that are imported already, or are imported while it is in force, are touched, each at the one
place that all of its requests pass. Clients keep seeing the address that they asked for.
"""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from mockstatus.errors import MockStatusError
from mockstatus.testing.quiet import no_garbage

_PORTS = {"http": 80, "https": 443}


class BlockedRequestError(MockStatusError):
    """A request to a host that is neither redirected nor this machine. url: where to."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f"the request to {url} was refused: block_network is on, and no redirect covers it"
        )


class Redirect:
    """Where requests go instead. block_network: other hosts than this machine are refused."""

    def __init__(self, *, block_network: bool = False) -> None:
        self.block_network = block_network
        self._rules: list[tuple[str, str, str]] = []

    def add(self, prefix: str, target: str) -> None:
        """Sends what goes to `prefix`, or below it, to `target`; by http as by https.

        The longest prefix that fits wins. Raises ValueError if `prefix` is no http(s) address.
        """
        host, path = _place(prefix)
        self._rules.append((host, path.rstrip("/"), target.rstrip("/")))
        self._rules.sort(key=lambda rule: -len(rule[1]))

    def target(self, url: str) -> str | None:
        """The address to go to instead; None to go on as ever. Raises BlockedRequestError."""
        try:
            host, path = _place(url)
        except ValueError:
            return None
        for rule_host, rule_path, target in self._rules:
            below = path[len(rule_path) :]
            if (host, path[: len(rule_path)]) == (rule_host, rule_path) and (
                not below or below[0] in "/?#"
            ):
                return target + below
        if self.block_network and not _is_here(host):
            raise BlockedRequestError(url)
        return None


@contextmanager
def redirected(redirect: Redirect) -> Iterator[None]:
    """Within it, requests of this process go where `redirect` says; all is put back at its end."""
    replaced: list[tuple[Any, str, Any]] = []

    def replace(owner: Any, name: str, make: Callable[[Redirect, Any], Any]) -> None:
        real = getattr(owner, name)
        replaced.append((owner, name, real))
        setattr(owner, name, make(redirect, real))

    try:
        replace(urllib.request.AbstractHTTPHandler, "do_open", _urllib)
        urllib3 = _client("urllib3")
        if urllib3 is not None:
            replace(urllib3.HTTPConnectionPool, "urlopen", _urllib3)
        httpx = _client("httpx")
        if httpx is not None:
            replace(httpx.HTTPTransport, "handle_request", _httpx)
            replace(httpx.AsyncHTTPTransport, "handle_async_request", _httpx)
        yield
    finally:
        for owner, name, real in reversed(replaced):
            setattr(owner, name, real)


def _urllib(redirect: Redirect, real: Any) -> Any:
    def do_open(self: Any, http_class: Any, req: Any, **more: Any) -> Any:
        target = redirect.target(req.full_url)
        if target is None:
            return real(self, http_class, req, **more)
        parts = urlsplit(target)
        before = (req.host, req.selector, dict(req.unredirected_hdrs))
        req.host, req.selector = parts.netloc, _path_and_query(target)
        req.unredirected_hdrs["Host"] = parts.netloc
        req._tunnel_host = None  # noqa: SLF001  # a proxy's, which is not needed for this machine
        try:
            return real(self, HTTPConnection, req)
        finally:
            req.host, req.selector, req.unredirected_hdrs = before

    return do_open


def _urllib3(redirect: Redirect, real: Any) -> Any:
    import urllib3

    def urlopen(self: Any, method: str, url: str, *rest: Any, **more: Any) -> Any:
        is_usual = self.port in (None, _PORTS.get(self.scheme))
        authority = self.host if is_usual else f"{self.host}:{self.port}"
        asked = url if url.startswith("http") else f"{self.scheme}://{authority}{url}"
        target = redirect.target(asked)
        if target is None:
            return real(self, method, url, *rest, **more)
        parts = urlsplit(target)
        headers = more.get("headers")
        if headers is not None:
            more["headers"] = {
                name: value for name, value in headers.items() if name.lower() != "host"
            }
        more["assert_same_host"] = False
        pool = urllib3.HTTPConnectionPool(str(parts.hostname), parts.port)
        answer = real(pool, method, _path_and_query(target), *rest, **more)
        # A connection that comes back to a pool that nobody holds would be left to the collector.
        if answer.connection is None:
            pool.close()
        return answer

    return urlopen


def _httpx(redirect: Redirect, real: Any) -> Any:
    import httpx

    def handle(self: Any, request: Any) -> Any:
        target = redirect.target(str(request.url))
        if target is None:
            return real(self, request)
        headers = request.headers.copy()
        headers["Host"] = urlsplit(target).netloc
        sent = httpx.Request(
            request.method,
            target,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return real(self, sent)

    return handle


def _client(module: str) -> Any:
    """The library of this name; None if there is none."""
    if module in sys.modules:
        return sys.modules[module]
    if find_spec(module) is None:
        return None
    with no_garbage():
        return import_module(module)


def _place(url: str) -> tuple[str, str]:
    """Host, with a port that is not the scheme's usual one, and all that follows."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no address, expected one such as https://www.swift.ac.uk")
    port = parts.port or _PORTS[parts.scheme]
    host = parts.hostname if port in _PORTS.values() else f"{parts.hostname}:{port}"
    return host, _path_and_query(url) if parts.path or parts.query else ""


def _path_and_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _is_here(host: str) -> bool:
    from mockstatus.web.netsafety import is_loopback_host

    return is_loopback_host(host)
