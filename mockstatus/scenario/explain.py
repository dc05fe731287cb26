"""From pydantic's errors to sentences for whoever wrote the file, each with its place.

Pydantic reports every branch of a union that does not fit; here one branch speaks, the one that
was most likely meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from mockstatus.scenario.durations import DurationError
from mockstatus.scenario.strict import Located, Place, ScriptError
from mockstatus.scenario.wording import did_you_mean, shown, unknown

# What pydantic calls a value of the wrong kind, and what it expected instead.
_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number from -2**63 to 2**63-1",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
}

_BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "string_too_short": "at least {min_length} character(s)",
    "string_too_long": "at most {max_length} character(s)",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "string_pattern_mismatch": "text like {pattern}",
}


def explain(errors: Iterable[ErrorDetails], value: object) -> list[Located]:
    """What these errors say about this value, as a person would put it.

    errors: of `ValidationError.errors()`. value: what was validated, made of dicts and lists.
    """
    details = _without_echoes(list(errors))
    return list(_told([_Error.of(one["loc"], one, value) for one in details], value))


def _without_echoes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """All but those that only follow from another.

    A missing key that an unknown one was taken for; a list that is too short because its wrong
    items were not counted.
    """
    misspelt = {
        (*one["loc"][:-1], hint[1])
        for one in errors
        if one["type"] == "unknown_key" and (hint := _HINT.search(one["msg"]))
    }
    around = {one["loc"][:length] for one in errors for length in range(len(one["loc"]))}
    return [
        one
        for one in errors
        if not (one["type"] == "missing" and one["loc"] in misspelt)
        and not (one["type"] == "too_short" and one["loc"] in around)
    ]


_HINT = re.compile(r"did you mean '(.*)'\?$")


@dataclass(frozen=True, slots=True)
class _Error:
    """One of pydantic's errors, its location split up.

    at: the part that the value has. branch: the branch of a union, if one comes next.
    rest: what is left behind that.
    """

    details: ErrorDetails
    at: Place
    branch: str | None = None
    rest: Place = ()

    @staticmethod
    def of(loc: Place, details: ErrorDetails, value: object) -> _Error:
        here: Any = value
        for index, step in enumerate(loc):
            at, rest = loc[:index], loc[index + 1 :]
            is_there = (
                step in here
                if isinstance(here, dict)
                else isinstance(here, list) and isinstance(step, int) and step < len(here)
            )
            if is_there:
                here = here[step]
            elif not rest and (details["type"] == "missing" or step == "[key]"):
                return _Error(details, at, None, (step,))
            else:
                return _Error(details, at, str(step), rest)
        return _Error(details, loc)

    @property
    def is_another_kind(self) -> bool:
        """True if the branch wants another kind of value altogether."""
        kind = self.details["type"]
        if self.rest:
            return False
        if kind == "value_error":
            # What a mapping's own model says about it is no reason to look elsewhere.
            is_mapping = isinstance(self.details["input"], dict)
            return not is_mapping or isinstance(_cause(self.details), DurationError)
        return kind in _KINDS or kind == "literal_error"


def _told(errors: Sequence[_Error], value: object) -> Iterator[Located]:
    unions: dict[Place, dict[str, list[_Error]]] = {}
    for error in errors:
        if error.branch is None:
            yield from _sentences(error)
        else:
            unions.setdefault(error.at, {}).setdefault(error.branch, []).append(error)
    for at, branches in unions.items():
        meant = _meant(list(branches.values()))
        if meant is None:
            everyone = [error.details for branch in branches.values() for error in branch]
            yield Located(_none_fits(at, everyone), at)
        else:
            inner = [_Error.of((*at, *error.rest), error.details, value) for error in meant]
            yield from _told(inner, value)


def _meant(branches: list[list[_Error]]) -> list[_Error] | None:
    """The branch for this kind of value that has the least to complain about, if there is one."""
    if len(branches) == 1:
        return branches[0]
    fitting = [errors for errors in branches if not any(error.is_another_kind for error in errors)]

    def complaints(errors: list[_Error]) -> tuple[bool, int]:
        has_hint = any("did you mean" in error.details["msg"] for error in errors)
        return not has_hint, len(errors)

    return min(fitting, key=complaints, default=None)


def _none_fits(at: Place, details: list[ErrorDetails]) -> str:
    """What was found, and all that may stand there."""
    found = details[0]["input"]
    words = [word for one in details for word in _allowed(one)]
    names = [word.strip("'") for word in words]
    kinds = [_KINDS[one["type"]] for one in details if one["type"] in _KINDS]
    expected = " or ".join(dict.fromkeys([*words, *kinds]))
    is_text = isinstance(found, str)
    hint = did_you_mean(found, names) if is_text else ""
    told = next((str(_cause(one)) for one in details if one["type"] == "value_error"), None)
    if told is None:
        return f"{_name(at)} is {shown(found)}, expected {expected}{hint}"
    return f"{told}, or {expected}{hint}" if expected else told


def _sentences(error: _Error) -> Iterator[Located]:
    cause, kind = _cause(error.details), error.details["type"]
    if isinstance(cause, ScriptError):
        for problem in cause.problems:
            yield Located(problem.message, error.at + problem.at, problem.is_on_key)
    elif kind == "missing":
        yield Located(f"missing key {error.rest[-1]!r}", error.at)
    else:
        is_on_key = kind == "unknown_key" or error.rest == ("[key]",)
        yield Located(_sentence(error), error.at, is_on_key)


def _sentence(error: _Error) -> str:
    details, kind = error.details, error.details["type"]
    found, context = details["input"], details.get("ctx", {})
    if kind == "value_error":
        return str(_cause(details))
    if kind == "literal_error" and not isinstance(found, dict | list):
        what = error.at[-1] if error.at and isinstance(error.at[-1], str) else "value"
        if error.rest == ("[key]",):
            what = "key"
        return unknown(what, found, [word.strip("'") for word in _allowed(details)])
    if kind in _KINDS:
        expected = _KINDS["int_parsing_size" if _is_beyond_64_bits(details) else kind]
    elif kind in _BOUNDS:
        expected = _BOUNDS[kind].format(**context)
    elif kind == "literal_error":
        expected = f"one of {', '.join(_allowed(details))}"
    else:
        return details["msg"]
    has_length = kind in {"too_short", "too_long"} and isinstance(found, dict | list)
    is_what = f"has {len(found)} item(s)" if has_length else f"is {shown(found)}"
    name = f"the key {shown(error.at[-1])}" if error.rest == ("[key]",) else _name(error.at)
    return f"{name} {is_what}, expected {expected}"


def _is_beyond_64_bits(details: ErrorDetails) -> bool:
    """Whether it is about a whole number so large that JSON was read as a float."""
    found = details["input"]
    return (
        details["type"] in {"int_type", "int_from_float"}
        and isinstance(found, float)
        and abs(found) >= 2**63
    )


def _cause(details: ErrorDetails) -> object:
    return details.get("ctx", {}).get("error")


def _allowed(details: ErrorDetails) -> list[str]:
    """The values that a Literal allows; pydantic tells them as `'a', 'b' or 3`."""
    if details["type"] != "literal_error":
        return []
    return re.findall(r"'[^']*'|-?[0-9]+", details.get("ctx", {})["expected"])


def _name(at: Place) -> str:
    """`polls`, `item 2 of omit`."""
    if not at:
        return "this"
    if isinstance(at[-1], str):
        return at[-1]
    return f"item {at[-1] + 1} of {_name(at[:-1])}"
