"""Values to JSON and back: what snapshots are made of.

Plain data stay as they are; whatever JSON lacks is an object with one key that begins with `~`.
Objects keep their identity: the second time, one is a reference to the first, so that what is
shared stays shared. Only classes of the packages that are named can be made anew, by their fields:
nothing that a snapshot says is ever run.
"""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode, b64encode
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from mockstatus.errors import BadRequestError

Json = Any
References = Callable[[object], "dict[str, Json] | None"]

_CONTAINERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "~tuple": tuple,
    "~set": set,
    "~frozenset": frozenset,
}
_TEXTS: Mapping[str, Callable[[str], Any]] = {
    "~bytes": lambda text: b64decode(text, validate=True),
    "~decimal": Decimal,
    "~int": int,
}


class Encoder:
    """Makes JSON of values. outside: how values that are found elsewhere are referred to."""

    def __init__(self, packages: Iterable[str], outside: References) -> None:
        self._packages = tuple(packages)
        self._outside = outside
        # With the object itself: one that is gone leaves its identity to the next.
        self._numbers: dict[int, tuple[int, object]] = {}

    def encode(self, value: object) -> Json:
        """The value as JSON. Raises BadRequestError where it holds what cannot be told."""
        if value is None or _is_plain(value):
            return value
        referred = self._outside(value)
        if referred is not None:
            return referred
        return self._container(value)

    def _container(self, value: object) -> Json:
        match value:
            case int() if type(value) is int:
                return {"~int": str(value)}
            case bytes():
                return {"~bytes": b64encode(value).decode()}
            case Decimal():
                return {"~decimal": str(value)}
            case array():
                return {"~array": [value.typecode, value.tolist()]}
            case list():
                return [self.encode(one) for one in value]
            case tuple():
                return {"~tuple": [self.encode(one) for one in value]}
            case set() | frozenset():
                # In one order, whatever the set's own: the same state is the same document.
                parts = sorted((self.encode(one) for one in value), key=repr)
                return {f"~{type(value).__name__}": parts}
            case deque():
                return {"~deque": [value.maxlen, [self.encode(one) for one in value]]}
            case Mapping():
                return self._mapping(value)
            case _:
                return self._object(value)

    def _mapping(self, value: Mapping[Any, Any]) -> Json:
        kind = type(value).__name__ if isinstance(value, Counter | OrderedDict) else "dict"
        plain = all(type(key) is str and not key.startswith("~") for key in value)
        if kind == "dict" and plain:
            return {key: self.encode(one) for key, one in value.items()}
        pairs = [[self.encode(key), self.encode(one)] for key, one in value.items()]
        return {f"~{kind.lower()}": pairs}

    def _object(self, value: object) -> Json:
        kind = type(value)
        name = f"{kind.__module__}:{kind.__qualname__}"
        if not _is_within(kind.__module__, self._packages):
            raise BadRequestError(f"a snapshot cannot hold a {name}")
        if isinstance(value, Enum):
            return {"~enum": [name, value.value]}
        known = self._numbers.get(id(value))
        if known is not None:
            return {"~ref": known[0]}
        self._numbers[id(value)] = len(self._numbers), value
        return {"~": name, **{key: self.encode(one) for key, one in _state(value).items()}}


