"""Finds the operation for a method and a path, in time that does not depend on how many there are.

Paths are split at slashes and followed through a tree of dictionaries; a literal segment goes
before a parameter. Where a path led is remembered: clients ask the same few over and over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote

from mockstatus.web.operation import Operation

_REMEMBERED = 512
"""Paths that are remembered; of at most so many characters, so that the memory is bounded."""


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """An operation, and the path's parameters, decoded."""

    operation: Operation
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing is served here; methods: those that are, at this path."""

    methods: tuple[str, ...] = ()


class Router:
    """Operations by method and path. GET answers HEAD too. Raises ValueError on a duplicate."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        self._known: dict[tuple[str, str], Found] = {}
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node, names = self._root, []
        for segment in operation.path.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literal.setdefault(segment, _Node())
        if operation.method in node.operations:
            raise ValueError(f"{operation.method} {operation.path} is declared twice")
        node.operations[operation.method] = (operation, tuple(names))

    def find(self, method: str, path: str) -> Found | NotFound:
        """What serves `method` at `path`, which is below the service's base and still encoded."""
        known = self._known.get((method, path))
        if known is not None:
            return known
        found = self._find(method, path)
        if isinstance(found, Found) and len(path) <= _REMEMBERED:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[method, path] = found
        return found

    def _find(self, method: str, path: str) -> Found | NotFound:
        values: list[str] = []
        node = _follow(self._root, path.split("/")[1:], 0, values)
        if node is None:
            return NotFound()
        served = node.operations.get(method)
        if served is None and method == "HEAD":
            served = node.operations.get("GET")
        if served is None:
            return NotFound(tuple(sorted(node.operations)))
        operation, names = served
        return Found(operation, MappingProxyType(dict(zip(names, values, strict=True))))


def _follow(node: _Node, segments: list[str], at: int, values: list[str]) -> _Node | None:
    if at == len(segments):
        return node if node.operations else None
    segment = segments[at]
    literal = node.literal.get(segment)
    if literal is not None:
        found = _follow(literal, segments, at + 1, values)
        if found is not None:
            return found
    if node.parameter is None or not segment:
        return None
    values.append(unquote(segment))
    found = _follow(node.parameter, segments, at + 1, values)
    if found is None:
        values.pop()
    return found
