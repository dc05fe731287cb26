"""The image keeps its promises: as its Dockerfile reads, and as it is built.

Laid out: the instructions are done one after the other, without an engine, in every run of the
tests. Built: by buildah, on a stand-in for its base, where `-m image` asks for it, as CI does. Both
then run as an engine would run them: as process 1 and the image's user, without capabilities, on a
read-only tree, with the image's environment and no other.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from container import built, pip_settings, room
from container.dockerfile import ROOT, Config, read
from container.laid_out import lay_out
from container.room import Room

PATIENCE_S = 60
STORY = """\
service: vesta
summary: {summary}
phases: [{{state: PENDING, for: 1h}}, {{state: SUCCESS}}]
faults: [{{operation: status, effect: {{delay: 10m}}}}]
"""
OFFLINE = re.compile("NewConnectionError|NameResolutionError|ConnectTimeout|Max retries exceeded")
DOCKERFILE = read(ROOT / "Dockerfile")
PACKAGES = "opt/mockstatus/lib/python3.11/site-packages"

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Running:
    """process: from outside. url: what it says that it listens on. env: its variables."""

    process: subprocess.Popen[str]
    url: str
    env: dict[str, str]

    def end(self) -> tuple[int, str, float]:
        """Stops it as an engine does; exit code, the rest of what it printed, seconds."""
        number = room.inner(self.process)
        began = time.monotonic()
        os.kill(number, getattr(signal, DOCKERFILE.config.stop_signal))
        code = self.process.wait(PATIENCE_S)
        took_s = time.monotonic() - began
        printed, complaints = rest_of(self.process)
        assert complaints == ""  # it logs to stdout
        return code, printed, took_s


@dataclass(frozen=True)
class Container:
    """An image that was made, and what it says about itself. root: its files."""

    room: Room
    config: Config
    is_built: bool = False

    @property
    def root(self) -> Path:
        return self.room.root

    @contextmanager
    def running(self, stories: Path | None = None, **variables: str) -> Iterator[Running]:
        """Its entry point and command, with these variables, and with stories mounted."""
        config = self.config
        env = {**config.env, "MOCKSTATUS_PORT": free_port(), **variables}
        mounts = {} if stories is None else {config.env["MOCKSTATUS_SCENARIOS"]: stories}
        words = [*config.entrypoint, *config.command]
        with self.room.running(words, env=env, user=config.user, mounts=mounts) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            found = re.search(r"listens on (http://[\w.:]+)", first)
            assert found, (first, *rest_of(process))
            yield Running(process, found[1], env)

    def is_healthy(self, env: dict[str, str]) -> bool:
        """What an engine would ask."""
        config = self.config
        with self.room.running(config.health, env=env, user=config.user) as asked:
            return asked.wait(PATIENCE_S) == 0


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("laid out", id="laid-out"),
        pytest.param("built", id="built", marks=pytest.mark.image),
    ],
)
def container(request, shared_folder: Path) -> Iterator[Container]:
    without(room.missing())
    if request.param == "laid out":
        yield Container(laid_out_once(shared_folder), DOCKERFILE.config)
        return
    without(built.missing())
    with (
        tempfile.TemporaryDirectory(prefix="mockstatus-image-") as folder,
        built.build(DOCKERFILE, Path(folder), pip_settings.of_this_machine()) as (inside, config),
    ):
        yield Container(inside, config, is_built=True)


def without(missing: str) -> None:
    """Skips, saying what is missing; fails in CI."""
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


def laid_out_once(shared: Path) -> Room:
    """The first process of a run that wants it makes it, the others wait."""
    folder, kept = shared / "image", shared / "image.pickle"
    with (shared / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            try:
                made = lay_out(DOCKERFILE, folder, pip_settings.of_this_machine())
            except subprocess.CalledProcessError as error:
                if OFFLINE.search(f"{error.stdout}{error.stderr}"):
                    without("the package index cannot be reached")
                raise
            kept.write_bytes(pickle.dumps(made))
    return pickle.loads(kept.read_bytes())  # noqa: S301  # written above


def rest_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a process that ends has printed, and was not read yet; of both streams."""
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read(), process.stderr.read()


def free_port() -> str:
    """One that nobody listens on, below those that systems give to clients."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("", port))
            return str(port)


@pytest.fixture
def stories() -> Iterator[Path]:
    """A folder such as is mounted at /scenarios."""
    with tempfile.TemporaryDirectory(prefix="mockstatus-stories-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def tell(container: Container, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Tells people what was measured of the built image."""

    def tell(text: str) -> None:
        if container.is_built:
            with capsys.disabled():
                print(f"\n{text}")  # noqa: T201

    return tell


def write(stories: Path, name: str, summary: str) -> None:
    story = stories / "vesta" / f"{name}.yaml"
    story.parent.mkdir(exist_ok=True)
    story.write_text(STORY.format(summary=summary), encoding="utf-8")


def test_it_says_about_itself_what_the_dockerfile_says(container):
    said, wanted = container.config, DOCKERFILE.config
    own = {name: value for name, value in said.labels.items() if name in wanted.labels}

    assert own == wanted.labels
    assert (said.env, said.user, said.stop_signal) == (wanted.env, wanted.user, wanted.stop_signal)
    assert (said.entrypoint, said.command) == (wanted.entrypoint, wanted.command)
    assert said.health == wanted.health


