"""The faults at work in a sandbox: the tester's own, and those of scenarios before their job is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mockstatus.domain.fault import Call, Fault, Posted, strike
from mockstatus.errors import LimitReachedError

FAULTS_LIMIT = 1000


class FaultBook:
    """Faults in the order in which they were posted. Changed with the sandbox locked."""

    def __init__(self) -> None:
        self._posted: tuple[Posted, ...] = ()
        self._made = 0
        self.unborn: dict[str, tuple[Posted, ...]] = {}

    def post(self, fault: Fault, now_us: int) -> Posted:
        """Puts a fault to work; it counts calls from now on. Raises LimitReachedError."""
        if len(self._posted) >= FAULTS_LIMIT:
            raise LimitReachedError(
                f"a sandbox takes at most {FAULTS_LIMIT} faults; delete some first", limit="faults"
            )
        self._made += 1
        posted = Posted(f"fault-{self._made}", fault, now_us)
        self._posted = (*self._posted, posted)
        return posted

    def all(self) -> tuple[Posted, ...]:
        """The tester's faults, oldest first."""
        return self._posted

    @property
    def made(self) -> int:
        """How many were ever posted: their ids count on from there."""
        return self._made

    def restore(
        self, made: int, posted: Iterable[Posted], unborn: Mapping[str, tuple[Posted, ...]]
    ) -> None:
        """Puts faults of a snapshot in place of all there are."""
        self._made = made
        self._posted = tuple(posted)
        self.unborn = dict(unborn)

    def remove(self, fault_id: str) -> bool:
        """Takes one back; answers whether there was one of this id."""
        kept = tuple(p for p in self._posted if p.fault_id != fault_id)
        has_removed = len(kept) < len(self._posted)
        self._posted = kept
        return has_removed

    def clear(self) -> None:
        """Takes all of the tester's faults back."""
        self._posted = ()

    def strike(
        self, own: Sequence[Posted], call: Call, *, seed: int
    ) -> tuple[Posted | None, tuple[Posted, ...]]:
        """The fault that strikes a call, if any; the tester's go before `own`.

        Answers it and `own` with their new counts.
        """
        if not self._posted and not own:
            return None, ()
        struck, counted = strike((*self._posted, *own), call, seed=seed)
        self._posted = counted[: len(self._posted)]
        return struck, counted[len(self._posted) :]


def of_scenario(name: str, faults: Sequence[Fault], now_us: int) -> tuple[Posted, ...]:
    """A scenario's faults, put to work."""
    return tuple(Posted(f"{name}#{place}", fault, now_us) for place, fault in enumerate(faults))
