"""One job, as a test looks at it. No look counts as a poll."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mockstatus.testing.control import Control

Document = dict[str, Any]
PhaseLike = Mapping[str, Any]


class Job:
    """A job by the id that its client holds. What it tells is how things are when asked."""

    def __init__(self, control: Control, job_id: str) -> None:
        self.id = job_id
        self._control = control
        self._path = f"/jobs/{quote(job_id, safe='')}"

    def __repr__(self) -> str:
        return f"Job({self.id!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Job) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def view(self) -> Document:
        """All that the control API tells of it. Raises ControlError if there is no such job."""
        return self._document(self._control.get(self._path))

    @property
    def service(self) -> str:
        """The name of its service."""
        return str(self.view()["service"])

    @property
    def scenario(self) -> str | None:
        """What it plays; None for the service's own story."""
        found: str | None = self.view()["scenario"]
        return found

    @property
    def state(self) -> str:
        """The one word that sums it up, in the service's own terms."""
        return str(self.view()["state"])

    @property
    def polls(self) -> int:
        """Status calls whose work was done."""
        return int(self.view()["polls"])

    @property
    def requests(self) -> int:
        """Calls of its client about it, polls among them."""
        return int(self.view()["requests"])

    @property
    def tracks(self) -> dict[str, Document]:
        """Where each of its tracks stands, by name."""
        return self._document(self.view()["tracks"])

    @property
    def history(self) -> list[Document]:
        """What it went through, and what was done to it, in the order of time."""
        return list(self.view()["history"])

    def explain(self) -> str:
        """What it answers now, why, and what comes next when, in sentences."""
        return str(self._control.get(f"{self._path}/explain")["summary"])

    def signal(self, name: str, track: str | None = None) -> bool:
        """Sends a signal (`cancel`, `fail`, `complete`, `expire`, or one that a phase waits for).

        Answers whether that moved anything. Raises ControlError for a job that is gone.
        """
        order = {"signal": name, "track": track}
        return bool(self._control.post(f"{self._path}/signals", order)["acted"])

    def put(self, track: str, phases: PhaseLike | Sequence[PhaseLike]) -> None:
        """Puts a track into a phase, or a list of them, in place of all that was left of it."""
        body = phases if isinstance(phases, Mapping) else list(phases)
        self._control.put(f"{self._path}/tracks/{quote(track, safe='')}", body)

    def delete(self) -> None:
        """For its client it is gone; its history can still be read."""
        self._control.delete(self._path)

    def wait(
        self,
        *,
        polls: int | None = None,
        requests: int | None = None,
        state: str | None = None,
        timeout: str = "5s",
    ) -> Document:
        """Waits, in real time, until there were so many polls or calls in all, or for a state.

        Answers its view. Raises ControlError (status 408) where that takes too long.
        """
        found = self._control.get(
            f"{self._path}/wait", polls=polls, requests=requests, state=state, timeout=timeout
        )
        return self._document(found)

    async def wait_async(self, **wanted: Any) -> Document:
        """The same as `wait`, for a test that runs in an event loop."""
        return await asyncio.to_thread(self.wait, **wanted)

    @staticmethod
    def _document(found: Any) -> Document:
        return dict(found)
