"""A poll costs the same whatever there is beside the job, and whatever the job has behind it.

In this process, by direct calls of the application: pairs of polls that differ in one thing.
"""

from __future__ import annotations

import contextlib
import gc
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.contenders import begin, put, set_up
from benchmarks.dialogues import DIALOGUES, VESTA, Ask, Dialogue
from benchmarks.direct import Direct, cost_us
from benchmarks.figures import Part, Series, at_most, ratio
from benchmarks.under_load import Pace

from mockstatus.app import create_app
from mockstatus.settings import Settings

AIM = at_most(1.2)
"""Near 1: what differs less than this is noise on a shared machine."""

FIRST_AIM = at_most(2)
"""It may find its place in the script, but not walk through it."""

JOURNAL_ENTRIES = 10_000
"""How many exchanges a sandbox keeps."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much "much" is. others: sandboxes and scenarios."""

    jobs: int
    others: int
    phases: int


SIZES = Sizes(jobs=1_000_000, others=1_000, phases=10_000)
QUICK = Sizes(jobs=1_000, others=100, phases=1_000)

_ROUNDS = 9
_POLLS = 1_000
_FEW = 50
"""Where a poll might be very slow."""

Say = Callable[[str], None]


def flatness(pace: Pace, say: Say) -> Part:
    """Ratios of polls with much to polls with little."""
    part = Part("flatness", "CPU time of a poll with much beside or behind it, to one with little")
    sizes = SIZES if pace.passes > 1 else QUICK
    many, some, phases = sizes.jobs, sizes.others, sizes.phases
    for name, dialogue in DIALOGUES.items():
        say(f"{many} jobs of {name}")
        _compare(part, f"{name}: {many:,} jobs / 1", _with_jobs(dialogue, many), _alone(dialogue))
    say(f"{some} sandboxes")
    _compare(part, f"{some:,} sandboxes / 1", _with_sandboxes(some), _alone(VESTA))
    say(f"{some} scenarios")
    with _folder_of_scenarios(some) as folder:
        with_them = _alone(VESTA, Settings(seed=1, scenarios=(folder,)))
    _compare(part, f"{some:,} scenarios more / none", with_them, _alone(VESTA))
    say("journal")
    _compare_journals(part)
    say("phases")
    for name in _STEPS:
        much, none = (_with_history(DIALOGUES[name], number) for number in (phases, 0))
        _compare(part, f"{name}: {phases:,} phases passed / none", much, none, polls=_FEW)
    much, none = _with_scripted_history(phases), _with_scripted_history(2)
    _compare(part, f"vesta: {phases:,} scripted phases passed / two", much, none, polls=_FEW)
    for name in _STEPS:
        _tell_first_poll(part, DIALOGUES[name], phases)
    return part


class Polled:
    """An application, and the polls that it gets. rest: what is done between two rounds."""

    def __init__(self, direct: Direct, asks: Sequence[Ask], rest: Ask | None = None) -> None:
        self._direct = direct
        self._asks = asks
        self._rest = rest
        self.poll(_FEW)

    def poll(self, number: int) -> None:
        """So many polls."""
        self._direct.burst(self._asks, number)

    def rest(self) -> None:
        """The time between two rounds."""
        if self._rest is not None:
            self._direct.good(self._rest)


def _compare(
    part: Part, name: str, one: Polled, other: Polled, *, polls: int | None = None
) -> None:
    """Turn by turn, so that what slows the machine slows both."""
    polls = polls or _POLLS
    gc.collect()
    costs: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for polled, found in zip((one, other), costs, strict=True):
            polled.rest()
            found.append(cost_us(partial(polled.poll, polls), polls))
    much, little = (Series(name, "us a poll", tuple(found)) for found in costs)
    part.verdicts.append(ratio(name, much, little, AIM))


def _fresh(settings: Settings | None = None) -> Direct:
    return Direct(create_app(settings or Settings(seed=1, max_sandboxes=100_000)))


