"""What a scenario may say about a UKSSDC job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, cast, get_args

from pydantic import BeforeValidator, Field, JsonValue

from mockstatus.domain.timeline import refuse_circles
from mockstatus.errors import CircularWaitError
from mockstatus.scenario.schema import ExpiresAfter, Located, Many, Maybe, ScenarioFile
from mockstatus.scenario.wording import unknown
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.outcomes import Cancel, Envelope, Files, Results, Submit
from mockstatus.services.ukssdc.phases import (
    ALIASES,
    DEFAULT,
    Phases,
    UkssdcPhase,
    leaving_the_queue,
    stage_problems,
    unlikely_problems,
    waits_of,
)
from mockstatus.services.ukssdc.products import BY_NAME, CODES

OPERATIONS = (
    "submit",
    "status",
    "cancel",
    "count",
    "list_jobs",
    "old_job",
    "positions",
    "sources",
    "light_curve",
    "spectra",
    "download",
)

_Name = Literal[
    "default",
    "LightCurve",
    "Spectrum",
    "StandardPos",
    "EnhancedPos",
    "AstromPos",
    "Image",
    "SourceDet",
]


def _known_product(name: object) -> object:
    if name not in get_args(_Name):
        raise ValueError(unknown("product", name, get_args(_Name), aliases=ALIASES))
    return name


ProductName = Annotated[_Name, BeforeValidator(_known_product)]


class UkssdcFile(ScenarioFile):
    """A UKSSDC job's story."""

    OPERATIONS: ClassVar[tuple[str, ...]] = OPERATIONS
    STATES: ClassVar[tuple[str, ...]] = tuple(map(str, CODES))
    TRACKS: ClassVar[tuple[str, ...]] = tuple(BY_NAME)

    service: Literal["ukssdc"] = Field(description="The service whose job this is.")
    submit: Maybe[Submit] = Field(
        default=None, description="What becomes of the submission itself."
    )
    cancel: Maybe[Literal["refuse"] | Cancel] = Field(
        default=None,
        description="What a cancel does: refuse (code 1), or after a lag, or with another code.",
    )
    expires: Maybe[ExpiresAfter] = Field(
        default=None, description="When the job expires; the service's rule, if left out."
    )
    products: dict[ProductName, Phases] = Field(
        default_factory=dict,
        description="Phases by product; `default` is for those not named. A product without any"
        " tells the story that is told without a script.",
    )
    results: Results = Field(
        default=Results(), description="What complete products' own calls answer."
    )
    files: Files = Field(default=Files(), description="What becomes of the files.")
    envelope: Envelope = Field(default=Envelope(), description="What goes with every answer.")
    unresolved: Many[Literal["coords", "targets", "T0"]] = Field(
        default=(),
        description="What the service cannot work out: a submission that asks for it"
        " (getCoords, getTargs, getT0) is refused.",
    )

    @classmethod
    def error_problem(cls, error: Mapping[str, JsonValue]) -> str | None:
        """What is wrong with the error of a fault; None if nothing is."""
        return error_problem(error)

    def problems(self) -> Iterator[Located]:
        """Faults that cannot be, and what the service would never tell."""
        yield from super().problems()
        for name, phases in self.products.items():
            yield from stage_problems(name, phases, at=("products", name))
            if not self.unlikely:
                yield from unlikely_problems(name, phases, at=("products", name))
        yield from self._circles()

    def _circles(self) -> Iterator[Located]:
        """Products that wait for each other for ever."""
        waits = {name: waits_of(self.phases_of(name) or ()) for name in BY_NAME}
        if self.has_to_wait():
            waits[products.ASTROMETRIC.name] |= {products.STANDARD.name}
        try:
            refuse_circles(waits)
        except CircularWaitError as error:
            yield Located(str(error), ("products",))

    def phases_of(self, name: str) -> Sequence[UkssdcPhase] | None:
        """What is scripted for a product; None if nothing is."""
        by_name = cast("Mapping[str, Sequence[UkssdcPhase]]", self.products)
        return by_name.get(name, by_name.get(DEFAULT))

    def has_to_wait(self) -> bool:
        """Whether AstromPos goes by the service's rule: it waits for the standard position.

        A script of its own overrides the rule (UKSSDC wire notes, 3.3).
        """
        if products.ASTROMETRIC.name in self.products:
            return False
        phases = self.phases_of(products.ASTROMETRIC.name)
        return phases is None or leaving_the_queue(phases) is not None


def error_problem(error: Mapping[str, object]) -> str | None:
    """What is wrong with the error of a fault; None if nothing is."""
    if strange := sorted(set(error) - {"ERROR", "listErr"}):
        return unknown("key", strange[0], ("ERROR", "listErr"))
    if not isinstance(error.get("ERROR"), str):
        return "an error needs the key 'ERROR' with a text"
    if not isinstance(error.get("listErr", []), list):
        return "'listErr' is a list of {label, list}"
    return None
