"""How a mistake is told: what was found, what was expected, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

_MOST_NAMED = 40


def shown(value: object) -> str:
    """The value as a person would recognise it in the file, never long."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return repr(value if len(value) <= 60 else f"{value[:57]}...")
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case int() if value.bit_length() > 200:
            return "a very large number"
        case _:
            return str(value)


def unknown(
    what: str,
    found: object,
    known: Iterable[object],
    *,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """`unknown state 'RUNING', expected one of QUEUED, RUNNING; did you mean 'RUNNING'?`

    aliases: what is not written here, but elsewhere, for one of the known names.
    """
    names = [str(name) for name in known]
    listed = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    expected = f"expected one of {listed}" if len(names) > 1 else f"expected {listed or 'none'}"
    alias = aliases.get(str(found))
    hint = f"; did you mean {alias!r}?" if alias else did_you_mean(found, names)
    return f"unknown {what} {shown(found)}, {expected}{hint}"


def did_you_mean(found: object, known: Iterable[str]) -> str:
    """`; did you mean 'RUNNING'?`, or nothing where no name looks like it."""
    near = nearest(str(found), known)
    return f"; did you mean {near[0]!r}?" if near else ""


def nearest(found: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """The known names that look like `found`, whatever their case; the best first."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(found[:200].casefold(), by_folded, n=most, cutoff=0.6)
    return [by_folded[name] for name in near]
