"""What a submission may ask for: what must be there, and what is wrong with it.

Works on the request's JSON object, wire names throughout. Source: UKSSDC wire notes, 2 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.options import Span, UkssdcOptions
from mockstatus.services.ukssdc.products import PRODUCTS, Product

Sent = Mapping[str, Any]

_WHICH = ("no", "pc", "wt", "both")
_GRADES = ("0", "all", "4")
_OBSERVATIONS = ("all", "user")
# Parameters that can only be one of these, by the product they belong to; None: any product.
_WORDS: Mapping[Product | None, Mapping[str, tuple[str, ...]]] = {
    None: {"centMeth": ("simple", "iterative")},
    products.LIGHT_CURVE: {
        "binMeth": ("counts", "time", "snapshot", "obsid"),
        "allowUL": _WHICH,
        "allowB": _WHICH,
        "lctimetype": ("s", "m", "sec", "mjd"),
        "lcobs": _OBSERVATIONS,
        "grades": _GRADES,
    },
    products.SPECTRUM: {
        "specobs": ("all", "user", "hours"),
        "timeslice": ("single", "user", "snapshot", "obsid"),
        "specgrades": _GRADES,
    },
    products.IMAGE: {"imobs": _OBSERVATIONS},
    products.SOURCES: {"detobs": _OBSERVATIONS, "detbands": ("total", "all")},
    **{
        position: {
            "posobs": ("all", "user", "hours"),
            "detornot": ("detect", "centroid"),
            "detMeth": ("simple", "iterative"),
        }
        for position in products.POSITIONS
    },
}
_NUMBERS: Mapping[Product | None, tuple[str, ...]] = {
    None: ("Tstart", "wtpuprate", "pcpuprate", "maxCentTries"),
    products.LIGHT_CURVE: (
        "pccounts",
        "wtcounts",
        "pcbin",
        "wtbin",
        "pchrbin",
        "wthrbin",
        "sigmin",
        "mincmin",
        "minsnr",
        "ratefact",
        "binfact",
        "femin",
        "bayesCounts",
        "bayesSNR",
        "pcmaxGap",
        "wtmaxGap",
        "pcmaxgap",
        "wtmaxgap",
    ),
    products.SPECTRUM: ("zval", "specobstime", "dchi"),
    **dict.fromkeys(products.POSITIONS, ("posRadius", "posobstime")),
}
_OBSERVATION_LISTS = {
    products.LIGHT_CURVE: ("lcobs", "uselcobs"),
    products.SPECTRUM: ("specobs", "usespecobs"),
    products.IMAGE: ("imobs", "useimobs"),
    products.SOURCES: ("detobs", "usedetobs"),
    **dict.fromkeys(products.POSITIONS, ("posobs", "useposobs")),
}
_MODELS = ("powerlaw", "apec", "blackbody")
_RIGHT_ASCENSIONS = Span(min=0, max=360)
_DECLINATIONS = Span(min=-90, max=90)
# What names a spectrum becomes the name of a file; documented as alphanumeric.
_LABEL = re.compile(r"[A-Za-z0-9_]{1,40}")
_SHOWN_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is wrong with a submission: parameters that lack, and a sentence on each bad value."""

    needed: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


def requested(sent: Sent) -> frozenset[str]:
    """The products that a submission asks for, by name, and those that come with them.

    AstromPos switches StandardPos on (UKSSDC wire notes, 2.1).
    """
    names = {product.name for product in PRODUCTS if is_on(sent.get(product.flag))}
    if products.ASTROMETRIC.name in names:
        names.add(products.STANDARD.name)
    return frozenset(names)


def is_on(value: object) -> bool:
    """Whether a flag is set: 1, true, or either of them as text."""
    return value is True or value in (1, "1", "true")


