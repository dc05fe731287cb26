"""What is paid before the first answer, and beside the answers: as ratios to what cannot be saved.

Processes are measured by their own CPU time, which the neighbours on a machine disturb least; a
server's start also by the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from operator import sub
from pathlib import Path

from benchmarks.contenders import MOCKSTATUS
from benchmarks.dialogues import VESTA, Ask
from benchmarks.direct import Direct, cost_us
from benchmarks.figures import Part, Series, at_most, ratio
from benchmarks.processes import Launch, environment, running
from benchmarks.under_load import Pace

from mockstatus.app import create_app
from mockstatus.settings import Settings

Say = Callable[[str], None]

START_AIM = at_most(2)
ONE_MORE_AIM = at_most(2)
"""What it costs, and one request more."""
FIXTURE_AIM = at_most(1.25)
SLEEP_AIM = at_most(1.33)
IMPORT_AIM = at_most(0.1)

_ONE_ROUTE = Launch(
    "a FastAPI application of one route",
    lambda port: [
        sys.executable, "-m", "uvicorn", "benchmarks.constant:app", "--port", str(port),
        "--no-access-log", "--log-level", "warning",
    ],
    probe="/status",
)  # fmt: skip

_PLUGIN = "import mockstatus, mockstatus.pytest_plugin"
# What serves, and the libraries of a test's clients: they are redirected, whichever a test uses.
# Imported at their cheapest: nobody ever looks for garbage.
_IMPORTS = """\
import gc; gc.disable()
import mockstatus.app, mockstatus.server, mockstatus.settings, mockstatus.testing.handle
from mockstatus.registry import services; services()
import httpx, urllib3
"""
# Each tells how much CPU time its process had used when its test had what it wanted.
_TELL = "    import time; print('waited', time.process_time())\n"
_TESTS = {
    "fixture": f"def test_it(mockstatus):\n    assert mockstatus.vesta.url\n{_TELL}",
    "imports": f"{_IMPORTS}def test_it():\n{_TELL}",
    "nothing": f"def test_it():\n{_TELL}",
}


def start(pace: Pace, say: Say) -> Part:
    """Starts, imports, fixtures, sandboxes and sleeps."""
    part = Part("start", "what is paid before the first answer, and beside the answers")
    rounds = 3 * pace.passes
    say("cold starts")
    _compare_starts(part, rounds)
    say("imports")
    _compare_imports(part, rounds)
    say("the fixture's first test")
    _compare_fixture(part, rounds)
    say("sandboxes and resets")
    _compare_sandboxes(part)
    say("virtual sleep")
    _compare_sleep(part, rounds)
    return part


def _compare_starts(part: Part, rounds: int) -> None:
    clock: dict[str, list[float]] = {"ours": [], "theirs": []}
    cpu: dict[str, list[float]] = {"ours": [], "theirs": []}
    for launch in (MOCKSTATUS, _ONE_ROUTE):  # so that there is bytecode
        with running(launch):
            pass
    for _ in range(rounds):
        for whose, launch in (("ours", MOCKSTATUS), ("theirs", _ONE_ROUTE)):
            with running(launch) as server:
                clock[whose].append(1e3 * server.start_s)
                cpu[whose].append(1e3 * server.cpu_s)
    for found, unit in ((clock, "ms by the clock"), (cpu, "ms of CPU")):
        ours = Series("`mockstatus serve` to its first answer", unit, tuple(found["ours"]))
        theirs = Series(f"{_ONE_ROUTE.name}, to its first answer", unit, tuple(found["theirs"]))
        part.series += [ours, theirs]
        name = f"`mockstatus serve` / {_ONE_ROUTE.name}, {unit}"
        part.verdicts.append(ratio(name, ours, theirs, START_AIM))


def _compare_imports(part: Part, rounds: int) -> None:
    ours, theirs = (
        Series(name, "ms of CPU", tuple(_import_ms(what) for _ in range(rounds)))
        for name, what in (
            ("import the package and load the pytest plugin", _PLUGIN),
            ("import FastAPI", "import fastapi"),
        )
    )
    part.series += [ours, theirs]
    part.verdicts.append(ratio(f"{ours.name} / {theirs.name}", ours, theirs, IMPORT_AIM))


def _import_ms(statement: str) -> float:
    """What an import costs in a process that has imported pytest."""
    program = (
        "import pytest, time; began = time.process_time_ns(); "
        f"{statement}\nprint((time.process_time_ns() - began) / 1e6)"
    )
    return float(_ran([sys.executable, "-c", program]))


def _compare_fixture(part: Part, rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in _TESTS}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _TESTS.items():
            Path(folder, f"test_{name}.py").write_text(text, encoding="utf-8")
        for _ in range(rounds):
            for name, values in found.items():
                values.append(_waited_ms(Path(folder, f"test_{name}.py")))
    names = {
        "the first test's fixture": found["fixture"],
        "what it imports, in a test that imports it": found["imports"],
    }
    ours, theirs = (
        Series(name, "ms of CPU", tuple(map(sub, values, found["nothing"])))
        for name, values in names.items()
    )
    part.series += [ours, theirs]
    part.verdicts.append(ratio(f"{ours.name} / {theirs.name}", ours, theirs, FIXTURE_AIM))


def _waited_ms(file: Path) -> float:
    """CPU milliseconds from the start of a run of pytest until the file's only test is served."""
    # No other plugin: some import much themselves once a test needs an event loop.
    alone = ["-p", "mockstatus.pytest_plugin", "-p", "no:cacheprovider", "-c", os.devnull]
    told = _ran([sys.executable, "-m", "pytest", "-q", "-s", *alone, str(file)])
    return 1e3 * float(told.partition("waited ")[2].split()[0])


