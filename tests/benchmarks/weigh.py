"""Weighs one thing in a process of its own: `python -m benchmarks.weigh CASE NUMBER [SERVICE]`.

Prints bytes of resident memory as JSON; garbage is collected as a server does. What is bounded
anyway, such as the journal, is filled before the first weighing, so that only growth is counted.
Where the number is small, so is the journal: filling it would take longer than all else.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.contenders import begin, put, set_up
from benchmarks.dialogues import DIALOGUES, VESTA, Ask, Dialogue
from benchmarks.direct import Direct
from benchmarks.processes import resident_bytes

from mockstatus.app import create_app
from mockstatus.cli.garbage import keep_pauses_short
from mockstatus.runtime import jobs, sandbox
from mockstatus.runtime.journal import ENTRIES_LIMIT, Journal
from mockstatus.settings import Settings

RESET = Ask("POST", "/_mock/reset")
TEN_MINUTES = Ask(
    "POST", "/_mock/clock/advance", {"content-type": "application/json"}, b'{"by": "10m"}'
)

DRAWN = {
    "vesta": """\
service: vesta
summary: Takes as long as is drawn for it.
phases:
  - {state: PENDING, for: 1s..10h}
  - {state: PROGRESS, for: 1h..10h, progress: {from: 0, to: 100}}
  - {state: STORING, for: 1s..10h}
  - {state: SUCCESS}
""",
    "ukssdc": """\
service: ukssdc
summary: Takes as long as is drawn for it.
products:
  default:
    - {code: 1, for: 1s..10h}
    - {code: 3, for: 1h..10h}
    - {code: 4}
""",
    "krixik": """\
service: krixik
summary: Takes as long as is drawn for it.
modules:
  default: {for: 1h..10h}
""",
}
"""Scenarios that draw lengths."""

Weights = dict[str, float]


def live_jobs(number: int, service: str) -> Weights:
    """Bytes that each of `number` live jobs keeps; `sent` of them came from its client."""
    dialogue, direct = DIALOGUES[service], _fresh(number)
    direct.good(put(f"/_mock/options/{service}", dialogue.options))
    return _weigh_jobs(direct, dialogue, number)


def drawn_jobs(number: int, service: str) -> Weights:
    """The same for jobs of a story that draws a length for each."""
    dialogue, direct = replace(DIALOGUES[service], scenario=DRAWN[service]), _fresh(number)
    set_up(direct, dialogue)
    return _weigh_jobs(direct, dialogue, number)


def _weigh_jobs(direct: Direct, dialogue: Dialogue, number: int) -> Weights:
    first = _entries(number) + 1
    for at in range(first):
        begin(direct.quick, dialogue, number=at)
    before = _weight()
    sent = 0
    for at in range(first, first + number):
        ask = dialogue.submit.numbered(at)
        sent += len(ask.body) + len(ask.path)
        begin(direct.quick, dialogue, number=at)
    return {"kept": (_weight() - before) / number, "sent": sent / number}


def idle_sandboxes(number: int, *_: str) -> Weights:
    """Bytes that each of `number` sandboxes keeps: one that was set up, one that has a job."""
    direct = _fresh(number)
    weights = {}
    for kind in ("fresh", "used"):
        for at in range(100 + number):
            if at == 100:
                before = _weight()
            prefix = f"/~{kind}-{at}"
            if kind == "fresh":
                direct.good(put(f"{prefix}/_mock/clock", {"mode": "manual"}))
            else:
                job = VESTA.job_id(begin(direct.quick, VESTA, prefix).body)
                direct.quick.good(VESTA.status(job).under(prefix))
        weights[kind] = (_weight() - before) / number
    return weights


def many_polls(number: int, service: str) -> Weights:
    """Resident bytes after the first tenth of `number` polls, and after all."""
    dialogue, direct = DIALOGUES[service], _fresh(number)
    set_up(direct, dialogue)
    asks = [
        dialogue.status(dialogue.job_id(begin(direct, dialogue, number=at).body))
        for at in range(64)
    ]
    direct.burst(asks, max(number // 10, 2 * _entries(number)))
    before = _weight()
    direct.burst(asks, number)
    return {"before": before, "after": _weight()}


def forgotten_jobs(number: int, service: str) -> Weights:
    """Resident bytes while `number` jobs are submitted, end, and are forgotten for new ones."""
    jobs.JOBS_LIMIT = min(2_000, number // 5)
    dialogue, direct = DIALOGUES[service], _fresh(number)
    direct.good(put(f"/_mock/options/{service}", dialogue.options))
    direct.good(put("/_mock/clock", {"mode": "manual"}))
    weights = []
    warm = max(2 * _entries(number), 5 * jobs.JOBS_LIMIT)
    for first, last in ((0, warm), (warm, warm + number)):
        for at in range(first, last):
            job = dialogue.job_id(begin(direct.quick, dialogue, number=at).body)
            direct.quick.good(dialogue.status(job))
            if at % 200 == 0:
                direct.good(TEN_MINUTES)
        weights.append(_weight())
    return {"before": weights[0], "after": weights[1]}


def reset_sandboxes(number: int, service: str) -> Weights:
    """Resident bytes while `number` jobs come, and go with a reset after each hundred."""
    dialogue, direct = DIALOGUES[service], _fresh(number)
    weights = []
    for part in (max(number // 2, 10_000), number):
        for at in range(part):
            if at % 100 == 0:
                direct.good(RESET)
                direct.good(put(f"/_mock/options/{service}", dialogue.options))
            begin(direct.quick, dialogue, number=at)
        direct.good(RESET)
        weights.append(_weight())
    return {"before": weights[0], "after": weights[1]}


CASES: dict[str, Callable[..., Weights]] = {
    one.__name__: one
    for one in (live_jobs, drawn_jobs, idle_sandboxes, many_polls, forgotten_jobs, reset_sandboxes)
}


def _entries(number: int) -> int:
    """How many exchanges a journal keeps where `number` things are weighed."""
    return min(ENTRIES_LIMIT, number // 4)


def _fresh(number: int) -> Direct:
    sandbox.Journal = partial(Journal, entries_limit=_entries(number))  # type: ignore[misc,assignment]
    direct = Direct(create_app(Settings(seed=1, max_sandboxes=100_000)))
    keep_pauses_short()
    return direct


def _weight() -> int:
    gc.collect()
    return resident_bytes(int(Path("/proc/self").readlink().name))


def main(words: list[str]) -> None:
    """Weighs what is asked for."""
    case, number, *more = words
    print(json.dumps(CASES[case](int(number), *more)))  # noqa: T201  # for the process above


if __name__ == "__main__":
    main(sys.argv[1:])
