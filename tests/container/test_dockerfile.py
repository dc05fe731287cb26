"""What the Dockerfile says, read; `test_image.py` holds what the image does."""

from __future__ import annotations

import re
import tomllib

import pytest
from container.dockerfile import ROOT, Image, read
from packaging.requirements import Requirement


@pytest.fixture(scope="module")
def image() -> Image:
    return read(ROOT / "Dockerfile")


def test_it_has_two_stages_of_one_base_whose_version_is_pinned(image):
    first, last = image.bases

    assert first == last
    assert re.search(r":3\.\d+-slim-\w+$", last)
    assert image.config.labels["org.opencontainers.image.base.name"] == last


def test_its_user_is_a_number_and_not_root(image):
    user, _, group = image.config.user.partition(":")

    assert int(user) > 0
    assert int(group) > 0


def test_nothing_in_it_needs_a_shell(image):
    for word, rest in image.lines:
        if word in {"RUN", "CMD", "ENTRYPOINT"}:
            assert rest.startswith("["), rest
    assert [*image.config.entrypoint, *image.config.command] == [
        "/opt/mockstatus/bin/mockstatus",
        "serve",
    ]


def test_its_health_is_checked_by_its_own_command_and_soon(image):
    assert image.config.health == ["/opt/mockstatus/bin/mockstatus", "healthcheck"]
    # Engines ask first after one interval; few know an option that makes the first ones shorter.
    assert image.health_options["interval"] in {"1s", "2s"}
    assert "start-period" in image.health_options
    assert "start-interval" not in image.health_options


def test_it_has_the_folder_that_it_reads_scenarios_from(image):
    assert image.config.env["MOCKSTATUS_SCENARIOS"] in image.folders


def test_every_file_that_it_copies_is_there_and_not_ignored(image):
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    copied = [rest.split()[:-1] for word, rest in image.lines if word == "COPY"]
    for name in [name for names in copied for name in names if not names[0].startswith("--from")]:
        path = name.removeprefix("./")
        assert (ROOT / path).exists(), path
        assert f"!{path}" in ignore, path


def test_the_lock_pins_all_that_the_package_depends_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = [
        Requirement(line)
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]

    assert all(re.fullmatch(r"==[^*]+", str(one.specifier)) for one in locked)
    versions = {plain(one.name): str(one.specifier).removeprefix("==") for one in locked}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["tls"]]
    for dependency in map(Requirement, wanted):
        assert versions[plain(dependency.name)] in dependency.specifier, dependency


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
