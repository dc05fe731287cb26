"""One sandbox of an application, for clients that call it without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class InProcess:
    """Puts a sandbox's prefix before each path, and accepts any host.

    There is no network here, so there is nobody to keep out: the server is what the client says.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http":
            raw = scope.get("raw_path") or scope["path"].encode()
            scope = {
                **scope,
                "path": self._prefix + scope["path"],
                "raw_path": self._prefix.encode() + raw,
            }
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            parts = urlsplit(f"//{host.decode('latin-1')}")
            if parts.hostname:
                scope["server"] = (parts.hostname, parts.port)
        await self._app(scope, receive, send)
