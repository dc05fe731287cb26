"""The README is true: its commands and examples do what it shows, and it leaves nothing out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mockstatus.app import create_app
from mockstatus.registry import services
from mockstatus.scenario.load import load_scenario
from mockstatus.scenario.schema import ScenarioFile
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MARK = "--- next ---"

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None and not os.environ.get("CI"), reason="curl is not installed"
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def exchanges(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2].strip()) for part in parts]


@needs_curl
def test_the_commands_give_what_the_readme_shows(tmp_path):
    told = [one for block in blocks("console") for one in exchanges(block)]
    with ThreadServer(create_app(Settings(seed=1))) as server:
        here = server.url.removeprefix("http://")
        script = f"\necho '{MARK}'\n".join(command for command, _ in told)
        ran = subprocess.run(
            ["bash", "-c", script.replace("localhost:8000", here)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "127.0.0.1,localhost"},
        )

    seen = [text.strip() for text in ran.stdout.split(MARK)]
    assert len(seen) == len(told) >= 7
    for (command, expected), shown in zip(told, seen, strict=True):
        pattern = ".*".join(map(re.escape, expected.split("…")))
        assert re.fullmatch(pattern, shown, re.DOTALL), command


def test_the_test_that_is_shown_is_one_that_runs():
    [shown] = blocks("py")
    example = ROOT / "tests" / "examples" / "test_async_vesta_client.py"

    assert example.read_text(encoding="utf-8").startswith(shown)


@pytest.mark.parametrize("block", [b for b in blocks("yaml") if "service:" in b])
def test_the_scenarios_shown_can_be_loaded(block):
    models = {name: service.scenario_model for name, service in services().items()}

    assert load_scenario(block, path="README.md", models=models).summary


@pytest.mark.parametrize("client", ["krixik", "swifttools"])
def test_the_lines_that_point_a_real_client_here_do_so(client, tmp_path):
    if client == "krixik" and sys.version_info >= (3, 13):
        pytest.skip("krixik 1.1.19 cannot be imported from Python 3.13 on")
    [code] = [block for block in blocks("python") if f"from {client}" in block]
    redirect = "\n".join(block for block in blocks("python") if "Session.request" in block)
    if client == "swifttools":
        code = f"{redirect}\n{code}\nprint(request.countActiveJobs())"
    (tmp_path / "whale.txt").write_text("a whale swims far away in the sea\n", encoding="utf-8")

    with ThreadServer(create_app(Settings(seed=1))) as server:
        ran = subprocess.run(
            [
                sys.executable,
                "-W",
                "ignore",
                "-c",
                code.replace("http://127.0.0.1:8000", server.url),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "127.0.0.1,localhost", "HOME": str(tmp_path)},
        )

    if f"No module named '{client}'" in ran.stderr and not os.environ.get("CI"):
        pytest.skip(f"{client} is not installed")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().endswith(
        {"krixik": "ongoing", "swifttools": "True Requested\n1"}[client]
    )


def test_the_pictures_that_it_shows_are_there():
    shown = re.findall(r'<img src="([^"]+)"', README)

    assert "tests/e2e/swagger.png" in shown  # CONTRIBUTING tells how it is made
    for path in shown:
        assert (ROOT / path).read_bytes().startswith(b"\x89PNG"), path


def test_every_route_of_the_control_api_is_told():
    for path in create_app(Settings(seed=1)).openapi()["paths"]:
        if path.startswith("/_mock"):
            told = re.sub(r"/options/\w+", "/options/{service}", path.removeprefix("/_mock"))
            assert f"{told}`" in README or f"{told}?" in README or f"{told}," in README, path


def test_every_option_of_every_service_is_told():
    for service in services().values():
        for name in service.options_model.model_fields:
            assert f"`{name}`" in README, (service.name, name)


def test_every_setting_is_told_with_its_variable():
    for name in Settings.model_fields:
        option = {"aliases": "alias"}.get(name, name).replace("_", "-")
        assert f"`--{option}`" in README
        assert f"`MOCKSTATUS_{name.upper()}`" in README


def test_every_key_that_all_scenarios_share_is_told():
    for name in ScenarioFile.model_fields:
        assert f"`{name}`" in README, name
