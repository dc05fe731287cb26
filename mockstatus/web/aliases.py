"""Host names of other servers, which clients have built in: each stands for a path of this one.

With `www.swift.ac.uk=/ukssdc`, a request to https://www.swift.ac.uk/user_objects/… is served as one
to /ukssdc/user_objects/…, and the addresses in its answer are again such that the name leads here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mockstatus.web.hosts import authority

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ALIAS: Final = "mockstatus.alias"
"""Where a scope says what path its host name stood for."""

_PATH: Final = re.compile(r"(/~[A-Za-z0-9._-]{1,64})?/[A-Za-z0-9._-]+(/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, slots=True)
class Alias:
    """host: a name, with a port or for all. path: what it stands for; empty for the server."""

    host: str
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Alias:
        """From `HOST` or `HOST=/PATH`. Raises ValueError."""
        host, is_there, path = text.partition("=")
        if authority(host) is None or (is_there and _PATH.fullmatch(path) is None):
            raise ValueError(f"{text!r} is no alias, expected HOST or HOST=/SERVICE")
        return cls(host, path)

    @property
    def service(self) -> str:
        """The first segment of its path, behind a sandbox's; empty if there is none."""
        first, _, rest = self.path[1:].partition("/")
        return rest.partition("/")[0] if first.startswith("~") else first


class Aliased:
    """An ASGI application in front of another, to be installed where an alias has a path."""

    def __init__(self, app: ASGIApp, aliases: Collection[Alias]) -> None:
        paths = {authority(alias.host): alias.path for alias in aliases if alias.path}

        @lru_cache(maxsize=64)  # nearly all requests say the same
        def path_of(host: bytes) -> str:
            asked = authority(host.decode("latin-1"))
            if asked is None:
                return ""
            return paths.get(asked) or paths.get((asked[0], None), "")

        self._app = app
        self._path_of = path_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http":
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            path = self._path_of(host)
            if path:
                raw = scope.get("raw_path")
                scope = {
                    **scope,
                    "path": path + scope["path"],
                    "raw_path": None if raw is None else path.encode() + raw,
                    ALIAS: path,
                }
        await self._app(scope, receive, send)
