"""Every story that we ship can be played and shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pytest

from mockstatus import registry
from mockstatus.cli.inprocess import InProcess
from mockstatus.cli.library import open_library
from mockstatus.cli.mermaid import diagram
from mockstatus.cli.outline import outline
from mockstatus.cli.stage import Stage
from mockstatus.scenario.library import shipped_folder

STORIES = [f"{file.parent.name}/{file.stem}" for file in sorted(shipped_folder().glob("*/*.yaml"))]


@pytest.fixture(scope="module")
def server() -> Iterator[InProcess]:
    services = registry.services()
    with InProcess(services, open_library(services, None)) as made:
        yield made


@pytest.mark.parametrize("name", [*registry.OURS, *STORIES])
def test_it_can_be_played_and_shown(name: str, server: InProcess) -> None:
    service = registry.services()[name.partition("/")[0]]
    loaded = server.sandbox.uploads.get(name) if "/" in name else None
    client = Stage(service, loaded, server).client(seed=1)

    begun = list(client.begin())
    polled = list(client.follow())

    assert begun[0].call == "submit"
    if client.job is None:
        assert loaded is not None
        assert loaded.scenario.submit or loaded.scenario.faults
        assert client.remark == "No job came of it."
        return
    assert polled or client.remark
    lines = outline(client.job.timeline, client.job.timeline)
    assert diagram(lines).startswith("stateDiagram-v2\n")
    again = Stage(service, loaded, server).client(seed=1)
    deque(again.begin(), maxlen=0)
    assert all(again.look_at(line.track, line.phase).reply.status for line in lines)