class Decoder:
    """Makes values of JSON. outside: what a reference to elsewhere leads to, by its key."""

    def __init__(
        self, packages: Iterable[str], outside: Mapping[str, Callable[[Any], object]]
    ) -> None:
        self._packages = tuple(packages)
        self._outside = outside
        self._made: list[object] = []

    @property
    def made(self) -> Sequence[object]:
        """All objects that it made so far, in order; None for those still in the making."""
        return self._made

    def decode(self, value: Json) -> Any:
        """The value again. Raises BadRequestError where it cannot have been encoded."""
        if isinstance(value, list):
            return [self.decode(one) for one in value]
        if not isinstance(value, dict):
            return value
        key = next(iter(value), "")
        if not key.startswith("~"):
            return {name: self.decode(one) for name, one in value.items()}
        try:
            return self._special(key, value)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            raise BadRequestError(f"{key} cannot be read: {error}", where="body.frozen") from None

    def _special(self, key: str, value: dict[str, Json]) -> Any:
        if key == "~":
            return self._object(value)
        (inner,) = value.values()
        if key in self._outside:
            return self._outside[key](inner)
        if key in _TEXTS:
            return _TEXTS[key](inner)
        if key in _CONTAINERS:
            return _CONTAINERS[key](self.decode(_list(inner)))
        match key:
            case "~ref":
                return self._made[inner] if inner >= 0 else None
            case "~array":
                return array(inner[0], inner[1])
            case "~deque":
                return deque(self.decode(inner[1]), maxlen=inner[0])
            case "~enum":
                return self._class(inner[0], Enum)(inner[1])
            case _:
                return self._pairs(key, _list(inner))

    def _pairs(self, key: str, pairs: list[Any]) -> Any:
        kinds: dict[str, Callable[..., Any]] = {
            "~dict": dict,
            "~ordereddict": OrderedDict,
            "~counter": Counter,
        }
        return kinds[key]({self.decode(name): self.decode(one) for name, one in pairs})

    def _object(self, value: dict[str, Json]) -> object:
        kind: Any = self._class(value["~"], object)
        place = len(self._made)
        self._made.append(None)
        if hasattr(kind, "__dataclass_fields__"):
            given = {name: self.decode(one) for name, one in value.items() if name != "~"}
            refuse_wrong(kind, given)
            self._made[place] = made = kind(**given)
            return made
        # Before its parts: they may lead back to it.
        self._made[place] = made = kind.__new__(kind)
        for name, one in value.items():
            if name != "~":
                setattr(made, name, self.decode(one))
        return made

    def _class(self, name: str, base: type) -> Any:
        module, _, qualified = name.partition(":")
        if not _is_within(module, self._packages) or module not in sys.modules:
            raise ValueError(f"{name} is no class that a snapshot may hold")
        found: Any = sys.modules[module]
        for part in qualified.split("."):
            found = getattr(found, part)
        if not isinstance(found, type) or not issubclass(found, base):
            raise ValueError(f"{name} is no class that a snapshot may hold")
        if found.__module__ != module or issubclass(found, BaseException):
            raise ValueError(f"{name} is no class that a snapshot may hold")
        return found


def _is_plain(value: object) -> bool:
    """Whether JSON can tell it: an enum's member is more than its text.

    Whole numbers beyond 64 bits are left to others by most who read and write JSON.
    """
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return type(value) in {bool, float, str}


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    return value


def _is_within(module: str, packages: Iterable[str]) -> bool:
    return any(module == one or module.startswith(f"{one}.") for one in packages)


def _state(value: object) -> dict[str, Any]:
    """What an object is made of: the fields of a dataclass, else its attributes."""
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value) if one.init}
    found = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


@lru_cache(maxsize=512)
def _adapters(kind: type) -> Mapping[str, TypeAdapter[Any]]:
    """What checks each field of a dataclass; none where its types are not known at run time."""
    strict = ConfigDict(strict=True, arbitrary_types_allowed=True)
    try:
        hints = get_type_hints(kind)
        return {
            one.name: TypeAdapter(
                hints[one.name], config=None if _has_config(hints[one.name]) else strict
            )
            for one in fields(kind)
            if one.init
        }
    except (NameError, PydanticUserError):
        return {}


def _has_config(hint: Any) -> bool:
    """Whether a type brings its own configuration, which must not be overridden."""
    return is_dataclass(hint)


def refuse_wrong(kind: type, given: Mapping[str, Any]) -> None:
    """Raise ValueError where a field has a value of another type than it is declared with."""
    for name, adapter in _adapters(kind).items():
        if name in given:
            try:
                adapter.validate_python(given[name], strict=True)
            except ValidationError as error:
                what = error.errors()[0]["msg"]
                raise ValueError(f"{kind.__name__}.{name}: {what}") from None
