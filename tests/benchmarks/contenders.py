"""mockstatus, its twins and a FastAPI operation: how they are started, and what they are asked."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.dialogues import DIALOGUES, Ask, Dialogue
from benchmarks.processes import Answer, Launch, Running, running
from benchmarks.twins import Recorded
from benchmarks.under_load import Prepare

JOBS = 64
"""Jobs that are polled in turn."""

PREFIX = "/~alice"

MOCKSTATUS = Launch(
    "mockstatus",
    lambda port: [sys.executable, "-m", "mockstatus", "serve", "--port", str(port)],
    probe="/_mock/health",
)
CONSTANT = Launch(
    "a constant FastAPI operation",
    lambda port: [sys.executable, "-m", "benchmarks.host", "constant", str(port)],
)


def twin_launch(recorded: Path, *, by_uvicorn: bool = False) -> Launch:
    """The twin of what was recorded there."""
    plain = ["uvicorn"] if by_uvicorn else []
    module = [sys.executable, "-m", "benchmarks.host", *plain]
    return Launch(
        f"the twin of {recorded.stem}", lambda port: [*module, "twin", str(recorded), str(port)]
    )


@contextlib.contextmanager
def recorded_answers() -> Iterator[dict[str, Path]]:
    """Files of what mockstatus answers in each service; twins are made of them."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        with running(MOCKSTATUS) as server:
            for name, dialogue in DIALOGUES.items():
                set_up(server, dialogue)
                submitted = begin(server, dialogue)
                status = server.good(dialogue.status(dialogue.job_id(submitted.body)))
                files[name] = Path(folder, f"{name}.json")
                Recorded(name, submitted, status).save(files[name])
        yield files


class Asked(Protocol):
    """Whoever answers requests: a server, or an application in this process."""

    def good(self, ask: Ask) -> Answer: ...


def set_up(server: Asked, dialogue: Dialogue, prefix: str = "") -> None:
    """Makes the scenario that stays in the middle the default of a sandbox."""
    name = f"{dialogue.service}/works-for-hours"
    kind = {"content-type": "application/yaml"}
    server.good(Ask("PUT", f"{prefix}/_mock/scenarios/{name}", kind, dialogue.scenario.encode()))
    server.good(put(f"{prefix}/_mock/defaults/{dialogue.service}", {"scenario": name}))
    if dialogue.options:
        path = f"{prefix}/_mock/options/{dialogue.service}"
        server.good(put(path, dialogue.options))


def begin(
    server: Asked,
    dialogue: Dialogue,
    prefix: str = "",
    *,
    number: int = 0,
    is_twin: bool = False,
) -> Answer:
    """Submits a job, and does what makes it begin; answers what the submission was answered."""
    submitted = server.good(dialogue.submit.numbered(number).under(prefix))
    if dialogue.start is not None and not is_twin:
        server.good(dialogue.start(submitted.body))
    return submitted


def polls(dialogue: Dialogue, prefix: str = "", *, is_twin: bool = False) -> Prepare:
    """Submits some jobs; then they are polled in turn."""

    def prepare(server: Running) -> Sequence[Ask]:
        if not is_twin:
            set_up(server, dialogue, prefix)
        begun = [
            begin(server, dialogue, prefix, number=number, is_twin=is_twin)
            for number in range(JOBS)
        ]
        jobs = [dialogue.job_id(submitted.body) for submitted in begun]
        asks = [dialogue.status(job).under(prefix) for job in jobs]
        for ask in asks:
            server.good(ask)
        return asks

    return prepare


def submissions(dialogue: Dialogue, ask: Ask, *, is_twin: bool = False) -> Prepare:
    """One of its submissions, over and over."""

    def prepare(server: Running) -> Sequence[Ask]:
        if not is_twin:
            set_up(server, dialogue)
        return [ask]

    return prepare


def put(path: str, document: object) -> Ask:
    """A request of a tester."""
    return Ask("PUT", path, {"content-type": "application/json"}, json.dumps(document).encode())