def test_it_holds_what_runs_and_nothing_that_installs_or_tests(container, tell):
    packages = {path.name.partition("-")[0] for path in (container.root / PACKAGES).iterdir()}
    commands = {path.name for path in (container.root / "opt/mockstatus/bin").iterdir()}
    own = sum(path.lstat().st_size for path in (container.root / "opt").rglob("*"))
    everything = sum(path.lstat().st_size for path in container.root.rglob("*"))
    tell(f"the image takes {everything / 1e6:.0f} MB, /opt/mockstatus {own / 1e6:.0f} of them")

    assert {"mockstatus", "fastapi", "trustme"} <= packages
    assert not packages & {"pip", "setuptools", "wheel", "hatchling", "pytest", "tests"}
    assert not commands & {"pip", "pip3", "pytest"}
    assert (container.root / PACKAGES / "mockstatus/scenarios/vesta/success.yaml").is_file()
    assert not (container.root / "src/pyproject.toml").exists()
    assert [*(container.root / "scenarios").iterdir()] == []


def test_all_of_it_is_compiled_for_nothing_can_be_at_run_time(container):
    sources = [*(container.root / PACKAGES / "mockstatus").rglob("*.py")]

    assert len(sources) > 50
    for source in sources:
        assert [*(source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")], source


def test_it_runs_as_its_user_as_process_1_without_any_privilege(container):
    with container.running() as running:
        number = room.inner(running.process)
        lines = Path(f"/proc/{number}/status").read_text(encoding="ascii").splitlines()
        status = {name: value.split() for name, _, value in (one.partition(":") for one in lines)}

    user, _, group = DOCKERFILE.config.user.partition(":")
    assert set(status["Uid"]) == {user}
    assert set(status["Gid"]) == {group}
    assert status["NSpid"][-1] == "1"
    assert status["NoNewPrivs"] == ["1"]
    assert {int(status[name][0], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert not Path(f"/proc/{number}").exists()  # it was not ended, and is gone all the same


def test_it_answers_is_healthy_on_its_port_and_ends_with_exit_code_0(container):
    with container.running() as running:
        other = container.is_healthy({**running.env, "MOCKSTATUS_PORT": free_port()})
        healthy = any(container.is_healthy(running.env) for _ in range(10))
        page = requests.get(f"{running.url}/docs", timeout=PATIENCE_S)
        code, rest, _ = running.end()

    assert running.url.endswith(f":{running.env['MOCKSTATUS_PORT']}")
    assert healthy
    assert not other
    assert page.status_code == 200
    assert code == 0
    assert "listening on 0.0.0.0" in rest.replace("\n", " ")
    assert "/_mock is open" in rest.replace("\n", " ")


def test_it_ends_at_once_even_while_a_client_is_being_delayed(container, stories, tell):
    write(stories, "slow", "Its status takes ten minutes.")
    took_s = []
    for _ in range(3 if container.is_built else 1):
        with container.running(stories) as running:
            uuid = submitted(running.url, "vesta/slow")
            with being_delayed(running.url, uuid):
                code, _, one_s = running.end()
        assert code == 0
        took_s.append(one_s)

    tell(f"SIGTERM ended it after {', '.join(f'{one:.2f}' for one in took_s)} s")
    if container.is_built:  # and alone on the machine; beside other tests it says nothing
        assert min(took_s) < 1


def submitted(url: str, scenario: str) -> str:
    answer = requests.post(
        f"{url}/vesta/diarisation/annotate?doc_url=http://example.org/a.wav",
        headers={"X-Mock-Scenario": scenario},
        timeout=PATIENCE_S,
    )
    return answer.json()["uuid"]


@contextmanager
def being_delayed(url: str, uuid: str) -> Iterator[None]:
    """A client that asked for a status, and whose question has arrived."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as waiting:
        path = f"/vesta/diarisation/status?uuid={uuid}"
        waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        seen = requests.get(
            f"{url}/_mock/jobs/{uuid}/wait?requests=2&timeout=30s", timeout=PATIENCE_S
        )
        assert seen.status_code == 200
        yield


def test_mounted_scenarios_add_to_the_shipped_ones_and_override_them(container, stories):
    write(stories, "success", "Overridden.")
    write(stories, "of-our-own", "Added.")
    with container.running(stories) as running:
        told = summaries(running.url)

    assert told["vesta/success"] == "Overridden."
    assert told["vesta/of-our-own"] == "Added."
    assert "krixik/success" in told


def test_mounted_scenarios_are_watched_if_asked(container, stories):
    with container.running(stories, MOCKSTATUS_WATCH="true") as running:
        for number in range(1000):  # the watcher may not be there yet for the first ones
            write(stories, f"number-{number}", "Added later.")
            added = [name for name in summaries(running.url) if "number-" in name]
            if added:
                break

    assert added


def summaries(url: str) -> dict[str, str]:
    found = requests.get(f"{url}/_mock/scenarios", timeout=PATIENCE_S).json()
    return {one["name"]: one["summary"] for one in found}


def test_everything_can_be_set_by_variables_alone(container):
    token = {"Authorization": "Bearer tick"}
    with container.running(
        MOCKSTATUS_ADMIN_TOKEN="tick", MOCKSTATUS_CLOCK="manual", MOCKSTATUS_SEED="7"
    ) as running:
        closed = requests.get(f"{running.url}/_mock/clock", timeout=PATIENCE_S)
        clock = requests.get(f"{running.url}/_mock/clock", headers=token, timeout=PATIENCE_S)
        seed = requests.get(f"{running.url}/_mock/seed", headers=token, timeout=PATIENCE_S)
        code, rest, _ = running.end()

    assert closed.status_code == 401
    assert clock.json()["mode"] == "manual"
    assert seed.json()["seed"] == 7
    assert code == 0
    assert "is open" not in rest
