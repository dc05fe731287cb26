"""A Celery application that plays what a test tells it, one report at a time.

The only module that imports celery. A real worker loads it (`celery -A worker_app worker`), and
so does the test, to submit tasks to that worker and to look at them.

A task waits after each of its reports until the test has seen it: what the test sees does not
depend on how fast the machine is.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from typing import Any

import redis
from celery import Celery  # type: ignore[import-untyped]

_VERSION = "0.1.43"
_PATIENCE_S = 60

_URL = os.environ.get("EVIDENCE_REDIS_URL", "")

# As in the VESTA wire notes, 0 (OBS5). The default application of the test's process stays as
# it was.
app = Celery("evidence", set_as_current=False)
app.conf.update(
    broker_url=_URL,
    result_backend=_URL,
    task_track_started=True,
    worker_concurrency=1,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)


class DownloadError(Exception):
    """A document cannot be downloaded. The gateway knows it by its name: code 301."""


@app.task(name="evidence.hold", bind=True)  # type: ignore[untyped-decorator]  # celery has no types
def hold(self: Any) -> None:
    """Keeps the worker busy until the test lets go."""
    _wait(self)


@app.task(name="evidence.play", bind=True, max_retries=1)  # type: ignore[untyped-decorator]  # as above
def play(self: Any, attempts: list[list[list[Any]]], retry_s: float) -> Any:
    """Does one attempt of a story.

    attempts: their steps; a step is its name and what it is about. retry_s: how long to wait
    before the second attempt, the last one that Celery allows here.
    """
    started = datetime.now().strftime("%Y-%m-%dT%H:%M:%S")
    report = {
        "worker_id_version": _VERSION,
        "host": socket.gethostname(),
        "type": "diarisation",
        "start_time": started,
    }
    for name, about in attempts[self.request.retries]:
        match name:
            case "PROGRESS":
                self.update_state(state="PROGRESS", meta={**report, "current": about, "total": 100})
                _wait(self)
            case "STORING":
                self.update_state(state="STORING", meta=report)
                _wait(self)
            case "return":
                return about
            case "fail":
                raise DownloadError(about)
            case "retry":
                raise self.retry(exc=DownloadError(about), countdown=retry_s)
    return None


def go_on(task_id: str) -> None:
    """Lets a task go on that waits, or will wait next."""
    with redis.Redis.from_url(app.conf.broker_url) as store:
        store.rpush(_gate(task_id), "go on")


def _wait(task: Any) -> None:
    with redis.Redis.from_url(app.conf.broker_url) as store:
        if store.blpop([_gate(task.request.id)], timeout=_PATIENCE_S) is None:
            raise TimeoutError("the test did not let the task go on")


def _gate(task_id: str) -> str:
    return f"evidence:gate:{task_id}"
