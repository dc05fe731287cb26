"""What a scenario may say beside the phases: results, files, envelope, refusals, cancels."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mockstatus.scenario.durations import Duration
from mockstatus.scenario.schema import CancelLag, Many, Maybe, ScriptError, Strict, SubmitRule
from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.phases import Text

Degrees = Annotated[float, Field(ge=-90, le=360)]


class ErrorList(Strict):
    """One list of a refusal: what is wrong, and with which parameters."""

    label: Text = Field(description="What is wrong with them.")
    list_: Annotated[Many[Text], Field(max_length=1000)] = Field(
        alias="list", description="The parameters, or a sentence about each."
    )


class Submit(SubmitRule):
    """What becomes of the submission itself. `{UserID}` in the text stands for the address."""

    list_err: Annotated[Many[ErrorList], Field(max_length=100)] = Field(
        default=(), alias="listErr", description="The lists of parameters that go with the text."
    )


class Cancel(CancelLag):
    """A cancel that works after a while, or does not work."""

    lag: Duration = Field(
        default=0, description="How long the product goes on after a cancel was accepted."
    )
    code: Maybe[Literal[1, 3, 4]] = Field(
        default=None,
        description="What the cancel answers: 1 finished already, 3 reason unknown, 4 cannot tell."
        " The product goes on; with 4 and a lag it is cancelled all the same.",
    )

    @model_validator(mode="after")
    def _only_a_doubtful_cancel_may_work(self) -> Self:
        if not self.model_fields_set:
            raise ScriptError("a cancel needs 'lag' or 'code'")
        if self.lag and self.code in (1, 3):
            raise ScriptError(
                f"a cancel refused with code {self.code} has no lag", at=("lag",), is_on_key=True
            )
        return self


class Files(Strict):
    """What becomes of the files of products that have ended."""

    expire: Maybe[Duration] = Field(
        default=None,
        description="So long after its end a product's files are gone: 404, and hasProd is false.",
    )
    failed: Literal["log", "missing"] = Field(
        default="log",
        description="A product that failed or was cancelled has an archive with its log alone, or"
        " none (404).",
    )


class Deprecation(Strict):
    """What the server warns of; the client says it once per type and process."""

    type_: Text = Field(alias="type", description="What the client tells warnings apart by.")
    message: Text = Field(description="The text.")


class Envelope(Strict):
    """What goes with every answer about the job."""

    api_version: Maybe[int | float | Text] = Field(
        default=None, alias="APIVersion", description="In place of the option `api_version`."
    )
    deprecation: Maybe[Deprecation] = Field(
        default=None, alias="deprecationWarning", description="Added to the answers."
    )


class Position(Strict):
    """A position as its call answers it. What is left out is as without a script."""

    ra: Maybe[Degrees] = Field(default=None, alias="RA", description="Degrees, J2000.")
    dec: Maybe[Annotated[float, Field(ge=-90, le=90)]] = Field(
        default=None, alias="Dec", description="Degrees, J2000."
    )
    err90: Maybe[Annotated[float, Field(ge=0, le=3600)]] = Field(
        default=None, alias="Err90", description="The 90 % error radius in arcseconds."
    )
    which_sxps: Maybe[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default=None,
        alias="WhichSXPS",
        description="The catalogue that the position was taken from, such as 2SXPS.",
    )


class Spectra(Strict):
    """What the spectra are like."""

    slices: Maybe[Annotated[int, Field(ge=1, le=1000)]] = Field(
        default=None, description="How many spectra there are; what the request makes, if left out."
    )
    gap: Maybe[Literal["NoSpectrum", "NOSPEC", "NOFIT"]] = Field(
        default=None,
        description="What is missing: all spectra, each interval's, or the fits.",
    )


class Sources(Strict):
    """What the source detection found."""

    sources: int = Field(ge=0, le=1000, description="How many sources each list has.")


PositionResult = Maybe[Literal["none"] | Position]


class Results(Strict):
    """What the products' own calls answer once they are complete."""

    light_curve: Maybe[Literal["none"]] = Field(
        default=None, alias="LightCurve", description="none: no dataset at all."
    )
    spectrum: Maybe[Spectra] = Field(
        default=None, alias="Spectrum", description="How many spectra, and what they lack."
    )
    standard: PositionResult = Field(
        default=None, alias="StandardPos", description="A position, or none: GotPos is 0."
    )
    enhanced: PositionResult = Field(
        default=None, alias="EnhancedPos", description="A position, or none: GotPos is 0."
    )
    astrometric: PositionResult = Field(
        default=None, alias="AstromPos", description="A position, or none: GotPos is 0."
    )
    source_list: Maybe[Sources] = Field(
        default=None, alias="SourceDet", description="How many sources were found."
    )

    def position(self, product: products.Product) -> Literal["none"] | Position | None:
        """What is scripted for one of the three positions."""
        by_product = {
            products.STANDARD: self.standard,
            products.ENHANCED: self.enhanced,
            products.ASTROMETRIC: self.astrometric,
        }
        return by_product[product]
