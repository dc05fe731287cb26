"""Which phases a task's story has: the script's, or those of the story told without one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockstatus.scenario.durations import Range
from mockstatus.services.vesta import states
from mockstatus.services.vesta.options import VestaOptions
from mockstatus.services.vesta.script import VestaPhase


def _timed(state: str, length: str) -> VestaPhase:
    return VestaPhase.model_validate({"state": state, "for": length})


_UNSCRIPTED = (
    _timed(states.PENDING, "2s"),
    _timed(states.RECEIVED, "1s"),
    _timed(states.STARTED, "1s"),
    _timed(states.PROGRESS, "20s"),
    _timed(states.STORING, "2s"),
    VestaPhase(state=states.SUCCESS),
)


def told(
    scripted: Sequence[VestaPhase] | None, options: VestaOptions, *, stores: bool
) -> tuple[VestaPhase, ...]:
    """The phases of a task, at least one.

    scripted: None for the story told without a script. stores: whether annotations are stored.
    """
    phases = tuple(_UNSCRIPTED if scripted is None else scripted)
    if not stores:
        phases = tuple(_without_storing(phases, options)) or (VestaPhase(state=states.SUCCESS),)
    return _as_stored(phases, options)


def _without_storing(phases: Sequence[VestaPhase], options: VestaOptions) -> Iterator[VestaPhase]:
    """The story of a submission without `ann_doc_id`.

    Seed 004, "state_storing": the state does not surface then. The real program sets it all the
    same, for no time at all (VESTA wire notes, 3; inferred).
    """
    for index, phase in enumerate(phases):
        if phase.state != states.STORING:
            yield phase
        elif options.is_code and index < len(phases) - 1:
            yield phase.model_copy(update={"for_": Range(0, 0), "polls": None, "until": None})


def _as_stored(phases: tuple[VestaPhase, ...], options: VestaOptions) -> tuple[VestaPhase, ...]:
    """The story as far as its worker could store it.

    VESTA wire notes, 3 (observed): a failure whose message is not ASCII never is.
    """
    if not (options.is_code or options.stuck_on_non_ascii):
        return phases
    for index, phase in enumerate(phases):
        message = phase.error.message if phase.error is not None else None
        if index and message is not None and not message.isascii():
            last = phases[index - 1]
            stuck = last.model_copy(update={"for_": None, "polls": None, "until": None})
            return (*phases[: index - 1], stuck)
    return phases
