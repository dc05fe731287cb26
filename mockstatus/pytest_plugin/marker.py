"""What `@pytest.mark.mockstatus(…)` may say, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

from mockstatus.errors import MockStatusError

if TYPE_CHECKING:
    from mockstatus.testing.handle import Mock

NAME = "mockstatus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a test wants its sandbox. strict: manners that fail it, all of a client's if empty."""

    clock: str = "real"
    scenarios: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    strict: tuple[str, ...] | None = None
    block_network: bool = False

    @classmethod
    def of(cls, node: pytest.Item, *, default_clock: str = "real") -> Wishes:
        """Those of a test's markers; the closest one of a key wins."""
        given: dict[str, Any] = {}
        for mark in node.iter_markers(NAME):
            given = {**mark.kwargs, **given}
        strict = given.get("strict", False)
        return cls(
            clock=given.get("clock") or default_clock,
            scenarios=_listed(given.get("scenario")),
            options=given.get("options") or {},
            block_network=given.get("block_network", False),
            strict=None if strict is False else () if strict is True else _listed(strict),
        )


def refuse_wrong_arguments(items: Iterable[pytest.Item]) -> None:
    """Raises a collection error that says what is allowed."""
    for item in items:
        for mark in item.iter_markers(NAME):
            problems = list(_problems(mark))
            if problems:
                told = "; ".join(problems)
                raise pytest.Collector.CollectError(
                    f"@pytest.mark.mockstatus of {item.name}: {told}"
                )


def refuse_bad_manners(item: pytest.Item, mock: Mock) -> None:
    """Fails a strict test whose client showed one of its manners."""
    strict = Wishes.of(item).strict
    if strict is None:
        return
    found = mock.report.of(strict or None)
    if found:
        told = "\n".join(f"  {one['name']}: {one['text']}" for one in found)
        pytest.fail(f"the client had no manners:\n{told}", pytrace=False)


def _problems(mark: pytest.Mark) -> Iterable[str]:
    if mark.args:
        yield f"takes no positional arguments, expected {_EXPECTED}"
    for key, value in mark.kwargs.items():
        if key not in _CHECKS:
            near = get_close_matches(key, _CHECKS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"there is no argument {key!r}, expected {_EXPECTED}{hint}"
        else:
            wrong = _CHECKS[key](value)
            if wrong is not None:
                yield f"{key}={value!r}: {wrong}"


def _scenario(value: object) -> str | None:
    names = [value] if isinstance(value, str) else value
    if value is None or (
        isinstance(names, list | tuple)
        and all(isinstance(name, str) and ("/" in name or "\n" in name) for name in names)
    ):
        return None
    return "expected SERVICE/NAME such as 'vesta/failure', or a list of them"


def _clock(value: object) -> str | None:
    if value is None or value == "virtual":
        return None
    from mockstatus.runtime.clock import ClockMode

    try:
        ClockMode.parse(str(value))
    except MockStatusError as error:
        return f"{error}, or 'virtual'"
    return None


def _options(value: object) -> str | None:
    if value is None or (
        isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in value.values())
    ):
        return None
    return "expected options by service, such as {'vesta': {'profile': 'code'}}"


def _strict(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    from mockstatus.report.manners import NAMES

    if isinstance(value, str | list | tuple) and set(_listed(value)) <= set(NAMES):
        return None
    return f"expected True, False, or some of {', '.join(NAMES)}"


def _block_network(value: object) -> str | None:
    return None if isinstance(value, bool) else "expected True or False"


_CHECKS: dict[str, Callable[[object], str | None]] = {
    "scenario": _scenario,
    "clock": _clock,
    "options": _options,
    "strict": _strict,
    "block_network": _block_network,
}
_EXPECTED = ", ".join(_CHECKS)


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