_BURST = 200
_ROUNDS = 9


def _compare_sandboxes(part: Part) -> None:
    direct = Direct(create_app(Settings(seed=1, max_sandboxes=100_000)))
    direct.good(VESTA.submit)
    submit, first, read, reset = [], [], [], []
    clock, began_anew = Ask("GET", "/_mock/clock"), Ask("POST", "/_mock/reset")
    for at in range(_ROUNDS):
        names = range(at * _BURST, (at + 1) * _BURST)
        anew = [VESTA.submit.under(f"/~new-{name}") for name in names]
        submit.append(cost_us(partial(direct.burst, [VESTA.submit], _BURST), _BURST))
        first.append(cost_us(partial(direct.burst, anew, _BURST), _BURST))
        read.append(cost_us(partial(direct.burst, [clock], _BURST), _BURST))
        reset.append(cost_us(partial(direct.burst, [began_anew], _BURST), _BURST))
    for name, one, other in (
        ("submission that makes a sandbox / into one that is there", first, submit),
        ("reset / a read of the clock", reset, read),
    ):
        much, little = (Series(name, "us", tuple(found)) for found in (one, other))
        part.verdicts.append(ratio(name, much, little, ONE_MORE_AIM))


# Sleeps and polls by an httpx client, as a test's client does.
_SLEEPS = """\
import sys, time
import httpx
from mockstatus.testing import running
sleeps = sys.argv[1] == "sleeps"
with running(clock="virtual" if sleeps else "manual") as mock:
    with httpx.Client(base_url=str(mock.vesta), trust_env=False) as client:
        job = client.post("/diarisation/annotate?doc_url=http://h/a.wav").json()["uuid"]
        def poll(number):
            for _ in range(number):
                client.get("/diarisation/status", params={"uuid": job})
                if sleeps:
                    time.sleep(0.001)
        poll(50)
        began, began_cpu = time.perf_counter(), time.process_time()
        poll(300)
        took, took_cpu = time.perf_counter() - began, time.process_time() - began_cpu
        print(1e6 * took / 300, 1e6 * took_cpu / 300)
"""


def _compare_sleep(part: Part, rounds: int) -> None:
    found: dict[str, list[list[float]]] = {"sleeps": [], "polls": []}
    for _ in range(rounds):
        for kind, values in found.items():
            values.append([*map(float, _ran([sys.executable, "-c", _SLEEPS, kind]).split())])
    for at, unit in enumerate(("us by the clock", "us of CPU")):
        slept, bare = (
            Series(name, unit, tuple(values[at] for values in found[kind]))
            for kind, name in (
                ("sleeps", "a poll and a virtual sleep"),
                ("polls", "a bare poll by httpx"),
            )
        )
        part.series += [slept, bare]
        part.verdicts.append(ratio(f"{slept.name} / {bare.name}, {unit}", slept, bare, SLEEP_AIM))


def _ran(command: Sequence[str]) -> str:
    env = {**environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if ran.returncode:
        raise RuntimeError(f"{command[:4]} failed: {(ran.stdout + ran.stderr)[-2000:]}")
    return ran.stdout
