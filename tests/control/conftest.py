"""A server of toys on a clock moved by hand, and a tester of it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tester import Tester
from toy_service import SERVICE

from mockstatus.app import create_app
from mockstatus.scenario.library import Library
from mockstatus.settings import Settings
from mockstatus.web.service import Service

TOYS = {"toy": SERVICE}
T0 = "2026-01-01T00:00:00Z"

STORIES = {
    "counted": "phases: [{state: QUEUED, polls: 2}, {state: RUNNING, polls: 3}, {state: DONE}]",
    "signalled": "phases: [{state: QUEUED, until: go}, {state: RUNNING, for: 10s}, {state: DONE}]",
    "refused": "phases: [{state: QUEUED}]\nsubmit: {refuse: not today}",
    "lagging": "phases: [{state: RUNNING, for: 1m}, {state: DONE}]\ncancel: {lag: 5s}",
    "waits": """
phases: [{state: QUEUED, until: {track: box}}, {state: DONE}]
tracks: {box: [{state: RUNNING, for: 30s}, {state: DONE}]}""",
    "expiring": "phases: [{state: QUEUED}]\nexpires: {after: 1h}",
    "stuck": "phases: [{state: QUEUED, for: 1s}, {state: RUNNING}]",
    "lost-reply": """
phases: [{state: QUEUED, for: 5s}, {state: DONE}]
faults: [{operation: submit, when: after, effect: {wire: empty}}]""",
}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "toy").mkdir()
    for name, text in STORIES.items():
        file = folder / "toy" / f"{name}.yaml"
        file.write_text(f"service: toy\nsummary: The {name} toy.\n{text}\n")
    library = Library({"toy": SERVICE.scenario_model}, folders=[folder])
    assert library.problems == ()
    return library


@pytest.fixture
def server(library: Library) -> Callable[..., Tester]:
    """Makes a server with these settings."""

    def make(services: Mapping[str, Service] = TOYS, **settings: Any) -> Tester:
        app = create_app(
            Settings(**{"clock": "manual", "seed": 1, **settings}),
            services=services,
            library=library,
        )
        return Tester(app)

    return make


@pytest.fixture
def tester(server: Callable[..., Tester]) -> Tester:
    tester = server()
    tester.put("/_mock/clock", {"now": T0})
    return tester
