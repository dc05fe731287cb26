"""The ten states of a task, and which of them may follow which.

Source: seed 004, "Service States"; VESTA wire notes, 2.1 to 2.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PENDING = "PENDING"
RECEIVED = "RECEIVED"
STARTED = "STARTED"
PROGRESS = "PROGRESS"
STORING = "STORING"
RETRY = "RETRY"
SUCCESS = "SUCCESS"
FAILURE = "FAILURE"
REVOKED = "REVOKED"
EXPIRED = "EXPIRED"

STATES = (
    PENDING,
    RECEIVED,
    STARTED,
    PROGRESS,
    STORING,
    RETRY,
    SUCCESS,
    FAILURE,
    REVOKED,
    EXPIRED,
)

BEGUN = frozenset({STARTED, PROGRESS, STORING})
"""A worker is at work: a cancel terminates it."""

REPORTING = frozenset({PROGRESS, STORING})
"""The result tells about the worker."""

FAILED = frozenset({FAILURE, RETRY, REVOKED})
"""The result is `{code, message}`."""

_ENDS = {SUCCESS, FAILURE, RETRY, REVOKED, EXPIRED}

# A waiting state may be told in several phases, which no client can tell from one.
NEXT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # A PENDING task never expires: its queue is not idle, it is waiting.
        PENDING: frozenset({PENDING, RECEIVED, *BEGUN, *_ENDS} - {EXPIRED}),
        RECEIVED: frozenset({RECEIVED, *BEGUN, *_ENDS}),
        STARTED: frozenset({*BEGUN, *_ENDS}),
        PROGRESS: frozenset({PROGRESS, STORING, *_ENDS}),
        STORING: frozenset({STORING, *_ENDS}),
        RETRY: frozenset({RECEIVED, STARTED, PROGRESS, *_ENDS}),
        SUCCESS: frozenset({EXPIRED}),
        FAILURE: frozenset({EXPIRED}),
        REVOKED: frozenset({EXPIRED}),
        EXPIRED: frozenset(),
    }
)
"""What may follow each state."""
