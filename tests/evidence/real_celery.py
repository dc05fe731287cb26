"""A real Celery worker on a Redis of its own, and what AsyncResult shows of its tasks."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from evidence.program import Program, ProgramError
from evidence.stories import Story
from evidence.watching import ENDS, REPORTS, Shown, StuckError, watch

_APP = Path(__file__).with_name("worker_app.py")

_TICK_S = 0.005
_PATIENCE_S = 60.0
_ADDRESS_TRIES = 5

# What the stories raise: VESTA wire notes, 2.9.
_CODES = {"DownloadError": 301, "TaskRevokedError": 109}
_UNLISTED = 101


class RealCelery:
    """A running worker: prefork, one process, STARTED tracked.

    app: the application module, as a client loads it.
    """

    def __init__(self, app: ModuleType, worker: Program) -> None:
        self._app = app
        self._worker = worker
        self._recorded: dict[Story, list[Shown]] = {}

    def recording(self, story: Story) -> list[Shown]:
        """What a client saw of a task with this story. A story is played once.

        Raises ProgramError with all that the worker said if the story does not come to its end.
        """
        if story not in self._recorded:
            try:
                self._recorded[story] = self._play(story)
            except StuckError as error:
                said = self._worker.said()
                raise ProgramError(f"{error}; the worker said:\n{said}") from error
        return self._recorded[story]

    def _play(self, story: Story) -> list[Shown]:
        with ExitStack() as stack:
            # The worker is kept busy before the task, so that a client surely sees it in the
            # queue; and after its first attempt, so that one surely sees it wait for the second.
            before = stack.enter_context(_Hold(self._app))
            self._worker.wait_until(before.is_started, "it is busy")
            played = self._app.play.apply_async((story.attempts, story.retry_s))
            stack.callback(_end, played)
            after = stack.enter_context(_Hold(self._app))
            side = _CelerySide(self._app, self._worker, played, before, after)
            return watch(side, cancel_in=story.cancel_in)


def _end(played: Any) -> None:
    """Sees to it that the worker is free, also where a story went wrong."""
    if not played.ready():
        played.revoke(terminate=True, signal="SIGKILL")


class _Hold:
    """A task that keeps the worker busy until it is let go."""

    def __init__(self, app: ModuleType) -> None:
        self._app = app
        self._result = app.hold.apply_async()
        self._is_let_go = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Lets the worker go on; again does nothing."""
        if not self._is_let_go:
            self._is_let_go = True
            self._app.go_on(self._result.id)

    def is_started(self) -> bool:
        """Whether the worker has taken it up, and so has left what it did before."""
        return bool(self._result.state != "PENDING")

    def is_over(self) -> bool:
        """Whether the worker is free for the next task."""
        return bool(self._result.ready())


class _CelerySide:
    """A real task, seen through AsyncResult, as the gateway would answer it."""

    def __init__(
        self, app: ModuleType, worker: Program, played: Any, before: _Hold, after: _Hold
    ) -> None:
        self._app = app
        self._worker = worker
        self._played = played
        self._before = before
        self._after = after
        self._give_up_s = time.monotonic() + _PATIENCE_S

    def poll(self) -> Shown:
        # Two reads of the store: the pair is whole if the state is the same before and after.
        while True:
            state, result = self._played.state, self._played.result
            if self._played.state == state:
                return Shown(state, _answered(state, result))

    def pass_time(self) -> None:
        if time.monotonic() > self._give_up_s:
            raise StuckError(f"the task stays {self.poll()}")
        time.sleep(_TICK_S)  # a real worker takes real time

    def was_seen(self, shown: Shown) -> None:
        if shown.state == "PENDING":
            self._before.let_go()
        elif shown.state == "RETRY":
            self._after.let_go()
        elif shown.state in REPORTS:
            self._app.go_on(self._played.id)

    def cancel(self, shown: Shown) -> None:
        if shown.state == "RETRY":
            # A worker that has just stored RETRY still counts the attempt among those that run,
            # and a revoke in that instant says "terminated". It is over once the next task runs.
            self._worker.wait_until(self._after.is_started, "it has left the failed attempt")
        # As the gateway does: VESTA wire notes, 2.4.
        self._played.revoke(terminate=True, signal="SIGKILL")

    def settle(self) -> None:
        # When the worker is done with what was queued behind it, a task's own turn is past.
        for hold in (self._before, self._after):
            hold.let_go()
            self._worker.wait_until(hold.is_over, "it is free again")


def _answered(state: str, result: Any) -> Any:
    """The gateway's result for this of Celery's: VESTA wire notes, 4, the table."""
    if isinstance(result, BaseException):
        code = _CODES.get(type(result).__name__, _UNLISTED)
        return {"code": code, "message": str(result)}
    return result if state in ENDS | REPORTS else None


@contextmanager
def running(folder: Path) -> Iterator[RealCelery]:
    """A worker and its Redis, everything of theirs in an empty folder; both gone at the end."""
    with ExitStack() as stack:
        redis, url = start_redis(folder)
        stack.callback(redis.stop)
        # A copy: what Python compiles of it stays in the folder, too.
        shutil.copy(_APP, folder)
        worker = _start_worker(folder, url)
        stack.callback(worker.stop)
        worker.wait_until(lambda: " ready." in worker.said(), "it is ready")
        app = stack.enter_context(_client(folder / _APP.name, url))
        yield RealCelery(app, worker)


def _start_worker(folder: Path, url: str) -> Program:
    command = [sys.executable, "-m", "celery", "-A", _APP.stem, "worker", "--pool", "prefork"]
    quickly = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Program(
        "the Celery worker",
        [*command, *quickly, "--loglevel", "info"],
        log=folder / "worker.log",
        cwd=folder,
        env={"EVIDENCE_REDIS_URL": url},
    )


def start_redis(folder: Path) -> tuple[Program, str]:
    """A Redis that keeps nothing, and its address."""
    for tries_left in reversed(range(_ADDRESS_TRIES)):
        port = free_port()
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port)]
        nothing = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        server = Program("Redis", [*command, *nothing], log=folder / "redis.log", cwd=folder)
        try:
            server.wait_until(_accepts(server), "it accepts connections")
        except ProgramError:
            server.stop()
            # Somebody else was quicker to take the port.
            if "Address already in use" not in server.said() or not tries_left:
                raise
        else:
            return server, f"redis://127.0.0.1:{port}/0"
    raise AssertionError("unreachable: the last try returns or raises")


def _accepts(server: Program) -> Callable[[], bool]:
    return lambda: "Ready to accept connections" in server.said()


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _client(path: Path, url: str) -> Iterator[ModuleType]:
    """The application as the test uses it, with no connection left at the end."""
    spec = importlib.util.spec_from_file_location(f"evidence_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.app.conf.update(broker_url=url, result_backend=url)
    try:
        yield module
    finally:
        module.app.backend.result_consumer.stop()
        module.app.backend.client.close()
        module.app.close()
