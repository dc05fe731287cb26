"""The real, unmodified krixik client against a server of ours, with its sleeps moving the clock.

The client cannot be imported from Python 3.13 on. Where it is not installed these tests are
skipped; in CI, up to Python 3.12, that is a failure.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from builders import T0

from mockstatus.app import create_app
from mockstatus.scenario.durations import parse_duration
from mockstatus.scenario.faultspec import FaultSpec
from mockstatus.server import ThreadServer
from mockstatus.services.krixik import SERVICE
from mockstatus.services.krixik.options import KrixikOptions
from mockstatus.settings import Settings

TEXT = "Call me Ishmael. Some years ago never mind how long.\nThe whale! The countries of whales.\n"
_NUMBERS = count(1)
SHORTENED_S = 0.2
"""What a timeout of the client lasts in real time, where a test waits for one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    reason = _why_not()
    for item in items:
        if here in item.path.parents and reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def _why_not() -> str | None:
    """Why there is no real client here; None if there is one. In CI there must be one."""
    if sys.version_info >= (3, 13):
        return "krixik 1.1.19 cannot be imported from Python 3.13 on (it needs imghdr)"
    try:
        _imported()
    except ImportError as error:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError(f"CI needs the real krixik client: {error}") from error
        return f"the real client is not installed: {error}"
    return None


def _imported() -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
        return importlib.import_module("krixik").krixik


class Desk:
    """A user of the real client, and the tester behind the server, in a sandbox of this name."""

    def __init__(self, app: Any, url: str, name: str, folder: Path) -> None:
        self.app = app
        self.url = f"{url}/~{name}/krixik"
        self.folder = folder
        self.out = folder / "out"
        self.out.mkdir()
        self.sandbox = app.world.sandboxes.reset(name)
        app.world.sandboxes.keep(self.sandbox)
        self.sandbox.clock.set_now(T0)
        self.slept: list[float] = []
        self.timeouts: list[float] = []
        self.client = _imported()

    # The user.

    def login(self) -> None:
        self.client.init(api_key="my-key", api_url=self.url)

    def pipeline(self, *chain: str, name: str = "demo") -> Any:
        """A pipeline of a user who is logged in."""
        self.login()
        return self.client.create_pipeline(
            name=name, module_chain=list(chain or ("parser", "sentiment"))
        )

    def file(self, content: str = TEXT, name: str = "whale.txt") -> str:
        path = self.folder / name
        path.write_text(content)
        return str(path)

    def process(self, pipeline: Any, scenario: str | None = None, **arguments: Any) -> Any:
        """What `process` returns for a file with the tag that chooses the scenario."""
        content = arguments.pop("content", TEXT)
        tags = [*arguments.pop("file_tags", []), *([{"mock": scenario}] if scenario else [])]
        return pipeline.process(
            local_file_path=self.file(content),
            local_save_directory=str(self.out),
            verbose=arguments.pop("verbose", False),
            file_tags=tags or None,
            **arguments,
        )

    def submit(self, pipeline: Any, scenario: str | None = None, **arguments: Any) -> Any:
        """The same without waiting."""
        return self.process(pipeline, scenario, wait_for_process=False, **arguments)

    @staticmethod
    def outcome(call: Callable[[], Any]) -> str:
        """How a user's call ends: the exception, or what it returns."""
        try:
            result = call()
        except Exception as error:  # noqa: BLE001  # any kind is what the user may get
            return f"{type(error).__name__}: {error}"
        return f"returned {result!r}"

    # The tester.

    def advance(self, duration: str) -> None:
        self.sandbox.clock.advance(parse_duration(duration))

    def fault(self, text: str) -> None:
        """Posts a fault, written as in a scenario."""
        spec = FaultSpec.model_validate(yaml.safe_load(text))
        self.sandbox.faults.post(spec.to_domain(), self.sandbox.clock.now_us())

    def scenario(self, text: str, name: str = "own") -> str:
        head = "service: krixik\nsummary: A story of this test.\n"
        self.sandbox.uploads.put(f"krixik/{name}", head + text)
        return name

    def options(self, **options: Any) -> None:
        model = KrixikOptions.model_validate_json(json.dumps(options))
        self.app.world.set_options(self.sandbox, SERVICE, model)

    @property
    def journal(self) -> list[Any]:
        return list(self.sandbox.journal)

    @property
    def calls(self) -> list[str]:
        """What was called, in order; the login apart."""
        return [one.operation for one in self.journal if one.operation != "checkin"]

    def sent(self, operation: str) -> list[Mapping[str, Any]]:
        """The bodies of the calls of an operation."""
        return [json.loads(one.body) for one in self.journal if one.operation == operation]


async def _for_ever(_seconds: float) -> None:
    """A delay longer than any test: it ends with the server."""
    await asyncio.get_running_loop().create_future()


@pytest.fixture(scope="session")
def krixik_site() -> Iterator[tuple[Any, str]]:
    settings = Settings(seed=7, clock="manual", max_sandboxes=100_000)
    app = create_app(settings, services={"krixik": SERVICE}, sleep=_for_ever)
    with ThreadServer(app) as server:
        yield app, server.url


@pytest.fixture
def desk(
    krixik_site: tuple[Any, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    app, url = krixik_site
    desk = Desk(app, url, f"client-{next(_NUMBERS)}", tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def sleep(seconds: float) -> None:
        desk.slept.append(seconds)
        desk.sandbox.clock.advance(round(seconds * 1_000_000))

    monkeypatch.setattr(time, "sleep", sleep)
    return desk


@pytest.fixture
def impatient(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the next call to a path time out within a fraction of a second; timeouts are noted."""
    send = requests.adapters.HTTPAdapter.send
    waited_for: list[str] = []

    def shortened(self: Any, request: Any, **arguments: Any) -> Any:
        desk.timeouts.append(arguments["timeout"])
        if waited_for and waited_for[0] in request.url:
            waited_for.clear()
            arguments["timeout"] = SHORTENED_S
        return send(self, request, **arguments)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", shortened)
    return waited_for.append