def _polls_of(direct: Direct, dialogue: Dialogue, prefix: str = "") -> list[Ask]:
    set_up(direct, dialogue, prefix)
    submitted = begin(direct, dialogue, prefix, number=99_999_999)
    return [dialogue.status(dialogue.job_id(submitted.body)).under(prefix)]


def _alone(dialogue: Dialogue, settings: Settings | None = None) -> Polled:
    direct = _fresh(settings)
    return Polled(direct, _polls_of(direct, dialogue))


def _with_jobs(dialogue: Dialogue, number: int) -> Polled:
    direct = _fresh()
    asks = _polls_of(direct, dialogue)
    direct.crowd(dialogue, number)
    return Polled(direct, asks)


def _with_sandboxes(number: int) -> Polled:
    direct = _fresh()
    for other in range(number):
        direct.good(VESTA.submit.under(f"/~other-{other}"))
    return Polled(direct, _polls_of(direct, VESTA, "/~alice"))


@contextlib.contextmanager
def _folder_of_scenarios(number: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        stories = Path(folder, "vesta")
        stories.mkdir()
        for at in range(number):
            stories.joinpath(f"story-{at}.yaml").write_text(VESTA.scenario, encoding="utf-8")
        yield Path(folder)


def _compare_journals(part: Part) -> None:
    full = _alone(VESTA)
    full.poll(JOURNAL_ENTRIES + 2_000)
    direct = _fresh()
    empty = Polled(direct, _polls_of(direct, VESTA), Ask("DELETE", "/_mock/journal"))
    _compare(part, "full journal / empty journal", full, empty)


def _with_history(dialogue: Dialogue, phases: int) -> Polled:
    """A job that has passed so many phases, of a second each, and polls of it."""
    direct = _fresh()
    (ask,) = _polls_of(direct, dialogue)
    _give_history(direct, dialogue, phases)
    _sleep(direct, phases)
    return Polled(direct, [ask])


def _with_scripted_history(phases: int) -> Polled:
    """The same, by a scenario: attempts that fail, one after the other."""
    script = ",".join(f"{{state: {state},for: 1s}}" for state in ("PROGRESS", "RETRY"))
    story = f"service: vesta\nsummary: Tries.\nphases: [{','.join([script] * (phases // 2))}"
    direct = _fresh()
    (ask,) = _polls_of(direct, replace(VESTA, scenario=f"{story},{{state: PROGRESS}}]\n"))
    _sleep(direct, phases)
    return Polled(direct, [ask])


def _tell_first_poll(part: Part, dialogue: Dialogue, phases: int) -> None:
    """The poll that finds so many phases passed at once."""
    costs: tuple[list[float], list[float]] = ([], [])
    for number, found in zip((phases, 0), costs, strict=True):
        direct = _fresh()
        set_up(direct, dialogue)
        asks = [dialogue.status(job) for job in direct.submissions(dialogue, _ROUNDS)]
        direct.burst(asks, len(asks))
        _give_history(direct, dialogue, number)
        _sleep(direct, phases)
        found += [cost_us(partial(direct.burst, [ask], 1), 1) for ask in asks]
    name = f"{dialogue.service}: first poll after {phases:,} phases / after none"
    much, little = (Series(name, "us", tuple(found)) for found in costs)
    part.verdicts.append(ratio(name, much, little, FIRST_AIM))


_STEPS = {"vesta": ("task", {"state": "PROGRESS"}), "ukssdc": ("LightCurve", {"code": 3})}


def _give_history(direct: Direct, dialogue: Dialogue, phases: int) -> None:
    """Puts all jobs there are into so many phases of a second each, and a long one."""
    track, phase = _STEPS[dialogue.service]
    ahead = [*[{**phase, "for": "1s"}] * phases, {**phase, "for": "10h"}]
    for job in json.loads(direct.good(Ask("GET", "/_mock/jobs")).body):
        direct.good(put(f"/_mock/jobs/{job['id']}/tracks/{track}", ahead))


def _sleep(direct: Direct, seconds: int) -> None:
    kind = {"content-type": "application/json"}
    order = json.dumps({"by": f"{seconds + 1}s"}).encode()
    direct.good(Ask("POST", "/_mock/clock/advance", kind, order))
