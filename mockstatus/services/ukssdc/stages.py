"""The stages that a running product goes through, and the progress tree that tells of them.

The labels and extra texts are the real service's (UKSSDC wire notes, 3.5, documented). How long a
stage takes beside the others is a choice, made so that eight seconds into four minutes the tree
is the one that seed 002 prints. Pure: all it knows is how far the product is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
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
    over="iterations",
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
    steps = STAGES[product]
    pinned = run.pinned
    active, share = _first_active(product, run)
    told = [*_told(steps, active, share, run)]
    if pinned.extra is not None:
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
    active, share = _first_active(product, run)
    ends = [one.ends_after for one in _under_way(STAGES[product][active], share, run)]
    return min([second_us, *(end for end in ends if end is not None)])


def _first_active(product: Product, run: Run) -> tuple[int, Share]:
    share = short_of_all(*run.parts)
    if run.pinned.stage is None:
        return _active(STAGES[product], share)
    return labels(product).index(run.pinned.stage), share


def _under_way(step: Step, share: Share, run: Run) -> Iterator[Share]:
    """All that is under way where this step is: it, its turn, its sub-step, and so on."""
    yield share
    _, turn = share.turn(_count(step, run))
    yield turn
    if step.steps:
        active, within = _active(step.steps, turn)
        yield from _under_way(step.steps[active], within, run)


def time_running(span_us: int) -> str:
    """`HH:MM:SS`; a choice: hours go on beyond 24, no document shows a longer run."""
    minutes, seconds = divmod(span_us // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _active(steps: Sequence[Step], share: Share) -> tuple[int, Share]:
    """Which of the steps is under way, and how far that one is."""
    whole, begins = sum(step.weight for step in steps), 0
    *earlier, last = steps
    for index, step in enumerate(earlier):
        if share.value * whole < (begins + step.weight) * share.span:
            return index, share.stage(begins, step.weight, whole)
        begins += step.weight
    return len(earlier), share.stage(begins, last.weight, whole)


def _told(steps: Sequence[Step], active: int, share: Share, run: Run) -> Iterator[dict[str, Any]]:
    for index, step in enumerate(steps):
        if index == active:
            yield _active_step(step, share, run)
        else:
            yield _resting(step, DONE if index < active else NOT_REACHED)


def _resting(step: Step, status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"StepLabel": step.label, "StepStatus": status}
    if step.steps:
        told["SubStep"] = [_resting(one, status) for one in step.steps]
    return told


def _active_step(step: Step, share: Share, run: Run) -> dict[str, Any]:
    count = _count(step, run)
    turn, turn_share = share.turn(count)
    told: dict[str, Any] = {"StepLabel": step.label, "StepStatus": ACTIVE}
    if step.extra:
        name = run.spectra[turn] if step.over == _SPECTRA else ""
        told["StepExtra"] = step.extra.format(name=name, number=turn + 1, count=count)
    if step.steps:
        # Sub-steps begin anew with each turn (UKSSDC wire notes, 3.4).
        active, within = _active(step.steps, turn_share)
        told["SubStep"] = [*_told(step.steps, active, within, run)]
    return told


def _count(step: Step, run: Run) -> int:
    match step.over:
        case "spectra":
            return len(run.spectra)
        case "observations":
            return run.observations
        case "iterations":
            return _ITERATIONS
        case _:
            return 1


def _with_extra(told: dict[str, Any], extra: str) -> dict[str, Any]:
    """A told step with another text beside it, which stands before its sub-steps."""
    sub_steps = told.pop("SubStep", None)
    told["StepExtra"] = extra
    return told if sub_steps is None else {**told, "SubStep": sub_steps}
