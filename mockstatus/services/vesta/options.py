"""The knobs of the gateway, and the configuration of the annotators that it fronts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, JsonValue

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.strict import Strict, TextLike

SECOND_US = 1_000_000

Name = Annotated[str, TextLike(r"[A-Za-z0-9_.-]{1,64}", "the name of an annotator", "diarisation")]
Text = Annotated[str, Field(max_length=2000)]


class Annotator(Strict):
    """One annotator's configuration; what is left out is made from its name."""

    version: Text = Field(
        default="0.1.43",
        description="The version declared for its workers; a worker that reports another one"
        " makes each status call in PROGRESS a 400 with code 204.",
    )
    type: Text = Field(default="", description="Its task's name; the annotator's own, if empty.")
    host: Text = Field(
        default="", description="The host of its workers; a made-up one for each attempt, if empty."
    )
    result: JsonValue = Field(
        default=None, description="What a task answers whose story does not say; any JSON."
    )
    noparams: bool = Field(
        default=False, description="A call of process needs no document (`doc_url`)."
    )

    def is_result_given(self) -> bool:
        """Whether the configuration has a result, which may be null."""
        return "result" in self.model_fields_set


_TRANSCODED: dict[str, JsonValue] = {
    "annot_audio": "http://localhost:5002/get/audio.wav",
    "annot_video": "http://localhost:5002/get/video.mp4",
    "framerate": "25",
    "length": "42.0",
    "small_thumbnail": "http://localhost:5002/get/small.png",
    "stream_hd": "http://localhost:5002/get/hd.mp4",
    "stream_sd": "http://localhost:5002/get/sd.mp4",
    "thumbnail": "http://localhost:5002/get/thumbnail.png",
}

# VESTA wire notes, 8: a choice; 2.2 for the transcoder's members.
STOCK: Mapping[str, Annotator] = {
    "diarisation": Annotator(),
    "stt": Annotator(),
    "matching": Annotator(),
    "transition": Annotator(),
    "face": Annotator(),
    "transcoder": Annotator(result=_TRANSCODED),
    "pacte_semantic": Annotator(),
    "stub": Annotator(),
    "simple_workflow": Annotator(),
}
"""The annotators that are always there, unless the options describe them otherwise."""

ECHOING = "stub"
"""The annotator that answers the message which its worker received."""


class VestaOptions(Strict):
    """How the gateway behaves in a sandbox."""

    cancel_lag: Duration = Field(
        default=0, description="How long a cancel takes to show, where the scenario does not say."
    )
    idle_limit: Duration = Field(
        default=7200 * SECOND_US,
        description="Without any use for so long, a task's queue is dropped: EXPIRED.",
    )
    retry_delay: Duration = Field(
        default=180 * SECOND_US,
        description="How long a RETRY lasts that another phase follows, where it does not say.",
    )
    annotators: Annotated[dict[Name, Annotator], Field(max_length=200)] = Field(
        default_factory=dict,
        description="Annotators by name, beside the stock ones or in place of them.",
    )

    @cached_property
    def all_annotators(self) -> Mapping[str, Annotator]:
        """The stock annotators and those that the options describe."""
        return {**STOCK, **self.annotators}
