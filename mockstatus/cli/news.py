"""What is new in an answer, compared with the one before, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from mockstatus.cli.console import printable

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


class News:
    """Reads the answers to one client, in their order."""

    def __init__(self) -> None:
        self._before: Any = None

    def read(self, body: bytes) -> str:
        """`result.current 20, status PROGRESS`: members that were not there, or not the same.

        That an id in the form of a UUID is another one is no news. A body that is no JSON
        document is told as it is.
        """
        document, before = _document(body), self._before
        if document is None:
            return printable(body.decode("utf-8", "replace").strip())
        self._before = document
        known = dict(_leaves(before))
        new = [(place, one) for place, one in _leaves(document) if known.get(place, ...) != one]
        told = (f"{place} {_word(one)}" for place, one in new if not (known and _is_id(one)))
        return ", ".join(map(printable, told)) or "nothing new"


def _document(body: bytes) -> Any:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict | list) else None


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """What has no members of its own, with where it stands."""
    if isinstance(value, dict | list) and value:
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _leaves(member, f"{place}.{key}" if place else str(key))
    elif place:
        yield place, value


def _word(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None
