"""The gateway's documents, field for field, and how their bytes are written."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field


def encode(document: object) -> bytes:
    """JSON exactly as the gateway writes it: sorted, compact, all ASCII, a newline at the end.

    VESTA wire notes, 1.1 (observed).
    """
    return _ENCODER.encode(document).encode("ascii") + b"\n"


# Made once: `json.dumps` makes one for each document that is not written its default way.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class SubmittedDocument(BaseModel):
    """A task was taken in."""

    uuid: str = Field(description="The task's identifier, to be asked about and cancelled by.")


class StatusDocument(BaseModel):
    """Where a task stands."""

    result: Any = Field(
        description="Null, or what the state tells: a report of the worker in PROGRESS and"
        " STORING, code and message in FAILURE, RETRY and REVOKED, any JSON in SUCCESS."
    )
    status: str = Field(description="One of the ten states.")
    uuid: str = Field(description="The task's identifier.")


class VestaError(BaseModel):
    """What went wrong, in the gateway's own numbers."""

    code: int = Field(description="The code of the program's exception; 100 if there was none.")
    message: str = Field(description="What the exception said.")


class Envelope(BaseModel):
    """An error of the gateway itself."""

    description: str = Field(description="What the HTTP status means.")
    status: int = Field(description="The HTTP status once more.")
    vesta: VestaError