def number(value: object) -> float | None:
    """A number, or a text that is one; None if it is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if isfinite(found) else None


def faulty(sent: Sent, options: UkssdcOptions) -> Faulty:
    """What is wrong with a submission."""
    wanted = [product for product in PRODUCTS if is_on(sent.get(product.flag))]
    invalid = [*_bad_texts(sent), *_bad_numbers(sent, wanted)]
    invalid += [*_out_of_range(sent, wanted, options)]
    invalid += [*_bad_words(sent, wanted), *_bad_labels(sent, wanted)]
    return Faulty(tuple(dict.fromkeys(_needed(sent, wanted))), tuple(dict.fromkeys(invalid)))


def _needed(sent: Sent, wanted: list[Product]) -> Iterator[str]:
    for name in _mandatory(sent, wanted):
        if sent.get(name) in (None, ""):
            yield name


def _mandatory(sent: Sent, wanted: list[Product]) -> Iterator[str]:
    yield "name"
    if not is_on(sent.get("getTargs")):
        yield "targ"
    # A source detection alone needs no place to look at.
    if not is_on(sent.get("getCoords")) and wanted != [products.SOURCES]:
        yield from ("RA", "Dec")
    if products.LIGHT_CURVE in wanted or products.SPECTRUM in wanted:
        yield "cent"
    if is_on(sent.get("cent")):
        yield "poserr"
    for product in wanted:
        if product in _MANDATORY:
            yield from _MANDATORY[product](sent)
        which, observations = _OBSERVATION_LISTS[product]
        if sent.get(which) == "user":
            yield observations


def _of_light_curve(sent: Sent) -> Iterator[str]:
    yield "binMeth"
    match sent.get("binMeth"):
        case "counts":
            yield from ("pccounts", "wtcounts", "dynamic")
        case "time":
            yield from ("pcbin", "wtbin")


def _of_spectrum(sent: Sent) -> Iterator[str]:
    yield "specz"
    if is_on(sent.get("specz")):
        yield "zval"
    if sent.get("timeslice") == "user":
        yield from ("rname1", "gti1")


def _of_source_detection(_: Sent) -> Iterator[str]:
    yield "detobs"


_MANDATORY: Mapping[Product, Callable[[Sent], Iterator[str]]] = {
    products.LIGHT_CURVE: _of_light_curve,
    products.SPECTRUM: _of_spectrum,
    products.SOURCES: _of_source_detection,
}


def _bad_texts(sent: Sent) -> Iterator[str]:
    for name in ("name", "targ"):
        # A number is as good as its digits.
        if is_given(sent, name) and isinstance(sent[name], bool | list | dict):
            yield f"{name} is {_shown(sent[name])}, but must be a text"


def _bad_numbers(sent: Sent, wanted: list[Product]) -> Iterator[str]:
    for name in [one for owner in (None, *wanted) for one in _NUMBERS.get(owner, ())]:
        if is_given(sent, name) and number(sent[name]) is None:
            yield f"{name} is {_shown(sent[name])}, but must be a number"


def _out_of_range(sent: Sent, wanted: list[Product], options: UkssdcOptions) -> Iterator[str]:
    for name, span in _ranges(sent, wanted, options).items():
        if not is_given(sent, name):
            continue
        found = number(sent[name])
        if found is None or not span.min <= found <= span.max:
            bounds = f"{span.min:g} and {span.max:g}"
            yield f"{name} is {_shown(sent[name])}, but must be between {bounds}"


def _ranges(sent: Sent, wanted: list[Product], options: UkssdcOptions) -> dict[str, Span]:
    ranges = {"RA": _RIGHT_ASCENSIONS, "Dec": _DECLINATIONS, "poserr": options.poserr}
    if products.LIGHT_CURVE in wanted:
        allowed = options.energies
        ranges |= {"minen": allowed, "maxen": allowed}
        low = number(sent.get("minen"))
        high = number(sent.get("maxen"))
        low = allowed.min if low is None else low
        high = allowed.max if high is None else high
        # The bands lie within the light curve's own energies (documented).
        band = Span(min=low, max=high) if low <= high else allowed
        ranges |= dict.fromkeys(("soft1", "soft2", "hard1", "hard2"), band)
    return ranges


def _bad_words(sent: Sent, wanted: list[Product]) -> Iterator[str]:
    for owner in (None, *wanted):
        for name, words in _WORDS.get(owner, {}).items():
            if is_given(sent, name) and str(sent[name]).lower() not in words:
                listed = ", ".join(words)
                yield f"{name} is {_shown(sent[name])}, but must be one of {listed}"
    if products.SPECTRUM in wanted:
        for model in models(sent.get("models")):
            if str(model).lower() not in _MODELS:
                yield f"models is {_shown(model)}, but must be one of {', '.join(_MODELS)}"


def _bad_labels(sent: Sent, wanted: list[Product]) -> Iterator[str]:
    if products.SPECTRUM not in wanted:
        return
    for name in ("specstem", *(f"rname{place}" for place in range(1, 5))):
        if is_given(sent, name) and _LABEL.fullmatch(str(sent[name])) is None:
            yield f"{name} is {_shown(sent[name])}, but must be alphanumeric"


def is_given(sent: Sent, name: str) -> bool:
    """Whether a parameter has a value."""
    return sent.get(name) not in (None, "")


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}..."


def models(value: object) -> list[object]:
    """The models to fit; a text is a list with commas, or the client would split it in letters."""
    if isinstance(value, str):
        return [*value.split(",")] if value else []
    return [*value] if isinstance(value, list) else []
