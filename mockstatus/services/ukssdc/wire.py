"""The bodies of requests and answers, field for field, as the documentation shows them.

Requests are read leniently: these models describe, they do not check.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Body(BaseModel):
    """A body whose keys go out as they are written here."""

    model_config = ConfigDict(extra="allow")


class Standard(_Body):
    """What goes with every request."""

    UserID: str = Field(description="The registered address of who asks.")
    api_name: str = Field(default="xrt_prods", description="Sent by the client, not required.")
    api_version: str = Field(default="1.12", description="Sent by the client, not required.")


class SubmitRequest(Standard):
    """A submission: flags of products, global parameters, and those of each product."""

    name: str = Field(description="The target's name; `mock:NAME` in it chooses a scenario.")
    targ: str | None = Field(default=None, description="Target IDs, with commas between them.")
    getTargs: int | None = Field(default=None, description="1: the service finds the target IDs.")  # noqa: N815
    RA: float | None = Field(default=None, description="Right ascension in degrees, J2000.")
    Dec: float | None = Field(default=None, description="Declination in degrees, J2000.")
    getCoords: int | None = Field(default=None, description="1: the service resolves the name.")  # noqa: N815
    cent: int | None = Field(default=None, description="Whether to centroid, 0 or 1.")
    poserr: float | None = Field(default=None, description="Position error in arcminutes.")
    lc: int | None = Field(default=None, description="1: a light curve, with `binMeth` and more.")
    spec: int | None = Field(default=None, description="1: a spectrum, with `specz` and more.")
    dopsf: int | None = Field(default=None, description="1: a standard position.")
    doenh: int | None = Field(default=None, description="1: an enhanced position.")
    doxastrom: int | None = Field(default=None, description="1: an astrometric position.")
    image: int | None = Field(default=None, description="1: an image.")
    sourceDet: int | None = Field(default=None, description="1: a source detection.")  # noqa: N815


class JobRequest(Standard):
    """A call about one job."""

    JobID: int | str = Field(description="The job's id, as a text or as a number.")


class StatusRequest(JobRequest):
    """A status call."""

    what: str = Field(description="Wire names of products, with commas between them.")
    whatProg: str | None = Field(  # noqa: N815
        default=None, description="Those of them whose progress is asked for."
    )


class CancelRequest(JobRequest):
    """A cancel."""

    what: str = Field(description="Wire names of products, with commas between them.")


class CurveRequest(JobRequest):
    """A call for a light curve."""

    nosys: str = Field(default="no", description="no, yes or both: without systematics.")
    incbad: str = Field(default="no", description="no, yes or both: with unreliable times.")


class OldJobRequest(Standard):
    """A call for an old job's parameters."""

    oldJob: int | str = Field(description="The job's id.")  # noqa: N815


class Envelope(_Body):
    """What goes with every answer."""

    OK: int = Field(description="1, 2 (a cancel that not all products took), or 0.")
    APIVersion: float | int | str = Field(description="The version of the service's API.")


class ErrorAnswer(Envelope):
    """An error; HTTP 200 all the same."""

    ERROR: str = Field(description="What is wrong.")


class ErrorItem(_Body):
    """One list of a refusal."""

    label: str
    list: list[str]


class SubmitError(ErrorAnswer):
    """A refused submission."""

    listErr: list[ErrorItem] = Field(description="What is wrong with which parameters.")  # noqa: N815


class SubmitAnswer(Envelope):
    """An accepted submission."""

    URL: str = Field(description="Where the products will be; no slash at its end.")
    JobID: str = Field(description="The job's id, here as a text.")
    jobPars: dict[str, Any] = Field(description="All parameters, completed.")  # noqa: N815


class ProductStatus(_Body):
    """Where one product stands."""

    statusCode: int | None = Field(description="The status code.")  # noqa: N815
    statusText: str = Field(description="The same for people.")  # noqa: N815
    progress: dict[str, Any] = Field(description="GotProgress, and the stages while it runs.")


class StatusAnswer(Envelope):
    """Where a job's products stand: one entry a product, by wire names."""

    JobID: int
    lc: ProductStatus | None = None
    spec: ProductStatus | None = None
    psf: ProductStatus | None = None
    enh: ProductStatus | None = None
    xastrom: ProductStatus | None = None
    image: ProductStatus | None = None
    sourceDet: ProductStatus | None = None  # noqa: N815


class CancelAnswer(Envelope):
    """What a cancel did."""

    JobID: int
    status: dict[str, str] = Field(description="By product, for people.")
    statusCodes: dict[str, int] = Field(description="By product: 0 cancelled, 1 to 4 not.")  # noqa: N815


class CountAnswer(Envelope):
    """How many jobs are active."""

    numJobs: int  # noqa: N815


class ListAnswer(Envelope):
    """A user's jobs, newest first."""

    jobs: list[dict[str, Any]]


class OldJobAnswer(Envelope):
    """An old job."""

    oldJob: int  # noqa: N815
    jobPars: dict[str, Any]  # noqa: N815
    URL: str


class PositionAnswer(Envelope):
    """A position, or that there is none."""

    GotPos: int
    RA: str | None = None
    Dec: str | None = None
    Err90: str | None = None
    FromSXPS: int | None = None
    WhichSXPS: str | None = None


class SourcesAnswer(Envelope):
    """Sources by band; no other key."""

    Total: list[dict[str, str]]


class CurveAnswer(Envelope):
    """Datasets, and for each of them `{name}Data`."""

    Datasets: list[str]


class SpectraAnswer(Envelope):
    """Spectra by name, or NoSpectrum."""

    rnames: list[str] | None = None
