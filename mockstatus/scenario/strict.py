"""What every model of a scenario file shares: strictness, optional keys, errors with a place.

A service's models build on `Strict`, write `Maybe[T]` for a key that may be left out and
`Many[T]` for a list, and raise `ScriptError` for what only they can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema
from pydantic_core.core_schema import ErrorType

from mockstatus.scenario.wording import shown, unknown

T = TypeVar("T")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """One thing wrong. at: keys and positions that lead there; is_on_key: the key itself is it."""

    message: str
    at: Place = ()
    is_on_key: bool = False


class ScriptError(ValueError):
    """What a model's own validator finds wrong, with the place within that model.

    raise ScriptError("SUCCESS is an end, nothing follows it", at=("phases", 3, "state"))
    raise ScriptError.of([Located("...", at=("phases", 1)), Located("...", at=("phases", 4))])
    """

    def __init__(self, message: str, *, at: Place = (), is_on_key: bool = False) -> None:
        super().__init__(message)
        self.problems: tuple[Located, ...] = (Located(message, at, is_on_key),)

    @classmethod
    def of(cls, problems: Iterable[Located]) -> ScriptError:
        """One error for several problems (at least one)."""
        found = tuple(problems)
        error = cls("; ".join(problem.message for problem in found))
        error.problems = found
        return error

    @property
    def at(self) -> Place:
        """The place of the first problem."""
        return self.problems[0].at


class _NeverNull:
    """Keeps the None of an optional key out of what may be written.

    A key with nothing behind it is a slip more often than a wish.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        nullable: Any = handler(source)  # T | None
        return core_schema.no_info_before_validator_function(
            _refuse_null,
            nullable["schema"],
            serialization=core_schema.wrap_serializer_function_ser_schema(_none_or_written),
        )


def _none_or_written(value: object, write: SerializerFunctionWrapHandler) -> object:
    return None if value is None else write(value)


def _refuse_null(value: object) -> object:
    if value is None:
        raise ValueError("null is not allowed here, leave the key out instead")
    return value


# A key that may be left out: its default is None, which nobody can write.
Maybe = Annotated[T | None, _NeverNull()]

# A list of any length, kept as a tuple; strict models would otherwise only take tuples.
Many = Annotated[tuple[T, ...], Field(strict=False)]


_MOST_HINTS = 100
_BUILT_IN = frozenset(get_args(ErrorType))


def _tell_the_known_keys(
    model: type[BaseModel], value: object, handler: ValidatorFunctionWrapHandler
) -> object:
    try:
        return handler(value)
    except ValidationError as error:
        raise _with_known_keys(error, model) from None


def _with_known_keys(error: ValidationError, model: type[BaseModel]) -> ValidationError:
    known = [info.alias or name for name, info in model.model_fields.items()]
    details: list[InitErrorDetails] = []
    for found in error.errors(include_url=False):
        kind: str | PydanticCustomError = found["type"]
        context = found.get("ctx", {})
        if kind == "extra_forbidden" and len(found["loc"]) == 1:
            key = found["loc"][0]
            # Looking for what was meant takes time, and nobody reads the hundredth hint.
            is_worth_it = len(details) < _MOST_HINTS
            message = unknown("key", key, known) if is_worth_it else f"unknown key {shown(key)}"
            kind = PydanticCustomError("unknown_key", "{message}", {"message": message})
        elif kind not in _BUILT_IN:
            kind = PydanticCustomError(found["type"], "{message}", {"message": found["msg"]})
        details.append(
            InitErrorDetails(type=kind, loc=found["loc"], input=found["input"], ctx=context)
        )
    return ValidationError.from_exception_data(error.title, details)


class Strict(BaseModel):
    """Takes no unknown key, no text for a number, no number for a boolean; cannot be changed.

    An optional key needs a default; `Maybe[...]` has None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        # Within the model's schema, not around it, so that an error in a union still names the
        # model that it comes from.
        schema = handler(source)
        own: Any = handler.resolve_ref_schema(schema)
        while own["type"] != "model":
            own = own["schema"]
        if own["schema"].get("metadata", {}).get("tells_known_keys") is None:
            own["schema"] = core_schema.no_info_wrap_validator_function(
                partial(_tell_the_known_keys, source),
                own["schema"],
                metadata={"tells_known_keys": True},
            )
        return schema

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What pydantic would leave loose: null as a default, keys that fit no pattern."""
        schema = handler(core_schema)
        own = handler.resolve_ref_schema(schema)
        for key in own.get("properties", {}).values():
            if key.get("default", ...) is None:
                del key["default"]
            if "patternProperties" in key:
                key["additionalProperties"] = False
        return schema


class Checked(Strict):
    """A model that compares its keys: it says what is wrong in `problems`, all in one go."""

    def problems(self) -> Iterator[Located]:
        """What is wrong though each key is right by itself. A model adds to those of its base."""
        yield from ()

    @model_validator(mode="after")
    def _nothing_is_wrong(self) -> Self:
        found = tuple(self.problems())
        if found:
            raise ScriptError.of(found)
        return self


@dataclass(frozen=True, slots=True)
class Likely:
    """The context of a validation: the story must be likely, so that `Seen` words are checked.

    Without it they are left to whoever compares the phases, and knows how likely the story is.
    """


@dataclass(frozen=True, slots=True)
class Seen:
    """Metadata of a word that clients of the real service see: `Annotated[str, Seen(...)]`.

    Told beside whatever else is wrong in the file. what: comes before the word. known: all there
    are.
    """

    what: str
    known: tuple[str | int, ...]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._checked, handler(source))

    def _checked(self, value: T, info: ValidationInfo[Any]) -> T:
        if isinstance(info.context, Likely) and value not in self.known:
            raise ValueError(unknown(self.what, value, self.known))
        return value


@dataclass(frozen=True, slots=True)
class TextLike:
    """Metadata of a text that is wholly of this pattern: `Annotated[str, TextLike(...)]`.

    pattern: without anchors, read alike by Python and JavaScript. what: completes "is not ...".
    """

    pattern: str
    what: str
    example: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # `$` alone would let Python accept a newline at the end, which JavaScript does not.
        pattern = rf"^(?:{self.pattern})$(?!\n)"
        return handler(schema) | {"pattern": pattern, "examples": [self.example]}

    def _checked(self, value: str) -> str:
        if re.fullmatch(self.pattern, value) is None:
            raise ValueError(
                f"{shown(value)} is not {self.what}, expected one such as {self.example}"
            )
        return value
