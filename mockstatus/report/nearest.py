"""The route that a request was most likely meant for, where nothing is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from mockstatus.runtime.exchange import UNSERVED

if TYPE_CHECKING:
    from mockstatus.runtime.exchange import Exchange

_ALIKE = 0.5
"""So much of a path has to fit, of 1, and so much of a segment."""

_ANY = 0.6
"""What a segment is worth that stands for a parameter, where the very word is worth 1."""

_SAME_METHOD = 0.05
_SAME_NAME = 0.1
"""Of routes that are about as near: who asks for `submit` means what the operation is called."""

_LONGEST = 60
_DEEPEST = 12
"""Characters of a segment, and segments of a path, that are looked at."""

_MOST = 100


class Route(Protocol):
    """What is served. path: below its service's base, with `{parameters}`."""

    @property
    def name(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...


class Routed(Protocol):
    """A service, as far as its routes go."""

    @property
    def operations(self) -> Sequence[Route]: ...


class Routes:
    """All routes of a server's services."""

    def __init__(self, services: Mapping[str, Routed]) -> None:
        self._routes = [
            (route, f"/{name}{route.path}")
            for name, service in services.items()
            for route in service.operations
        ]

    def nearest(self, method: str, path: str) -> str | None:
        """Such as `GET /vesta/{svc}/status`; None where nothing is like it.

        path: without a sandbox's prefix.
        """
        asked = tuple(segment[:_LONGEST] for segment in path.split("/")[1 : _DEEPEST + 1])
        best, found = _ALIKE, None
        for route, written in self._routes:
            fit = _fit(tuple(written.split("/")[1:]), asked)
            if fit > _ALIKE:
                fit += _SAME_METHOD * (route.method == method) + _SAME_NAME * (route.name in asked)
            if fit > best:
                best, found = fit, f"{route.method} {written}"
        return found


def _fit(route: Sequence[str], asked: Sequence[str]) -> float:
    """How much of two paths fits, of 1; segments may have been forgotten, or be too many."""
    # The best of the ways to lay the segments side by side, one row for each of the route's.
    row = [0.0] * (len(asked) + 1)
    for segment in route:
        above, row = row, [0.0]
        for at, word in enumerate(asked):
            row.append(max(above[at] + _alike(segment, word), above[at + 1], row[at]))
    return row[-1] / max(len(route), len(asked))


@lru_cache(maxsize=4096)
def _alike(segment: str, word: str) -> float:
    if segment.startswith("{"):
        return _ANY if word else 0.0
    alike = SequenceMatcher(None, segment, word, autojunk=False).ratio()
    return alike if alike > _ALIKE else 0.0


def near_misses(
    exchanges: Iterable[Exchange], services: Mapping[str, Routed]
) -> dict[tuple[str, str], str | None]:
    """By method and path of what nothing serves, in the order of their last calls: what is near.

    Of no more than the latest 100, for each takes a while.
    """
    missed = [(one.method, one.path) for one in exchanges if one.operation == UNSERVED]
    latest = list(dict.fromkeys(reversed(missed)))[:_MOST]
    routes = Routes(services) if latest else None
    return {
        (method, path): routes.nearest(method, _below_prefix(path))
        for method, path in reversed(latest)
        if routes is not None
    }


def _below_prefix(path: str) -> str:
    """A path without the prefix of a sandbox."""
    return f"/{path[2:].partition('/')[2]}" if path.startswith("/~") else path
