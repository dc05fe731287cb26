"""The recipe for testcontainers runs as it stands; only the engine is not a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from recipes.engine import engine

from mockstatus.app import create_app
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

HERE = Path(__file__).parent
TEST = """
import json
import urllib.request

def test_the_story_is_there(mockstatus_url):
    with urllib.request.urlopen(f"{mockstatus_url}/_mock/scenarios") as answer:
        names = {one["name"] for one in json.load(answer)}
    assert "vesta/late-failure" in names
"""


def test_stories_go_in_and_the_report_comes_out(tmp_path):
    shutil.copy(HERE / "with_testcontainers.py", tmp_path / "conftest.py")
    shutil.copytree(HERE / "stories", tmp_path / "stories")
    (tmp_path / "test_client.py").write_text(TEST, encoding="utf-8")
    # The recipe calls `mockstatus` by name: the one that belongs to this Python.
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    with ThreadServer(create_app(Settings(seed=1))) as server, engine(server.port) as imitated:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
            cwd=tmp_path,
            env={
                **os.environ,
                "PATH": commands,
                "DOCKER_HOST": imitated.host,
                "TESTCONTAINERS_RYUK_DISABLED": "true",
                "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
                "NO_PROXY": "*",
            },
            check=False,
            capture_output=True,
            text=True,
        )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "State coverage" in page
    asked = imitated.created
    assert asked["Image"] == "mockstatus"
    assert asked["ExposedPorts"] == {"8000/tcp": {}}
    assert asked["Env"] == ["MOCKSTATUS_CLOCK=x60"]
    assert asked["HostConfig"]["ReadonlyRootfs"] is True
    assert asked["HostConfig"]["CapDrop"] == ["ALL"]
    assert imitated.calls[-1].startswith("DELETE /containers/")
