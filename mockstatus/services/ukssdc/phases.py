"""A product's phases as scenarios script them, and the order they may come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, JsonValue

from mockstatus.scenario.schema import (
    UNTIL,
    Located,
    Many,
    Maybe,
    PhaseFile,
    Place,
    Seen,
    SignalName,
    UntilTrack,
)
from mockstatus.scenario.wording import unknown
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.products import BY_NAME, CODES, NEXT, WAITING
from mockstatus.services.ukssdc.stages import labels

DEFAULT = "default"
"""Stands for the products that a scenario does not name."""

ALIASES = {wire: product.name for wire, product in products.BY_WIRE.items()}
"""What products are called on the wire, where scenarios call them by their names."""

Text = Annotated[str, Field(max_length=10_000)]


class UkssdcPhase(PhaseFile):
    """A stretch of one product's life."""

    code: Maybe[Annotated[int, Seen("code", CODES)]] = Field(
        default=None,
        description="The status code: 1 requested, 2 queued, 3 running, 4 complete, 5 waiting for"
        " the standard position (AstromPos), -1 not requested, -2 not queued, -3 not built, -4"
        " cancelled; another number only in an unlikely story.",
    )
    omitted: bool = Field(
        default=False,
        description="Status answers leave the product out, so that the client says -10. Everything"
        " else goes by the code: the one given here, else the one before it, else 1.",
    )
    until: Maybe[SignalName | UntilTrack[UkssdcPhase]] = UNTIL
    text: Maybe[Text] = Field(
        default=None, description="The statusText; the code's usual one, if left out."
    )
    progress: Maybe[dict[str, JsonValue]] = Field(
        default=None,
        description="The progress exactly as on the wire, such as {GotProgress: 2}. If left out,"
        " the documented stages move with what ends the phase.",
    )
    stage: Maybe[Text] = Field(
        default=None,
        description="Code 3: the label of the one documented stage that the phase goes through.",
    )
    extra: Maybe[Text] = Field(
        default=None, description="Code 3: the text beside `stage`, which must be given."
    )
    heading: Maybe[Text] = Field(
        default=None, description="Code 3: the line above the stages (PreProgress)."
    )

    def problems(self) -> Iterator[Located]:
        """Keys that do not go together, and a wait for what is no product."""
        yield from super().problems()
        if self.code is None and not self.omitted:
            yield Located("missing key 'code', expected one unless the product is omitted")
        given = [key for key in ("stage", "extra", "heading") if getattr(self, key) is not None]
        for key in given:
            if self.code != products.RUNNING:
                yield Located(f"{key!r} belongs to code 3, running", (key,), is_on_key=True)
            elif self.progress is not None:
                yield Located(f"{key!r} cannot stand beside 'progress'", (key,), is_on_key=True)
        if self.extra is not None and self.stage is None:
            yield Located(
                "'extra' is the text beside 'stage', and there is none", ("extra",), is_on_key=True
            )
        if isinstance(self.until, UntilTrack) and self.until.track not in BY_NAME:
            message = unknown("product", self.until.track, BY_NAME, aliases=ALIASES)
            yield Located(message, ("until", "track"))


Phases = Annotated[Many[UkssdcPhase], Field(min_length=1, max_length=20_000)]


def codes_of(phases: Sequence[UkssdcPhase]) -> list[int]:
    """The code that each phase goes by, those included that leave their product out."""
    codes: list[int] = []
    for phase in phases:
        before = codes[-1] if codes else products.REQUESTED
        codes.append(before if phase.code is None else phase.code)
    return codes


def leaving_the_queue(phases: Sequence[UkssdcPhase]) -> int | None:
    """The phase with which a product begins to run; None if it never was in the queue before."""
    codes = codes_of(phases)
    if WAITING in codes or products.RUNNING not in codes:
        return None
    return codes.index(products.RUNNING) or None


def unlikely_problems(
    name: str, phases: Sequence[UkssdcPhase], *, at: Place = ()
) -> Iterator[Located]:
    """What no client of the real service ever sees: unknown codes, wrong orders.

    The same code may come again: a product can be left out for a while, or tell another stage.
    """
    codes = codes_of(phases)
    for index, (phase, code) in enumerate(zip(phases, codes, strict=True)):
        here = (*at, index, "code")
        if code not in CODES:
            yield Located(unknown("code", code, CODES), here)
        elif code == WAITING and name != products.ASTROMETRIC.name:
            yield Located("only AstromPos waits for the standard position (5)", here)
        elif index and code != (before := codes[index - 1]):
            yield from _wrong_step(before, code, here)
        if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
            instead = phase.until.failed
            there = (*at, index, "until", "failed", "code")
            if instead.code is not None and instead.code != code:
                yield from _wrong_step(code, instead.code, there)


def _wrong_step(before: int, after: int, at: Place) -> Iterator[Located]:
    allowed = NEXT.get(before)
    if allowed is None or after in allowed:
        return
    expected = f"expected one of {', '.join(map(str, allowed))}" if allowed else "nothing can"
    yield Located(f"code {after} cannot follow {before}, {expected}", at)


def stage_problems(
    name: str, phases: Sequence[UkssdcPhase], *, at: Place = ()
) -> Iterator[Located]:
    """The stages that a product does not have."""
    for index, phase in enumerate(phases):
        if isinstance(phase.until, UntilTrack) and phase.until.failed is not None:
            yield from _stage_problem(name, phase.until.failed, (*at, index, "until", "failed"))
        yield from _stage_problem(name, phase, (*at, index))


def _stage_problem(name: str, phase: UkssdcPhase, at: Place) -> Iterator[Located]:
    if phase.stage is None:
        return
    if name == DEFAULT:
        yield Located("products have different stages: name the product", (*at, "stage"))
    elif phase.stage not in (known := labels(BY_NAME[name])):
        yield Located(unknown("stage", phase.stage, known), (*at, "stage"))


def waits_of(phases: Sequence[UkssdcPhase]) -> frozenset[str]:
    """The products that these phases wait for on their way to their first end."""
    waits = set()
    for phase, code in zip(phases, codes_of(phases), strict=True):
        if isinstance(phase.until, UntilTrack):
            waits.add(phase.until.track)
        if products.ending_of(code) is not None:
            break
    return frozenset(waits)
