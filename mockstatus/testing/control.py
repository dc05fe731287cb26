"""Talks to a server's control API, on behalf of one sandbox. Knows HTTP, and no resource.

Only http.client is used, so that nothing which a test replaces in an HTTP library gets between.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from mockstatus.errors import MockStatusError

_LONGEST_S = 660.0
"""Longer than the longest wait that the control API knows."""


class ControlError(MockStatusError):
    """The server refused, or cannot be reached. status: of its answer; None if there was none.

    document: the problem document, or the job that a wait was in vain for.
    """

    def __init__(self, message: str, *, status: int | None = None, document: Any = None) -> None:
        self.status = status
        self.document = document
        super().__init__(message)


class Control:
    """The control API below `url`. Thread-safe; to be closed in the end."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        self._url = url
        self._secure = parts.scheme == "https"
        self._authority = parts.netloc
        self._prefix = parts.path
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._idle: deque[HTTPConnection] = deque()

    def get(self, path: str, **query: Any) -> Any:
        """The document at a path. Arguments that are None are left out. Raises ControlError."""
        given = {key: value for key, value in query.items() if value is not None}
        return self.send("GET", f"{path}?{urlencode(given)}" if given else path)

    def put(self, path: str, body: Any) -> Any:
        """Raises ControlError."""
        return self.send("PUT", path, body)

    def post(self, path: str, body: Any = None) -> Any:
        """Raises ControlError."""
        return self.send("POST", path, body)

    def delete(self, path: str) -> None:
        """Raises ControlError."""
        self.send("DELETE", path)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The document of an answer, or its text. body: a document, or a text as it stands."""
        status, kind, raw = self._exchange(method, path, body)
        text = raw.decode()
        document = json.loads(text) if "json" in kind and text else text
        if 200 <= status < 300:
            return document
        raise ControlError(_told(status, document), status=status, document=document)

    def close(self) -> None:
        """Closes all connections; the next call opens another."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, method: str, path: str, body: Any) -> tuple[int, str, bytes]:
        content = body if isinstance(body, str) or body is None else json.dumps(body)
        headers = dict(self._headers)
        if body is not None and not isinstance(body, str):
            headers["Content-Type"] = "application/json"
        encoded = None if content is None else content.encode()
        while True:
            connection, is_fresh = self._connection()
            try:
                connection.request(method, self._prefix + path, encoded, headers)
                answer = connection.getresponse()
                found = answer.status, answer.headers.get("Content-Type", ""), answer.read()
            except (OSError, HTTPException) as error:
                connection.close()
                if is_fresh:
                    raise ControlError(
                        f"the server at {self._url} does not answer: {error}"
                    ) from error
            except BaseException:
                connection.close()
                raise
            else:
                self._idle.append(connection)
                return found

    def _connection(self) -> tuple[HTTPConnection, bool]:
        """A connection of our own for one exchange, and whether it is new."""
        try:
            return self._idle.pop(), False
        except IndexError:
            kind = HTTPSConnection if self._secure else HTTPConnection
            return kind(self._authority, timeout=_LONGEST_S), True


def _told(status: int, document: object) -> str:
    if isinstance(document, Mapping) and "detail" in document:
        told = [str(document["detail"])]
        told += [f"{one['where']}: {one['what']}" for one in document.get("errors", ())]
        return "; ".join(dict.fromkeys(told))
    return f"the server answered {status}"
