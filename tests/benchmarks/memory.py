"""What is kept in memory: of a live job, of an idle sandbox, and of what has come and gone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.dialogues import DIALOGUES
from benchmarks.figures import Part, Series, Verdict, at_most, ratio
from benchmarks.processes import environment
from benchmarks.under_load import Pace

Say = Callable[[str], None]

JOB_AIM = at_most(1024)
JOBS_AIM = at_most(100)
SANDBOX_AIM = at_most(32)
FLAT_AIM = at_most(1.05)

_KIB = 1024
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each."""

    jobs: int
    sandboxes: int
    polls: int
    gone: int


FULL = Sizes(jobs=100_000, sandboxes=1_000, polls=1_000_000, gone=100_000)
QUICK = Sizes(jobs=5_000, sandboxes=200, polls=20_000, gone=5_000)


def memory(pace: Pace, say: Say) -> Part:
    """Resident bytes, each case in a process of its own."""
    sizes = FULL if pace.passes > 1 else QUICK
    part = Part("memory", "resident memory, the journal full before the first weighing")
    for name in DIALOGUES:
        say(f"{sizes.jobs:,} live jobs of {name}")
        _tell_jobs(part, name, sizes.jobs)
        say(f"{sizes.jobs:,} live jobs of {name}, each with lengths of its own")
        _tell_jobs(part, name, sizes.jobs, is_drawn=True)
    say(f"{sizes.sandboxes:,} sandboxes")
    weights = _weigh("idle_sandboxes", sizes.sandboxes)
    for kind, what in (("fresh", "idle sandbox"), ("used", "idle sandbox with a job, polled once")):
        figure = Series(what, "KiB", (weights[kind] / _KIB,))
        part.verdicts.append(Verdict(figure, SANDBOX_AIM))
    say(f"{sizes.polls:,} polls")
    _tell_flat(part, f"{sizes.polls:,} polls of vesta", _weigh("many_polls", sizes.polls, "vesta"))
    for name in DIALOGUES:
        say(f"{sizes.gone:,} jobs of {name} that come and go")
        for case, how in (
            ("forgotten_jobs", "forgotten for new ones"),
            ("reset_sandboxes", "gone by reset"),
        ):
            weights = _weigh(case, sizes.gone, name)
            _tell_flat(part, f"{sizes.gone:,} jobs of {name} {how}", weights)
    return part


def _tell_jobs(part: Part, name: str, number: int, *, is_drawn: bool = False) -> None:
    weights = _weigh("drawn_jobs" if is_drawn else "live_jobs", number, name)
    kept, sent = weights["kept"], weights["sent"]
    what = f"{name}: live job with drawn lengths" if is_drawn else f"{name}: live job"
    if not is_drawn:
        part.series.append(Series(f"{name}: bytes its client sent", "bytes a job", (sent,)))
    beyond = Series(f"{what}, beyond what was sent", "bytes", (kept - sent,))
    part.verdicts.append(Verdict(beyond, JOB_AIM))
    if not is_drawn:
        whole = Series(f"{what}, 100,000 of them, with what was sent", "MiB", (kept * 1e5 / _MIB,))
        part.verdicts.append(Verdict(whole, JOBS_AIM))


def _tell_flat(part: Part, name: str, weights: dict[str, float]) -> None:
    before, after = (Series(name, "bytes", (weights[when],)) for when in ("before", "after"))
    part.verdicts.append(ratio(f"resident after / before {name}", after, before, FLAT_AIM))


def _weigh(case: str, number: int, *more: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.weigh", case, str(number), *more]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if ran.returncode:
        raise RuntimeError(f"{case} of {number} failed: {ran.stderr[-2000:]}")
    weights: dict[str, float] = json.loads(ran.stdout)
    return weights
