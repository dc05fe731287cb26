"""The knobs of the gateway, and the configuration of the annotators that it fronts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.strict import Strict, TextLike

SECOND_US = 1_000_000

Name = Annotated[str, TextLike(r"[A-Za-z0-9_.-]{1,64}", "the name of an annotator", "diarisation")]
Text = Annotated[str, Field(max_length=2000)]
Base64 = Annotated[
    str,
    Field(max_length=2000),
    TextLike(
        r"(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==)",
        "base64 of a key",
        "c2VjcmV0",
    ),
]

HERE = "http://vesta.example.org/{name}/{page}"
"""Where a page is that the configuration does not say; filled in with what is asked for."""

_CONFIGURED = (
    "An address (a redirect), `text,404` (that body and status), `NAME.html` (a page of this"
    " server's own), else a 500."
)


class Annotator(Strict):
    """One annotator's configuration; what is left empty is made from its name.

    The texts after `noparams` are what the CANARIE routes tell: VESTA wire notes, 1.6.
    """

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
    name: Text = Field(default="", description="Its name for people.")
    synopsis: Text = Field(default="", description="What it does, in a sentence.")
    institution: Text = Field(default="CRIM", description="Who offers it.")
    releaseTime: Text = Field(  # noqa: N815  # the wire's own word
        default="2014-09-10T12:23:19Z", description="When this version came out."
    )
    supportEmail: Text = Field(  # noqa: N815  # the wire's own word
        default="support@example.org", description="Where help is."
    )
    category: Text = Field(default="Data Manipulation", description="The kind of service.")
    researchSubject: Text = Field(  # noqa: N815  # the wire's own word
        default="Multimedia annotation", description="The field of research."
    )
    tags: Text = Field(default="vesta,annotation", description="Tags, separated by commas.")
    activeWorkers: int = Field(  # noqa: N815  # the wire's own word
        default=1, ge=0, le=1_000_000, description="How many workers seem to be there."
    )
    home: Text = Field(default=HERE, description=f"Its front page. {_CONFIGURED}")
    doc: Text = Field(default=HERE, description=f"Its documentation. {_CONFIGURED}")
    releasenotes: Text = Field(default=HERE, description=f"Its history. {_CONFIGURED}")
    support: Text = Field(default=HERE, description=f"Where help is. {_CONFIGURED}")
    source: Text = Field(default=",204", description=f"Its source code. {_CONFIGURED}")
    tryme: Text = Field(default=HERE, description=f"A demonstration. {_CONFIGURED}")
    licence: Text = Field(default=HERE, description=f"Its licence. {_CONFIGURED}")
    provenance: Text = Field(default=HERE, description=f"Where it comes from. {_CONFIGURED}")
    os_args: Text = Field(default="", description="How its machines are made; shown by info.")
    rubber_params: Text = Field(default="", description="How it scales; shown by info.")

    def is_result_given(self) -> bool:
        """Whether the configuration has a result, which may be null."""
        return "result" in self.model_fields_set


PLAIN = Annotator()
"""An annotator of which only the name is known."""

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

    profile: Literal["doc", "code"] = Field(
        default="doc",
        description="doc: as documented, the observed wire where the documents are silent. code:"
        " as the real program 1.9.3 was observed, down to its slips.",
    )
    cancel_lag: Duration = Field(
        default=0,
        description="How long a cancel takes to show, where the scenario does not say; in the"
        " profile code at least 100ms.",
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
    bypass_security: bool = Field(
        default=True, description="No token is asked for; false: submissions and cancels need one."
    )
    jwt_key: Base64 = Field(
        default="vJmMvm44x6RJcVXNPy6UDcSfJHOHNHrT1tKpo4IQ4MU=",
        description="What tokens are signed with, in base64; the public default of the package.",
    )
    jwt_audience: Text = Field(
        default="vlbTest", description="The audience of tokens; the public default of the package."
    )
    accept_bearer: bool = Field(
        default=False, description="A token may stand behind `Bearer `, which the gateway refuses."
    )
    unauthorised_as_401: bool = Field(
        default=False, description="A missing or bad token is a 401, not the gateway's 400 or 500."
    )
    statuses_by_table: bool = Field(
        default=False,
        description="Codes 204 and 205 come with the statuses of the program's own table, 500 and"
        " 408, not with 400.",
    )
    brackets: bool = Field(
        default=False,
        description="Messages of workers end in `[file:line in function]` in the profile doc, too.",
    )
    torn_reads: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="The share of status calls that pair a state with its neighbour's result; about"
        " 1 in 120 fast polls was observed.",
    )
    stuck_on_non_ascii: bool = Field(
        default=False,
        description="A failure whose message is not ASCII is never stored: the task stays where it"
        " was. Always so in the profile code.",
    )
    callbacks: Literal["off", "loopback", "any"] = Field(
        default="off",
        description="Which addresses a task's `callback_url` may lead to; off: none is called.",
    )
    multimedia: bool = Field(
        default=False,
        description="The older Multimedia Storage Service's routes, without an annotator's name:"
        " transcode, status, cancel.",
    )
    prefix: Annotated[str, TextLike(r"(?:/[A-Za-z0-9._~-]{1,60}){0,8}", "a path prefix", "/sg")] = (
        Field(
            default="",
            description="A path that may stand before all others, as behind a proxy, and stands in"
            " the addresses that answers name.",
        )
    )

    @property
    def is_code(self) -> bool:
        """Whether the real program is imitated, not its documents."""
        return self.profile == "code"

    @cached_property
    def all_annotators(self) -> Mapping[str, Annotator]:
        """The stock annotators and those that the options describe."""
        return {**STOCK, **self.annotators}
