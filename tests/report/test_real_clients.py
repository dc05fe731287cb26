"""The real clients, unmodified and used well, are found nothing about; used badly, they are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockstatus.app import create_app
from mockstatus.report.report import report
from mockstatus.server import ThreadServer
from mockstatus.settings import Settings

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:DEPRECATION WARNING:UserWarning"
)

NOVEL = (
    "Call me Ishmael. Some years ago, never mind how long precisely. The whale! The whale!\n" * 3
)


def imported(name: str) -> Any:
    """A real client; without it these tests are skipped, in CI they fail."""
    if os.environ.get("CI"):
        return __import__(name, fromlist=["_"])
    return pytest.importorskip(name)


class Mock:
    """A server whose default sandbox's clock moves when somebody sleeps."""

    def __init__(self, server: ThreadServer, app: Any) -> None:
        self.url = server.url
        self.app = app
        self.sandbox = app.world.sandboxes.keep(app.world.sandboxes.look("default"))

    def sleep(self, seconds: float) -> None:
        with self.sandbox.lock:
            self.sandbox.clock.advance(int(seconds * 1_000_000))

    @property
    def names(self) -> list[str]:
        made = report(self.sandbox, self.app.world.services)
        assert made.exchanges.kept > 0
        return [one.name for one in made.findings]


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    app = create_app(Settings(seed=7, clock="manual"))
    with ThreadServer(app) as server:
        mock = Mock(server, app)
        monkeypatch.setattr(time, "sleep", mock.sleep)
        monkeypatch.setenv("NO_PROXY", "*")
        yield mock


@pytest.fixture
def swift(mock: Mock) -> Callable[..., Any]:
    """Makes a submitted request of the real swifttools."""
    client = imported("swifttools.ukssdc.xrt_prods")

    def make() -> Any:
        request = client.XRTProductRequest("me@x.org", silent=True)
        request._baseURL = f"{mock.url}/ukssdc/user_objects"
        request.setGlobalPars(
            name="GRB 200416A",
            targ="00966554",
            RA=335.6985,
            Dec=-7.5179,
            centroid=True,
            posErr=1,
            useSXPS=False,
            getT0=True,
        )
        request.addLightCurve(binMeth="counts", pcCounts=20, wtCounts=30, dynamic=True)
        request.addStandardPos()
        assert request.submit(), request.submitError
        return request

    return make


def test_swifttools_used_well_is_found_nothing_about(mock: Mock, swift: Callable[..., Any]) -> None:
    request = swift()
    while not request.complete:
        time.sleep(60)
    status = request.checkProductStatus()
    assert {one["statusCode"] for one in status.values()} == {4}
    assert request.retrieveStandardPos()["GotPos"]
    assert request.retrieveLightCurve(returnData=True)

    assert mock.names == []


def test_swifttools_in_a_hurry_is_found(mock: Mock, swift: Callable[..., Any]) -> None:
    request = swift()
    while not request.complete:
        time.sleep(10)

    assert mock.names == ["polled-too-fast", "output-never-fetched"]


def test_swifttools_that_cancels_and_goes_is_found_nothing_about(
    mock: Mock, swift: Callable[..., Any]
) -> None:
    request = swift()
    request.checkProductStatus()
    time.sleep(60)
    request.cancelProducts("all")

    assert mock.names == []


@pytest.fixture
def krixik(mock: Mock) -> Any:
    """The real krixik, logged in."""
    client = imported("krixik").krixik
    client.init(api_key="a-secret", api_url=f"{mock.url}/krixik")
    return client


@pytest.fixture
def novel(tmp_path: Path) -> str:
    file = tmp_path / "novel.txt"
    file.write_text(NOVEL)
    return str(file)


def processed(krixik: Any, novel: str, **more: Any) -> Any:
    pipeline = krixik.create_pipeline(name="whales", module_chain=["keyword-db"])
    made = pipeline.process(local_file_path=novel, verbose=False, **more)
    return pipeline, made


@pytest.mark.parametrize("download_output", [True, False])
def test_krixik_that_waits_is_found_nothing_about(
    mock: Mock, krixik: Any, novel: str, tmp_path: Path, download_output: bool
) -> None:
    options = {"download_output": False}
    if download_output:
        options = {"local_save_directory": str(tmp_path)}
    _, made = processed(krixik, novel, **options)

    assert made["status_code"] == 200
    assert mock.names == []


def test_krixik_that_looks_by_itself_is_found_nothing_about(
    mock: Mock, krixik: Any, novel: str
) -> None:
    pipeline, made = processed(krixik, novel, wait_for_process=False)
    for _ in range(20):
        status = pipeline.process_status(request_id=made["request_id"])
        if status["overall_status"] != "ongoing":
            break
        time.sleep(3)

    assert status["overall_status"] == "complete"
    assert mock.names == []


def test_krixik_whose_process_fails_is_found_nothing_about(
    mock: Mock, krixik: Any, novel: str
) -> None:
    with pytest.raises(ValueError, match="failed at module"):
        processed(krixik, novel, file_tags=[{"mock": "failed-first-module"}])

    assert mock.names == []
