"""Servers in processes of their own: started, asked for their CPU time and memory, stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cores import pin, server_core
from benchmarks.dialogues import Ask

TESTS = Path(__file__).parent.parent
"""The folder from which `benchmarks` can be imported."""

_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_START_LIMIT_S = 60.0


class DidNotStartError(RuntimeError):
    """A server did not answer in time, or ended; with the end of what it said."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a server is started.

    command: makes its command from the port it shall listen on. probe: the path that is asked
    until anything is answered. env: beside the present environment.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    probe: str = "/"
    env: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Running:
    """A server that answers. start_s: real seconds from its process's start to the first answer."""

    def __init__(self, port: int, pid: int, start_s: float) -> None:
        self.port = port
        self.pid = pid
        self.start_s = start_s
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, ask: Ask) -> Answer:
        """One request on a connection that is kept."""
        self._connection.request(ask.method, ask.path, ask.body or None, dict(ask.headers))
        answer = self._connection.getresponse()
        body = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, body)

    def good(self, ask: Ask) -> Answer:
        """One request whose answer must be good. Raises RuntimeError."""
        answer = self.ask(ask)
        if answer.status >= 400:
            raise RuntimeError(f"{ask.method} {ask.path}: {answer.status} {answer.body[:300]!r}")
        return answer

    @property
    def cpu_s(self) -> float:
        """CPU seconds, user and system, that the process and its children have used."""
        return sum(_cpu_ticks(pid) for pid in _family(self.pid)) / _TICKS_PER_S

    @property
    def resident_bytes(self) -> int:
        """Memory that the process and its children have in RAM."""
        return sum(resident_bytes(pid) for pid in _family(self.pid))

    def close(self) -> None:
        """Gives the connection up."""
        self._connection.close()


@contextlib.contextmanager
def running(launch: Launch) -> Iterator[Running]:
    """A fresh server on a core of its own, gone in the end. Raises DidNotStartError."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            launch.command(port),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**environment(), **(launch.env or {})},
            start_new_session=True,
        )
        pin(process.pid, server_core())
        try:
            _await_answer(process, port, launch.probe)
            started = Running(port, process.pid, time.perf_counter() - began)
            try:
                yield started
            finally:
                started.close()
        except _NoAnswerError as error:
            log.seek(0)
            said = log.read()[-2000:].decode(errors="replace")
            raise DidNotStartError(f"{launch.name}: {error}\n{said}") from None
        finally:
            _stop(process)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


def environment() -> dict[str, str]:
    """That of a child which imports `benchmarks`, and the mockstatus beside them.

    No setting of mockstatus is handed on.
    """
    kept = {name: value for name, value in os.environ.items() if "MOCKSTATUS" not in name}
    # Installed packages come with their bytecode; without ours each start would compile anew.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent)))}


class _NoAnswerError(Exception):
    pass


def _await_answer(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.perf_counter() + _START_LIMIT_S
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise _NoAnswerError(f"ended with exit code {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.002)
        else:
            return
        finally:
            connection.close()
    raise _NoAnswerError(f"no answer in {_START_LIMIT_S:.0f} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    family = _family(process.pid)
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in family[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)


def _family(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, tasks.read_text().split())
    return found


def _cpu_ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def resident_bytes(pid: int) -> int:
    """Memory that one process has in RAM; 0 where there is no such process."""
    try:
        statm = Path(f"/proc/{pid}/statm").read_text()
    except OSError:
        return 0
    return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")
