"""The knobs of Krixik in a sandbox. Each stands for something that nobody knows, or for a user."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mockstatus.scenario.durations import Duration, DurationRange, Range
from mockstatus.scenario.strict import Many, Maybe, Strict

SECOND_US = 1_000_000
KEYS_LIMIT = 1000

Key = Annotated[str, Field(min_length=1, max_length=500)]


class KrixikOptions(Strict):
    """How Krixik behaves in a sandbox."""

    good_keys: Maybe[Annotated[Many[Key], Field(max_length=KEYS_LIMIT)]] = Field(
        default=None,
        description="The API keys that are let in; any key, if null. A call without one is always"
        " refused.",
    )
    cap: Maybe[Annotated[int, Field(ge=0, le=1_000_000_000)]] = Field(
        default=None,
        description="How many files may be processed in this sandbox; any number, if null.",
    )
    gateway_refusals: bool = Field(
        default=False,
        description="A refused key is answered as a cloud gateway would, without request_id.",
    )
    old_not_found: bool = Field(
        default=False,
        description="The status of an unknown process is 200 with both fields null, not 400.",
    )
    dotted_status_keys: bool = Field(
        default=False,
        description="The keys of process_status name the module, as module_1.parser.",
    )
    module_time: DurationRange = Field(
        default=Range(SECOND_US, SECOND_US),
        description="How long a module takes where the scenario does not say.",
    )
    upload_within: Duration = Field(
        default=60 * SECOND_US,
        description="A file that is not uploaded within this time after its process call is"
        " dropped.",
    )
