"""A server that runs somewhere else, asked over HTTP by the standard library alone."""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from mockstatus.cli.exits import WrongUseError
from mockstatus.runtime.sandboxes import NAME

TOKEN = "MOCKSTATUS_ADMIN_TOKEN"  # noqa: S105  # the name of a variable
_TIMEOUT_S = 30.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def document(self) -> Any:
        """The JSON in it; None where there is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class RemoteServer:
    """The control API of one sandbox.

    url: the server's address, `/~NAME` included or not. sandbox: its name, if not in the address.
    token: the admin token; that of MOCKSTATUS_ADMIN_TOKEN if None. Raises WrongUseError.
    """

    def __init__(self, url: str, *, sandbox: str | None = None, token: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise WrongUseError(f"{url!r} is no address, expected one such as http://host:8000")
        if sandbox is not None and NAME.fullmatch(sandbox) is None:
            raise WrongUseError(
                f"{sandbox!r} cannot name a sandbox, expected 1 to 64 characters of"
                " A-Z a-z 0-9 . _ -"
            )
        path = parts.path.rstrip("/")
        if sandbox is not None:
            path += f"/~{sandbox}"
        self.url = f"{parts.scheme}://{parts.netloc}{path}"
        self._token = token or os.environ.get(TOKEN) or None
        self._opener = _opener(parts.hostname)

    def ask(
        self, method: str, path: str, body: bytes | None = None, content_type: str = ""
    ) -> Reply:
        """What is answered to a request below `/_mock`. Raises WrongUseError if nothing is."""
        request = Request(f"{self.url}/_mock{path}", data=body, method=method)  # noqa: S310  # http
        if content_type:
            request.add_header("Content-Type", content_type)
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                return Reply(answer.status, answer.read())
        except HTTPError as error:
            with error:
                reply = Reply(error.code, error.read())
        except (URLError, OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise WrongUseError(f"no answer from {self.url}: {reason}") from None
        if reply.status == 401:
            raise WrongUseError(f"{self.url} wants the admin token: --token, or {TOKEN}")
        return reply


def _opener(host: str) -> OpenerDirector:
    """Proxies are for other machines."""
    return build_opener(ProxyHandler({})) if host in _LOOPBACK else build_opener()
