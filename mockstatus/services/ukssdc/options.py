"""The knobs of the service in a sandbox."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.schema import Many, ScriptError, Strict

API_VERSION = 1.12
"""A choice: a number, as in all samples, of the version that the client 4.0.5 speaks."""

Pattern = Annotated[str, Field(min_length=1, max_length=200)]


class Span(Strict):
    """Both ends are allowed."""

    min: float = Field(description="The least value.")
    max: float = Field(description="The greatest value.")

    @model_validator(mode="after")
    def _it_has_a_value(self) -> Self:
        if not self.min <= self.max:
            raise ScriptError("the least value is above the greatest", at=("min",))
        return self


class UkssdcOptions(Strict):
    """How the service behaves in a sandbox."""

    max_active_jobs: int = Field(
        default=50,
        ge=0,
        le=1_000_000,
        description="How many jobs of one address may be active; a further one is refused. The"
        " real number is not published.",
    )
    registered: Annotated[Many[Pattern], Field(max_length=1000)] = Field(
        default=("!unregistered*@*", "*"),
        description="Shell patterns over the address; the first that fits decides, a leading !"
        " says that it is not registered. An address that none fits is not.",
    )
    poserr: Span = Field(
        default=Span(min=1, max=6),
        description="The position errors that are allowed, in arcminutes (documented: 1 to 6).",
    )
    energies: Span = Field(
        default=Span(min=0.3, max=10),
        description="The energies that are allowed, in keV; the default bands' ends.",
    )
    api_version: int | float | str = Field(
        default=API_VERSION,
        description="The APIVersion of every answer, unless a scenario says another.",
    )
    keep_files: Duration | None = Field(
        default=None,
        description="How long files stay after a product's end, unless a scenario says; for ever,"
        " if left out. An old page of the service says 7d.",
    )
    astrom_waits: bool = Field(
        default=True,
        description="AstromPos waits (5) for StandardPos unless the request says allxastrom, or a"
        " scenario scripts AstromPos. No document says exactly when it waits.",
    )

    def is_registered(self, address: str) -> bool:
        """Whether the service knows this address."""
        decide = _kept_decision if len(address) <= _ADDRESS_LIMIT else _is_registered
        return decide(self.registered, address)


_ADDRESS_LIMIT = 254
"""Characters that an address may have (RFC 5321)."""


def _is_registered(patterns: tuple[str, ...], address: str) -> bool:
    for pattern in patterns:
        if fnmatchcase(address, pattern.removeprefix("!")):
            return not pattern.startswith("!")
    return False


# Asked with every call; most calls of a server are of a few users.
_kept_decision = lru_cache(maxsize=256)(_is_registered)
