"""The stages that a running product goes through, and the progress tree that tells of them.

The labels and extra texts are the real service's (UKSSDC wire notes, 3.5, documented). How long a
stage takes beside the others is a choice, made so that eight seconds into four minutes the tree
is the one that seed 002 prints. Pure: all it knows is how far the product is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.products import Product
from mockstatus.services.ukssdc.share import Share, short_of_all

NOT_REACHED, ACTIVE, DONE = 0, 1, 2

NOT_ASKED: Mapping[str, Any] = {"GotProgress": 0}
"""Of a product whose progress was not asked for, and of one that does not run."""

FIRST_FILTERS = "Trying using the <em>v,b,white</em> filters:"
"""The heading over an enhanced position (documented)."""

# Cycles of an iterative detection; a choice, no document counts them.
_ITERATIONS = 3
_ONE = "one"
_ITERATED = "iterations"
_OBSERVATIONS = "observations"
_SPECTRA = "spectra"


@dataclass(frozen=True, slots=True)
class Step:
    """A documented stage.

    weight: how long it takes beside its siblings. extra: the text beside it while it is active,
    with {name}, {number} and {count}. over: what it goes through one by one; its sub-steps begin
    anew for each.
    """

    label: str
    weight: int = 10
    extra: str = ""
    over: str = _ONE
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What a script says about a running product's stages.

    stage: the label of the only stage that the phase goes through. extra: the text beside it.
    heading: the line above all stages, in place of the documented one.
    """

    stage: str | None = None
    extra: str | None = None
    heading: str | None = None


UNPINNED = Pinned()
"""Nothing is said about the stages: they are the documented ones, moving."""


class Run(NamedTuple):
    """How far a running product is.

    parts: so many of so many equal parts of its phase. is_timed: they are microseconds, and pass.
    spectra: the names of a job's spectra. observations: how many observations there are to work on.
    """

    parts: tuple[int, int]
    running_us: int
    spectra: Sequence[str] = ("interval0",)
    observations: int = 1
    pinned: Pinned = UNPINNED
    is_timed: bool = True


_EXTRACT = Step("Extract data.", 3, "Working on observation {number} / {count}")
_SEARCH = Step(
    "Searching for sources.",
    60,
    over=_ITERATED,
    steps=(
        Step("PSF fit sources found in previous iteration."),
        Step("Build background map."),
        Step("Perform source detection."),
    ),
)
# From the collected data to the final fit: what an astrometric position and, by a choice, a
# source detection go through alike.
_DETECTION = (
    Step("Collect data.", 5),
    Step("Prepare data for iterative source detection."),
    Step(
        "Create per-snapshot images and exposure maps.",
        30,
        "Working on observation {number} / {count}",
        _OBSERVATIONS,
    ),
    Step("Sum per-snapshot images and exposure maps."),
    Step("Run source detection."),
    Step("Perform initial rough detection with locally-estimated background"),
    Step("Construct initial background map."),
    Step("Perform initial source detection using the background map."),
    _SEARCH,
    Step("Perform final fit.", 20),
)

STAGES: Mapping[Product, tuple[Step, ...]] = {
    products.LIGHT_CURVE: (
        Step("Prepare data and centroid (if selected).", 30),
        Step("Extract data.", 60),
        Step("Binning light curve.", 20),
        Step("Plotting light curve as image.", 10),
    ),
    products.SPECTRUM: (
        Step("Prepare data.", 1),
        Step(
            "Build spectra.",
            39,
            "Working on spectrum: {name} ({number}/{count})",
            _SPECTRA,
            (_EXTRACT, Step("Fit spectrum.", 2)),
        ),
    ),
    products.STANDARD: (
        Step("Collect data."),
        Step("Sum images and exposure maps."),
        Step("Perform detection with locally-estimated background", 30),
        Step("Perform PSF fit.", 20),
    ),
    products.ENHANCED: (
        Step("Identify XRT-UVOT overlaps.", 1),
        Step("Determine position.", 30, "Working on overlap {number} / {count}"),
        Step("Build Images.", 9),
    ),
    products.ASTROMETRIC: (
        Step("Prepare data."),
        *_DETECTION,
        Step("Calculate astrometric correction.", 20),
    ),
    products.IMAGE: (
        Step("Collect data."),
        Step("Merge event lists."),
        Step("Creating images.", 30),
        Step("Creating exposure map."),
    ),
    products.SOURCES: _DETECTION,
}


def labels(product: Product) -> tuple[str, ...]:
    """The labels of a product's stages, in order."""
    return tuple(step.label for step in STAGES[product])


