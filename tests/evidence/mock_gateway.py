"""The mock, told the same stories over HTTP, in process, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import httpx
from evidence.stories import scenario
from evidence.watching import Shown, StuckError, watch

from mockstatus.app import create_app
from mockstatus.settings import Settings

_GATEWAY = "/vesta/diarisation"
_SCENARIO = "vesta/story"
# With ann_doc_id, or STORING would not surface: seed 004, "state_storing".
_SUBMISSION = {"doc_url": "http://example.org/interview.wav", "ann_doc_id": "541a0e"}

_STEP = "1s"
_STEPS = 60
_LONG_AFTER = "1h"


class MockGateway:
    """A server; each story is told in a sandbox of its own."""

    def __init__(self) -> None:
        self._app = create_app(Settings(clock="manual", seed=7))
        self._numbers = count()

    def recording(
        self, phases: tuple[str, ...], more: str = "", *, cancel_in: str | None
    ) -> list[Shown]:
        """What a client saw of a task with this story.

        phases, more: what its scenario says. Raises StuckError if it does not come to an end.
        """
        client = _Client(self._app, f"http://mock/~story-{next(self._numbers)}")
        client.call("PUT", f"/_mock/scenarios/{_SCENARIO}", content=scenario(phases, more))
        return watch(_MockSide(client), cancel_in=cancel_in)


class _Client:
    """Sends requests to one sandbox."""

    def __init__(self, app: Any, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The JSON of an answer, which is to be a 200."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
                return await client.request(method, path, **more)

        answer = asyncio.run(send())
        assert answer.status_code == 200, answer.text
        return answer.json()


class _MockSide:
    """A task of the mock, from its submission on."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._steps_left = _STEPS
        headers = {"X-Mock-Scenario": _SCENARIO}
        answer = client.call("POST", f"{_GATEWAY}/annotate", params=_SUBMISSION, headers=headers)
        self._task = {"uuid": answer["uuid"]}

    def poll(self) -> Shown:
        answer = self._client.call("GET", f"{_GATEWAY}/status", params=self._task)
        assert set(answer) == {"uuid", "status", "result"}
        return Shown(answer["status"], answer["result"])

    def pass_time(self) -> None:
        if not self._steps_left:
            raise StuckError(f"the task stays {self.poll()}")
        self._steps_left -= 1
        self._advance(_STEP)

    def was_seen(self, shown: Shown) -> None:
        """The clock alone takes the task on."""

    def cancel(self, _shown: Shown) -> None:
        self._client.call("GET", f"{_GATEWAY}/cancel", params=self._task)

    def settle(self) -> None:
        self._advance(_LONG_AFTER)

    def _advance(self, by: str) -> None:
        self._client.call("POST", "/_mock/clock/advance", json={"by": by})
