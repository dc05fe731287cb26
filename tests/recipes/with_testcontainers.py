"""conftest.py: mockstatus in a container of the test run's own, by `testcontainers`.

Stories come in by `mockstatus push`, the report goes out by `mockstatus report`. The image is the
one that `docker build -t mockstatus .` makes.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def mockstatus_url() -> Iterator[str]:
    """Where the server is; a client asks `{mockstatus_url}/vesta`, for example."""
    container = (
        DockerContainer("mockstatus")
        .with_kwargs(read_only=True, cap_drop=["ALL"], security_opt=["no-new-privileges:true"])
        .with_env("MOCKSTATUS_CLOCK", "x60")
        .with_exposed_ports(8000)
        .waiting_for(HealthcheckWaitStrategy())
    )
    with container:
        url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8000)}"
        subprocess.run(["mockstatus", "push", url, HERE / "stories"], check=True)
        yield url
        page = HERE / "report.html"
        subprocess.run(
            ["mockstatus", "report", url, "--format", "html", "--output", page], check=True
        )
        subprocess.run(["mockstatus", "report", url, "--forbid", "polled-after-end"], check=True)
