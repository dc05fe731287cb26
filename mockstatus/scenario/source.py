"""Safe, bounded YAML that remembers where each key and value stands.

PyYAML's parser delivers events; what they mean is decided here, by the core schema of YAML 1.2
(`no` and `1:30` are text, `010` is ten), for PyYAML itself follows YAML 1.1. JSON is read as the
YAML that it is. Whatever the bytes, the only error is ScenarioError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from mockstatus.errors import Problem, ScenarioError
from mockstatus.scenario.scalars import resolve
from mockstatus.scenario.strict import Place
from mockstatus.scenario.wording import shown

MOST_BYTES = 256 * 1024
MOST_DEPTH = 64
MOST_PROBLEMS = 100

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A file's plain value, and the (line, column) of its keys and values, from 1.

    problems: what is wrong with the YAML, though not so wrong that the rest cannot be checked.
    """

    path: str
    text: str
    value: Any
    values: dict[Place, Position]
    keys: dict[Place, Position]
    problems: tuple[Problem, ...] = ()

    def position(self, at: Place, *, is_on_key: bool = False) -> Position:
        """Where this place is, or the nearest one around it that the file has."""
        if is_on_key and at in self.keys:
            return self.keys[at]
        while at not in self.values and at:
            at = at[:-1]
        return self.values.get(at, (1, 1))

    def problem(self, message: str, at: Place = (), *, is_on_key: bool = False) -> Problem:
        """This message as a problem of the file."""
        line, column = self.position(at, is_on_key=is_on_key)
        return Problem(self.path, line, column, message)


def read_source(content: str | bytes, *, path: str) -> Source:
    """The one document in this content. Raises ScenarioError if it cannot be read to its end."""
    text = _one_way_to_write_emoji(_decoded(content, path))
    # Without libyaml (PyYAML built from source) the same events come slower, and a JSON text that
    # is indented by tabs is refused.
    reader = _Reader(path)
    try:
        try:
            reader.read_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            # libyaml looks ahead, and has a depth of its own to give up at, before we see ours.
            if "nesting depth" not in str(error.problem):
                raise
            reader = _Reader(path)
            reader.read_all(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problems = in_order([*reader.problems, _syntax_problem(error, text, path)])
        raise ScenarioError(problems) from None
    except yaml.YAMLError as error:
        found = Problem(path, 1, 1, f"not readable as YAML: {error}")
        raise ScenarioError(in_order([*reader.problems, found])) from None
    except _TooMuchError:
        raise ScenarioError(in_order(reader.problems)) from None
    if reader.documents == 0:
        raise ScenarioError([Problem(path, 1, 1, "the file is empty, expected a scenario")])
    return Source(
        path, text, reader.root, reader.values, reader.keys, problems=tuple(reader.problems)
    )


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each once, in the order of the file, and no more than anyone reads."""
    ordered = sorted(set(problems))
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    last, more = ordered[MOST_PROBLEMS - 1], len(ordered) - MOST_PROBLEMS
    rest = Problem(last.path, last.line, last.column, f"and {more} more problems from here on")
    return [*ordered[:MOST_PROBLEMS], rest]


# What YAML does not allow, and the line ends that only YAML 1.1 and libyaml take for some. A class
# that names all the others is compiled character by character: 6 ms of each start.
_STRANGE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)


def _decoded(content: str | bytes, path: str) -> str:
    def refuse(before: str, message: str) -> ScenarioError:
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return ScenarioError([Problem(path, len(lines), len(lines[-1]) + 1, message)])

    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise refuse("", f"the file has {size} bytes, expected at most {MOST_BYTES}")
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x} is not UTF-8, expected a file in UTF-8"
        raise refuse(error.object[: error.start].decode("utf-8"), found) from None
    text = text.removeprefix("\ufeff")
    if strange := _STRANGE.search(text):
        found = f"the character U+{ord(strange[0]):04X} cannot stand here, expected an escape"
        raise refuse(text[: strange.start()], f'{found} such as "\\u{ord(strange[0]):04x}"')
    return text


_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)")


def _one_way_to_write_emoji(text: str) -> str:
    """JSON may write U+1F600 as two escapes, which YAML does not know."""
    if _SURROGATES.search(text) is None:
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _SURROGATES.sub(lambda found: found[1] + json.loads(f'"{found[2]}"'), text)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, path: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    if mark is None:
        return Problem(path, 1, 1, f"not valid YAML: {said}")
    if text[mark.index : mark.index + 1] == "\t":
        said = "a tab cannot indent, expected spaces"
    return Problem(path, mark.line + 1, mark.column + 1, f"not valid YAML: {said}")


class _TooMuchError(Exception):
    """The rest of the file is not worth reading."""


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read. at: None where it will be dropped."""

    value: dict[str, Any] | list[Any]
    at: Place | None
    is_key: bool = False
    has_key: bool = False
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)


