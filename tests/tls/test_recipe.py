"""The README's recipe for clients in other processes, with the real client, unmodified."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Stands for what a container has: a network on which the host's name is an alias of the server's.
NETWORK = """
import socket
resolve = socket.getaddrinfo

def lead_there(host, port, *rest, **more):
    if (host, port) == ("www.swift.ac.uk", 443):
        host, port = "127.0.0.1", PORT
    return resolve(host, port, *rest, **more)

socket.getaddrinfo = lead_there
"""

PROGRAM = """
from swifttools.ukssdc.xrt_prods import XRTProductRequest, countActiveJobs, listOldJobs

request = XRTProductRequest("me@example.org", silent=True)
request.setGlobalPars(name="GRB 200416A", RA=335.6985, Dec=-7.5179, centroid=True, posErr=1,
                      useSXPS=False, T0=608713541.952, getTargs=True)
request.addLightCurve(binMeth="counts", pcCounts=20, wtCounts=30, dynamic=True)
assert request.submit(), request.submitError
while not request.complete:
    pass
print(request.JobID, countActiveJobs("me@example.org"), listOldJobs("me@example.org")[0]["JobID"])
print(request.URL)
print(*request.downloadProducts(".", format="zip"))
"""


@dataclass
class Server:
    """A server in a process of its own. https: the port."""

    url: str
    https: int
    ca: Path
    process: subprocess.Popen[str]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    command = [
        *(sys.executable, "-m", "mockstatus", "serve", "--port", "0", "--tls-port", "0"),
        *("--alias", "www.swift.ac.uk=/ukssdc", "--ca-out", str(tmp_path / "ca.pem")),
        *("--clock", "x100000", "--log-format", "json"),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            told = json.loads(line)
            https = int(told["https"].rpartition(":")[2])
            yield Server(told["url"], https, tmp_path / "ca.pem", process)
        finally:
            process.kill()


def run(server: Server, program: str, folder: Path, *, trusts: bool) -> tuple[int, str, str]:
    environment = {**os.environ, "HOME": str(folder), "NO_PROXY": "*"}
    environment.pop("REQUESTS_CA_BUNDLE", None)
    if trusts:
        environment["REQUESTS_CA_BUNDLE"] = str(server.ca)
    ran = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            NETWORK.replace("PORT", str(server.https)) + program,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def needs_swifttools() -> None:
    if importlib.util.find_spec("swifttools") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("swifttools is not installed")


@pytest.mark.usefixtures("needs_swifttools")
def test_the_real_client_is_served_by_the_address_that_it_has_built_in(
    server: Server, tmp_path: Path
) -> None:
    code, out, err = run(server, PROGRAM, tmp_path, trusts=True)

    assert code == 0, err
    numbers, url, *_ = out.splitlines()
    job, active, listed = numbers.split()
    assert (job, active) == (listed, "0")
    assert url == f"https://www.swift.ac.uk/user_objects/tprods/USERPROD_{job}"
    assert [*tmp_path.glob("*.zip")]


def test_without_the_certificate_it_trusts_nobody(server: Server, tmp_path: Path) -> None:
    program = "import requests; requests.get('https://www.swift.ac.uk/')"

    code, _, err = run(server, program, tmp_path, trusts=False)

    assert code == 1
    assert "CERTIFICATE_VERIFY_FAILED" in err


def test_a_signal_ends_a_server_with_https_well(server: Server, tmp_path: Path) -> None:
    run(server, "import requests; requests.get('https://www.swift.ac.uk/')", tmp_path, trusts=True)

    server.process.send_signal(signal.SIGTERM)
    out, err = server.process.communicate(timeout=30)

    assert (server.process.returncode, err) == (0, "")
    assert "Traceback" not in out
