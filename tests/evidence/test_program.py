"""Programs that tests start are gone when the tests are."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from evidence import real_celery
from evidence.program import Program, ProgramError, is_running
from evidence.real_celery import start_redis
from evidence.requirements import missing, require


@pytest.fixture(autouse=True)
def _machine() -> None:
    require(missing())


def a_program(folder: Path, script: str) -> Program:
    return Program("it", ["sh", "-c", script], log=folder / "it.log", cwd=folder)


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    program = a_program(tmp_path, "sleep 1000 & echo begun; exec sleep 1000")
    program.wait_until(lambda: "begun" in program.said(), "it has begun")
    was_running = is_running(program.group)

    program.stop()

    assert was_running
    assert not is_running(program.group)


def test_a_program_ends_also_when_the_test_is_killed(tmp_path: Path) -> None:
    test = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from evidence.program import Program\n"
        "here = Path(sys.argv[2])\n"
        "script = 'echo up; exec sleep 1000'\n"
        "it = Program('it', ['sh', '-c', script], log=here / 'it.log', cwd=here)\n"
        "it.wait_until(lambda: 'up' in it.said(), 'it is up')\n"
        "print(it.group, flush=True)\n"
        "sys.stdin.read()\n"
    )
    tests = str(Path(__file__).parent.parent)
    command = [sys.executable, "-B", "-c", test, tests, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        group = int(killed.stdout.readline())
        killed.send_signal(signal.SIGKILL)

    give_up_s = time.monotonic() + 30
    while is_running(group) and time.monotonic() < give_up_s:
        time.sleep(0.005)  # the system tells the program in its own time

    assert not is_running(group)


def test_a_program_that_ends_too_early_is_told_with_its_output(tmp_path: Path) -> None:
    program = a_program(tmp_path, "echo no such thing >&2; exit 1")

    with pytest.raises(ProgramError, match="it ended before it is up; it said:\nno such thing"):
        program.wait_until(lambda: False, "it is up")

    program.stop()


def test_redis_keeps_nothing(tmp_path: Path) -> None:
    server, _ = start_redis(tmp_path)

    server.stop()

    assert [path.name for path in tmp_path.iterdir()] == ["redis.log"]
    assert not is_running(server.group)


def test_redis_takes_another_port_where_somebody_was_quicker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as quicker:
        taken = quicker.getsockname()[1]
        ports = iter([taken, real_celery.free_port()])
        monkeypatch.setattr(real_celery, "free_port", lambda: next(ports))

        server, url = start_redis(tmp_path)
        server.stop()

    assert str(taken) not in url


def test_what_a_machine_lacks_skips_a_test_but_fails_it_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs redis-server, setpriv"):
        require(["redis-server", "setpriv"])

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs redis-server"):
        require(["redis-server"])