class _Reader:
    """Builds the value from events, without recursion, and gathers what is wrong."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Any = None
        self.documents = 0
        self.values: dict[Place, Position] = {}
        self.keys: dict[Place, Position] = {}
        self.problems: list[Problem] = []
        self._open: list[_Open] = []

    def read_all(self, text: str, loader: Any) -> None:
        for event in yaml.parse(text, Loader=loader):
            self.read(event)

    def read(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._refuse_extras(event)
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._refuse_extras(event)
                self._start({}, event)
            case yaml.SequenceStartEvent():
                self._refuse_extras(event)
                self._start([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                if self._open.pop().is_key:
                    self._take_key(None)
            case yaml.AliasEvent():
                self._complain(event, "aliases are not allowed, write the value again")
                self._put(None, event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._complain(event, "a second document begins, expected one a file")
                    raise _TooMuchError

    def _complain(self, event: yaml.Event, message: str) -> None:
        line, column = _position(event)
        self.problems.append(Problem(self.path, line, column, message))

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._complain(event, "anchors are not allowed, expected plain YAML")
        if event.tag is not None:
            self._complain(event, f"tags such as {event.tag[:60]} are not allowed")

    def _place(self) -> Place | None:
        """Where the next value goes; None where it will be dropped."""
        if not self._open:
            return ()
        around = self._open[-1]
        if around.at is None:
            return None
        if isinstance(around.value, list):
            return (*around.at, len(around.value))
        return None if around.key is None else (*around.at, around.key)

    def _wants_key(self) -> bool:
        return (
            bool(self._open)
            and isinstance(self._open[-1].value, dict)
            and not self._open[-1].has_key
        )

    def _start(self, value: dict[str, Any] | list[Any], event: yaml.Event) -> None:
        if len(self._open) == MOST_DEPTH:
            self._complain(event, f"nested deeper than {MOST_DEPTH} levels")
            raise _TooMuchError
        if self._wants_key():
            self._complain(event, f"{shown(value)} cannot be a key, expected text")
            self._open.append(_Open(value, at=None, is_key=True))
            return
        at = self._place()
        self._put(value, event)
        self._open.append(_Open(value, at))

    def _put(self, value: Any, event: yaml.Event) -> None:
        if self._wants_key():
            self._take_key(None)
            return
        at = self._place()
        if at is not None:
            self.values[at] = _position(event)
        if not self._open:
            self.root = value
            return
        around = self._open[-1]
        if isinstance(around.value, list):
            around.value.append(value)
            return
        if around.key is not None:
            around.value[around.key] = value
        around.has_key = False

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        value: object = event.value
        if event.implicit[0] and not event.style:
            try:
                value = resolve(event.value)
            except ValueError as error:
                self._complain(event, str(error))
        if self._wants_key():
            self._take_key(self._key(value, event), event)
        else:
            self._put(value, event)

    def _key(self, value: object, event: yaml.ScalarEvent) -> str | None:
        """The key as text; None where it cannot be one."""
        match value:
            case bool() | float() | None:
                self._complain(event, f"{shown(value)} cannot be a key, expected text (quote it)")
                return None
            case "<<" if not event.style:
                self._complain(event, "merge keys are not allowed, write the keys themselves")
                return None
        # Choice: whole numbers may be keys and mean their text; positions are written so.
        return str(value)

    def _take_key(self, key: str | None, event: yaml.Event | None = None) -> None:
        around = self._open[-1]
        around.has_key, around.key = True, key
        if key is None or event is None:
            return
        line, column = _position(event)
        if key in around.lines:
            self._complain(event, f"duplicate key {shown(key)}, first in line {around.lines[key]}")
            around.key = None
            return
        around.lines[key] = line
        if around.at is not None:
            self.keys[*around.at, key] = (line, column)


def _position(event: yaml.Event) -> Position:
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1