def tree(product: Product, run: Run) -> dict[str, Any]:
    """The progress of a running product, as it goes out."""
    pinned = run.pinned
    levels = _reached(product, run)
    told = _told(STAGES[product], levels, run)
    if pinned.extra is not None:
        active = levels[0].active
        told[active] = _with_extra(told[active], pinned.extra)
    heading = pinned.heading
    if heading is None and product is products.ENHANCED:
        heading = FIRST_FILTERS
    progress: dict[str, Any] = {} if heading is None else {"PreProgress": heading}
    progress["GotProgress"] = 1
    progress["ProgressSteps"] = told
    progress["TimeRunning"] = time_running(run.running_us)
    return progress


def holds_us(product: Product, run: Run) -> int:
    """How long the tree stays as it is, if nothing but time moves it."""
    second_us = 1_000_000 - run.running_us % 1_000_000
    if not run.is_timed:
        return second_us
    ends = [
        share.ends_after
        for level in _reached(product, run)
        for share in (level.share, level.turned)
    ]
    return min([second_us, *(end for end in ends if end is not None)])


class _Level(NamedTuple):
    """Where a product is in one list of steps.

    active: which of them is under way. share: how far that one is. turn, turned: which of its
    `turns` is under way, and how far that is.
    """

    active: int
    share: Share
    turns: int
    turn: int
    turned: Share


def _reached(product: Product, run: Run) -> tuple[_Level, ...]:
    """Where a product is in its steps, in the sub-steps of the active one, and so on."""
    return _levels(product, run.parts, run.pinned.stage, len(run.spectra), run.observations)


@lru_cache(maxsize=64)  # each answer asks twice: for the tree, and for how long it holds
def _levels(
    product: Product, parts: tuple[int, int], stage: str | None, spectra: int, observations: int
) -> tuple[_Level, ...]:
    counts = {_ONE: 1, _ITERATED: _ITERATIONS, _SPECTRA: spectra, _OBSERVATIONS: observations}
    steps, share = STAGES[product], short_of_all(*parts)
    if stage is None:
        active, share = _active(steps, share)
    else:
        active = labels(product).index(stage)
    levels = []
    while True:
        step = steps[active]
        turns = counts[step.over]
        turn, turned = share.turn(turns)
        levels.append(_Level(active, share, turns, turn, turned))
        if not step.steps:
            return tuple(levels)
        # Sub-steps begin anew with each turn (UKSSDC wire notes, 3.4).
        steps = step.steps
        active, share = _active(steps, turned)


def time_running(span_us: int) -> str:
    """`HH:MM:SS`; a choice: hours go on beyond 24, no document shows a longer run."""
    minutes, seconds = divmod(span_us // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _active(steps: Sequence[Step], share: Share) -> tuple[int, Share]:
    """Which of the steps is under way, and how far that one is."""
    whole, begins = sum([step.weight for step in steps]), 0
    *earlier, last = steps
    for index, step in enumerate(earlier):
        if share.value * whole < (begins + step.weight) * share.span:
            return index, share.stage(begins, step.weight, whole)
        begins += step.weight
    return len(earlier), share.stage(begins, last.weight, whole)


def _told(steps: Sequence[Step], levels: Sequence[_Level], run: Run) -> list[dict[str, Any]]:
    level, *deeper = levels
    active = level.active
    return [
        *[_resting(step, DONE) for step in steps[:active]],
        _active_step(steps[active], level, deeper, run),
        *[_resting(step, NOT_REACHED) for step in steps[active + 1 :]],
    ]


def _resting(step: Step, status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"StepLabel": step.label, "StepStatus": status}
    if step.steps:
        told["SubStep"] = [_resting(one, status) for one in step.steps]
    return told


def _active_step(step: Step, level: _Level, deeper: Sequence[_Level], run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {"StepLabel": step.label, "StepStatus": ACTIVE}
    if step.extra:
        name = run.spectra[level.turn] if step.over == _SPECTRA else ""
        told["StepExtra"] = step.extra.format(name=name, number=level.turn + 1, count=level.turns)
    if step.steps:
        told["SubStep"] = _told(step.steps, deeper, run)
    return told


def _with_extra(told: dict[str, Any], extra: str) -> dict[str, Any]:
    """A told step with another text beside it, which stands before its sub-steps."""
    sub_steps = told.pop("SubStep", None)
    told["StepExtra"] = extra
    return told if sub_steps is None else {**told, "SubStep": sub_steps}
