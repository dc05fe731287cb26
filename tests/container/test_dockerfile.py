"""The image's promises, kept without an engine: its instructions are read, and done.

The entry point runs as the image's user number, without capabilities, with its environment and no
other, on a tree that this user cannot write to; the health command and the signals are the image's.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from container.dockerfile import ROOT, Image, read
from packaging.requirements import Requirement

PATIENCE_S = 60
STORY = """\
service: vesta
summary: {summary}
phases: [{{state: PENDING, for: 1h}}, {{state: SUCCESS}}]
faults: [{{operation: status, effect: {{delay: 30s}}}}]
"""

needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become the image's user, by setpriv",
)


@pytest.fixture(scope="module")
def image() -> Image:
    return read(ROOT / "Dockerfile")


# What it says.


def test_it_has_two_stages_of_one_base_whose_version_is_pinned(image):
    bases = [rest.split()[0] for word, rest in image.lines if word == "FROM"]

    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.search(r":3\.\d+-slim-\w+$", bases[0])
    assert image.labels["org.opencontainers.image.base.name"] == bases[0]


def test_its_user_is_a_number_and_not_root(image):
    user, _, group = image.user.partition(":")

    assert int(user) > 0
    assert int(group) > 0


def test_nothing_in_it_needs_a_shell(image):
    for word, rest in image.lines:
        if word in {"RUN", "CMD", "ENTRYPOINT"}:
            assert rest.startswith("["), rest
    assert [*image.entrypoint, *image.command] == ["/opt/mockstatus/bin/mockstatus", "serve"]


def test_its_health_is_checked_by_its_own_command_and_quickly_at_first(image):
    assert image.health == ["/opt/mockstatus/bin/mockstatus", "healthcheck"]
    assert "--start-interval=500ms" in image.health_options
    assert "--start-period=" in image.health_options


def test_it_has_the_folder_that_it_reads_scenarios_from(image):
    assert image.env["MOCKSTATUS_SCENARIOS"] in image.folders


def test_every_file_that_it_copies_is_there_and_not_ignored(image):
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [rest.split()[:-1] for word, rest in image.lines if word == "COPY"]
    for name in [name for names in copied for name in names if not names[0].startswith("--from")]:
        path = name.removeprefix("./")
        assert (ROOT / path).exists(), path
        assert f"!{path}" in ignore, path


def test_the_lock_pins_all_that_the_package_depends_on():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = [
        Requirement(line)
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]

    assert all(re.fullmatch(r"==[^*]+", str(one.specifier)) for one in locked)
    versions = {plain(one.name): str(one.specifier).removeprefix("==") for one in locked}
    for dependency in map(Requirement, project["dependencies"]):
        assert versions[plain(dependency.name)] in dependency.specifier, dependency


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# What it does.


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    """The package as the image has it, in a folder that all may read and nobody may write."""
    # Not below pytest's own folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="mockstatus-image-") as name:
        folder = Path(name)
        laid_out(folder)
        yield folder


def laid_out(folder: Path) -> None:
    shutil.copytree(
        ROOT / "mockstatus", folder / "mockstatus", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "scenarios", folder / "mockstatus" / "scenarios", dirs_exist_ok=True)
    (folder / "empty").mkdir()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


@pytest.fixture
def stories() -> Iterator[Path]:
    """A folder such as is mounted at /scenarios."""
    with tempfile.TemporaryDirectory(prefix="mockstatus-stories-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def running(image: Image, tree: Path, **env: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The image's entry point; the process, and the URL that it says it listens on."""
    process = subprocess.Popen(
        command(image, [*image.entrypoint, *image.command]),
        env=environment(image, tree, MOCKSTATUS_PORT="0", **env),
        cwd=tree / "empty",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.search(r"listens on (http://\S+)", first)
        assert found, first + process.stdout.read()
        yield process, found[1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def command(image: Image, words: list[str]) -> list[str]:
    """A command of the image's, as its user and without privileges, by this Python."""
    assert words[0] == "/opt/mockstatus/bin/mockstatus"
    user, _, group = image.user.partition(":")
    become = [f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"]
    drop = ["--bounding-set=-all", "--inh-caps=-all"]
    if not all(path.stat().st_mode & 0o001 for path in Path(sys.executable).resolve().parents):
        # This Python lies where only root may enter: let it be read there, and nothing more.
        one = "dac_read_search"
        drop = [f"--bounding-set=-all,+{one}", f"--inh-caps=-all,+{one}", f"--ambient-caps=+{one}"]
    return ["setpriv", *become, *drop, "--", sys.executable, "-m", "mockstatus", *words[1:]]


def environment(image: Image, tree: Path, **more: str) -> dict[str, str]:
    given = {**image.env, "MOCKSTATUS_SCENARIOS": str(tree / "empty"), "PYTHONPATH": str(tree)}
    return {**given, "PATH": os.environ["PATH"], **more}


def is_healthy(image: Image, tree: Path, port: str) -> bool:
    """What an engine would ask; it asks more than once before it gives up."""
    asked = subprocess.run(
        command(image, image.health),
        env=environment(image, tree, MOCKSTATUS_PORT=port),
        check=False,
        capture_output=True,
    )
    return asked.returncode == 0


@needs_root
def test_it_starts_answers_is_healthy_and_ends_at_sigterm_with_exit_code_0(image, tree):
    with running(image, tree) as (process, url):
        port = url.rpartition(":")[2]
        healthy = any(is_healthy(image, tree, port) for _ in range(10))
        page = requests.get(f"{url}/docs", timeout=PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        rest = process.stdout.read()

    assert healthy
    assert page.status_code == 200
    assert process.returncode == 0
    assert "/_mock is open" in rest.replace("\n", " ")
    assert not [*(tree / "empty").iterdir()]
    assert not [*tree.rglob("__pycache__")]


@needs_root
def test_it_ends_at_once_even_while_a_client_is_being_delayed(image, tree, stories):
    write(stories, "slow", "Its status takes its time.")
    with running(image, tree, MOCKSTATUS_SCENARIOS=str(stories)) as (process, url):
        uuid = submitted(url, "vesta/slow")
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as waiting:
            path = f"/vesta/diarisation/status?uuid={uuid}"
            waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            seen = requests.get(
                f"{url}/_mock/jobs/{uuid}/wait?requests=2&timeout=30s", timeout=PATIENCE_S
            )
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S / 2)

    assert seen.status_code == 200
    assert process.returncode == 0


@needs_root
def test_mounted_scenarios_add_to_the_shipped_ones_and_override_them(image, tree, stories):
    write(stories, "success", "Overridden.")
    write(stories, "of-our-own", "Added.")
    with running(image, tree, MOCKSTATUS_SCENARIOS=str(stories)) as (_, url):
        found = requests.get(f"{url}/_mock/scenarios", timeout=PATIENCE_S).json()

    told = {one["name"]: one["summary"] for one in found}
    assert told["vesta/success"] == "Overridden."
    assert told["vesta/of-our-own"] == "Added."
    assert "krixik/success" in told


@needs_root
def test_everything_can_be_set_by_variables_alone(image, tree):
    with running(image, tree, MOCKSTATUS_ADMIN_TOKEN="tick", MOCKSTATUS_LOG_FORMAT="text") as (
        process,
        url,
    ):
        closed = requests.get(f"{url}/_mock/jobs", timeout=PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        rest = process.stdout.read()

    assert closed.status_code == 401
    assert "is open" not in rest


def write(stories: Path, name: str, summary: str) -> None:
    story = stories / "vesta" / f"{name}.yaml"
    story.parent.mkdir(exist_ok=True)
    story.write_text(STORY.format(summary=summary), encoding="utf-8")


def submitted(url: str, scenario: str) -> str:
    answer = requests.post(
        f"{url}/vesta/diarisation/annotate?doc_url=http://example.org/a.wav",
        headers={"X-Mock-Scenario": scenario},
        timeout=PATIENCE_S,
    )
    return answer.json()["uuid"]
