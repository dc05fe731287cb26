"""The products of a request: their names here and on the wire, their codes, and what codes mean.

Source: UKSSDC wire notes, 2.1 and 3.2; the codes also in seeds 002 and 003, "Status code".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from mockstatus.domain.timeline import Ending


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """One kind of product. There is one object of each, so tables find it by its identity.

    name: in Python, in scenarios, and of its track. wire: in `what`, in answers, and as the stem
    of its files. flag: what asks for it in a submission. title: in sentences.
    """

    name: str
    wire: str
    flag: str
    title: str


LIGHT_CURVE = Product("LightCurve", "lc", "lc", "light curve")
SPECTRUM = Product("Spectrum", "spec", "spec", "spectrum")
STANDARD = Product("StandardPos", "psf", "dopsf", "standard position")
ENHANCED = Product("EnhancedPos", "enh", "doenh", "enhanced position")
ASTROMETRIC = Product("AstromPos", "xastrom", "doxastrom", "astrometric position")
IMAGE = Product("Image", "image", "image", "image")
SOURCES = Product("SourceDet", "sourceDet", "sourceDet", "source list")

PRODUCTS = (LIGHT_CURVE, SPECTRUM, STANDARD, ENHANCED, ASTROMETRIC, IMAGE, SOURCES)
POSITIONS = (STANDARD, ENHANCED, ASTROMETRIC)
BY_NAME: Mapping[str, Product] = MappingProxyType({one.name: one for one in PRODUCTS})
BY_WIRE: Mapping[str, Product] = MappingProxyType({one.wire: one for one in PRODUCTS})


@lru_cache(maxsize=128)
def in_order(names: frozenset[str]) -> tuple[str, ...]:
    """These products by name, in the documents' order; the same tuple for all jobs alike."""
    return tuple(one.name for one in PRODUCTS if one.name in names)


# Codes of a product. -10 is never sent: the client says it where a product is left out.
NO_STATUS = -10
CANCELLED = -4
NOT_BUILT = -3
NOT_QUEUED = -2
NOT_REQUESTED = -1
REQUESTED = 1
QUEUED = 2
RUNNING = 3
COMPLETE = 4
WAITING = 5

CODES = (
    CANCELLED,
    NOT_BUILT,
    NOT_QUEUED,
    NOT_REQUESTED,
    REQUESTED,
    QUEUED,
    RUNNING,
    COMPLETE,
    WAITING,
)
ACTIVE = frozenset({REQUESTED, QUEUED, RUNNING, WAITING})

STATES = tuple(map(str, (NO_STATUS, *CODES)))
"""All that a client of the service can be shown."""

# Documented: -4, 3 and 4 (UKSSDC wire notes, 3.2). The others are a choice: no document has them.
STATUS_TEXTS: Mapping[int, str] = MappingProxyType(
    {
        CANCELLED: "Cancelled at your request",
        NOT_BUILT: "The product could not be built",
        NOT_QUEUED: "Internal error: could not be queued",
        NOT_REQUESTED: "Internal error: could not be requested",
        REQUESTED: "Requested",
        QUEUED: "Queued",
        RUNNING: "Running",
        COMPLETE: "Complete",
        WAITING: "Waiting for the standard position",
    }
)

UNKNOWN_STATUS = "Unknown status"
"""Of a product that is no part of the job (documented), and of a code that there is not."""

_ENDINGS: Mapping[int, Ending] = MappingProxyType(
    {
        COMPLETE: Ending.COMPLETE,
        CANCELLED: Ending.CANCEL,
        NOT_BUILT: Ending.FAIL,
        NOT_QUEUED: Ending.FAIL,
        NOT_REQUESTED: Ending.FAIL,
    }
)

# A choice: what may follow what in a script. UKSSDC wire notes, 3.2.
NEXT: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        REQUESTED: (QUEUED, RUNNING, WAITING, NOT_REQUESTED, NOT_QUEUED, CANCELLED),
        QUEUED: (RUNNING, WAITING, NOT_QUEUED, NOT_BUILT, CANCELLED),
        WAITING: (RUNNING, NOT_BUILT, CANCELLED),
        RUNNING: (COMPLETE, NOT_BUILT, CANCELLED),
        COMPLETE: (),
        CANCELLED: (),
        NOT_BUILT: (),
        NOT_QUEUED: (),
        NOT_REQUESTED: (),
    }
)


def status_text(code: int) -> str:
    """The text that goes with a code."""
    return STATUS_TEXTS.get(code, UNKNOWN_STATUS)


def ending_of(code: int) -> Ending | None:
    """How a product ended that has this code; None if it has not.

    The client takes any negative number as finished (UKSSDC wire notes, 3.2).
    """
    return _ENDINGS.get(code, Ending.FAIL if code < 0 else None)


def sum_up(codes: Iterable[int]) -> int:
    """The one code that sums a job up: the one furthest on its way of those not at an end.

    Of a job that has ended: complete if all are, else the worst ending.
    """
    return _summed_up(frozenset(codes))


@lru_cache(maxsize=256)
def _summed_up(found: frozenset[int]) -> int:
    for code in (RUNNING, WAITING, QUEUED, REQUESTED):
        if code in found:
            return code
    unusual = [code for code in found if ending_of(code) is None]
    if unusual:
        return min(unusual)
    return max((code for code in found if code < 0), default=COMPLETE)
