"""The mock, told the same stories over HTTP, in process, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from evidence.stories import scenario
from evidence.watching import Shown, StuckError, watch

from mockstatus.app import MockStatus, create_app
from mockstatus.settings import Settings

_ANNOTATOR = "diarisation"
_STEP = "1s"
_STEPS = 200
_LONG_AFTER = "1h"


class MockGateway:
    """A server with one scenario, and a client of it.

    folder: an empty one, for the scenario's file. phases, more: what it says.
    """

    def __init__(self, folder: Path, phases: tuple[str, ...], more: str = "") -> None:
        (folder / "vesta").mkdir()
        text = scenario(phases, more)
        (folder / "vesta" / "story.yaml").write_text(text, encoding="utf-8")
        self._app = create_app(Settings(clock="manual", seed=7, scenarios=(folder,)))
        assert not self._app.world.library.problems

    def recording(self, *, cancel_in: str | None) -> list[Shown]:
        """What a client saw of a task with this story."""
        return watch(_MockSide(self._app), cancel_in=cancel_in)


class _MockSide:
    """A task of the mock, from its submission on."""

    def __init__(self, app: MockStatus) -> None:
        self._app = app
        self._steps_left = _STEPS
        # With ann_doc_id, or STORING would not surface: seed 004, "state_storing".
        params = {"doc_url": "http://example.org/interview.wav", "ann_doc_id": "541a0e"}
        headers = {"X-Mock-Scenario": "vesta/story"}
        answer = self._call("POST", f"/vesta/{_ANNOTATOR}/annotate", params=params, headers=headers)
        self._uuid = answer["uuid"]

    def poll(self) -> Shown:
        answer = self._call("GET", f"/vesta/{_ANNOTATOR}/status", params={"uuid": self._uuid})
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
        self._call("GET", f"/vesta/{_ANNOTATOR}/cancel", params={"uuid": self._uuid})

    def settle(self) -> None:
        self._advance(_LONG_AFTER)

    def _advance(self, by: str) -> None:
        self._call("POST", "/_mock/clock/advance", json={"by": by})

    def _call(self, method: str, path: str, **more: Any) -> Any:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                return await client.request(method, path, **more)

        answer = asyncio.run(send())
        assert answer.status_code == 200, answer.text
        return answer.json()
