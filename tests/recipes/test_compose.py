"""The compose file plays its story without an engine.

Its services run one after the other, on a network whose names lead to this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from container.dockerfile import ROOT, read

from mockstatus.settings import Settings

HERE = Path(__file__).parent
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (HERE / "compose.yaml").read_text(encoding="utf-8")
)["services"]
SERVER = SERVICES["mockstatus"]
IMAGE = read(ROOT / "Dockerfile").config
NETWORK = """
import socket
resolve, names = socket.getaddrinfo, NAMES

def lead_there(host, port, *rest, **more):
    if f"{host}:{port}" in names:
        host, port = "127.0.0.1", names[f"{host}:{port}"]
    return resolve(host, port, *rest, **more)

socket.getaddrinfo = lead_there
"""


@contextmanager
def served() -> Iterator[dict[str, int]]:
    """The server as composed, but for its ports; which of the network's names lead to which."""
    wanted = {**IMAGE.env, **SERVER["environment"]}
    free = {"MOCKSTATUS_PORT": "0", "MOCKSTATUS_TLS_PORT": "0", "MOCKSTATUS_SCENARIOS": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "mockstatus", *IMAGE.command, "--log-format", "json"],
        env={**os.environ, **wanted, **free, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            told = json.loads(line)
            http, https = (int(told[one].rpartition(":")[2]) for one in ("url", "https"))
            [alias] = SERVER["networks"]["default"]["aliases"]
            yield {
                f"mockstatus:{wanted['MOCKSTATUS_PORT']}": http,
                f"{alias}:{wanted['MOCKSTATUS_TLS_PORT']}": https,
            }
        finally:
            process.kill()


def run(name: str, folder: Path) -> str:
    """What a service prints that runs to its end; its folders are here."""
    service = SERVICES[name]
    own = {"/tmp": str(folder)}  # noqa: S108  # in the container
    mounted = own | dict(one.split(":")[1::-1] for one in volumes(service))

    def here(text: str) -> str:
        for inside, outside in mounted.items():
            text = text.replace(inside, outside)
        return text

    start = ["-m", "mockstatus"] if service["image"] == "mockstatus" else []
    words = service["command"] if start else service["command"][1:]
    env = {name: here(value) for name, value in service.get("environment", {}).items()}
    ran = subprocess.run(
        [sys.executable, *start, *(here(word) for word in words)],
        env={**os.environ, **env, "PYTHONPATH": str(folder), "NO_PROXY": "*"},
        cwd=HERE,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def volumes(service: dict[str, Any]) -> list[str]:
    return [one.removesuffix(":ro") for one in service.get("volumes", [])]


def test_stories_go_in_the_client_finds_its_usual_host_and_the_report_comes_out(tmp_path):
    with served() as names:
        network = NETWORK.replace("NAMES", repr(names))
        (tmp_path / "sitecustomize.py").write_text(network, encoding="utf-8")
        said = {name: run(name, tmp_path) for name in ("stories", "client", "report")}

    assert said["stories"].startswith("1 of 1 scenarios uploaded")
    assert json.loads(said["client"])["numJobs"] == 0
    assert "State coverage" in said["report"]


def test_each_service_waits_for_the_one_that_it_needs():
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}

    assert waits == {
        "mockstatus": {},
        "stories": {"mockstatus": {"condition": "service_healthy"}},
        "client": {"stories": {"condition": "service_completed_successfully"}},
        "report": {"client": {"condition": "service_completed_successfully"}},
    }


def test_the_hosts_name_is_an_alias_of_the_network_and_of_the_server():
    settings = SERVER["environment"]
    [name] = SERVER["networks"]["default"]["aliases"]

    assert settings["MOCKSTATUS_ALIASES"] == f"{name}=/ukssdc"
    assert f"https://{name}/" in SERVICES["client"]["command"][-1]
    assert SERVER["sysctls"] == {"net.ipv4.ip_unprivileged_port_start": "0"}
    assert set(settings) <= {f"MOCKSTATUS_{field.upper()}" for field in Settings.model_fields}


def test_the_composed_image_keeps_its_promises():
    assert SERVER["read_only"] is True
    assert SERVER["cap_drop"] == ["ALL"]
    assert SERVER["security_opt"] == ["no-new-privileges:true"]
