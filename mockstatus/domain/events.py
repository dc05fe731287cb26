"""What happened to a job, and when. Facts only; what follows from them is `engine`'s to say.

`at_us` is an instant of the sandbox's clock in microseconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockstatus.domain.timeline import Phase


@dataclass(frozen=True, slots=True)
class Submitted:
    """The service accepted the job."""

    at_us: int


@dataclass(frozen=True, slots=True)
class Started:
    """The client handed over what the job was waiting for (Krixik: the upload)."""

    at_us: int


@dataclass(frozen=True, slots=True)
class Polled:
    """A status call whose work was done. tracks: those it asked about; None is all."""

    at_us: int
    tracks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Signalled:
    """The tester sent a signal. track: None is all."""

    at_us: int
    name: str
    track: str | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The client asked for an end. tracks: None is all."""

    at_us: int
    tracks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The tester put a track into these phases, in place of all that was left of it."""

    at_us: int
    track: str
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """The job's expiry moved to another instant."""

    at_us: int
    expires_us: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """The job was removed, by its client or by the tester."""

    at_us: int


Event = Submitted | Started | Polled | Signalled | Cancelled | Placed | Rescheduled | Deleted
