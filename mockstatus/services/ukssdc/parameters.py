"""What a submission may ask for: what must be there, and what is wrong with it.

Works on the request's JSON object, wire names throughout. Source: UKSSDC wire notes, 2 and 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
RIGHT_ASCENSIONS = Span(min=0, max=360)
DECLINATIONS = Span(min=-90, max=90)
# What names a spectrum becomes the name of a file; documented as alphanumeric.
_LABEL = re.compile(r"[A-Za-z0-9_]{1,40}")
_LABELLED = ("specstem", *(f"rname{place}" for place in range(1, 5)))
_BANDS = ("soft1", "soft2", "hard1", "hard2")
_ENERGIES = frozenset({"minen", "maxen", *_BANDS})
_NOTHING = (None, "")
_NUMERIC = (int, float, str)
_NO_TEXTS = (bool, list, dict)
_SHOWN_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is wrong with a submission: parameters that lack, and a sentence on each bad value."""

    needed: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


_FAULTLESS = Faulty()


def requested(sent: Sent) -> frozenset[str]:
    """The products that a submission asks for, by name, and those that come with them.

    AstromPos switches StandardPos on (UKSSDC wire notes, 2.1).
    """
    return _with_company(_flagged(sent))


def _flagged(sent: Sent) -> tuple[Product, ...]:
    """The products whose flags are set."""
    return tuple([one for one in PRODUCTS if one.flag in sent and is_on(sent[one.flag])])


@lru_cache(maxsize=128)
def _with_company(flagged: tuple[Product, ...]) -> frozenset[str]:
    names = {product.name for product in flagged}
    if products.ASTROMETRIC in flagged:
        names.add(products.STANDARD.name)
    return frozenset(names)


def is_on(value: object) -> bool:
    """Whether a flag is set: 1, true, or either of them as text."""
    return value is True or value in (1, "1", "true")


def number(value: object) -> float | None:
    """A number, or a text that is one; None if it is neither."""
    if isinstance(value, bool) or not isinstance(value, _NUMERIC):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if isfinite(found) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """What goes for the parameters of some products together.

    numbers, words: parameters that must be numbers, or one of these words. is_placed: whether a
    place in the sky is needed.
    """

    flagged: tuple[Product, ...]
    numbers: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]
    has_curve: bool
    has_spectrum: bool
    is_placed: bool


@lru_cache(maxsize=128)  # all that there are
def _rules(flagged: tuple[Product, ...]) -> _Rules:
    owners = (None, *flagged)
    words = [pair for owner in owners for pair in _WORDS.get(owner, {}).items()]
    return _Rules(
        flagged,
        numbers=tuple(dict.fromkeys(one for owner in owners for one in _NUMBERS.get(owner, ()))),
        words=tuple(dict.fromkeys(words)),
        has_curve=products.LIGHT_CURVE in flagged,
        has_spectrum=products.SPECTRUM in flagged,
        # A source detection alone needs no place to look at.
        is_placed=flagged != (products.SOURCES,),
    )


def faulty(sent: Sent, options: UkssdcOptions) -> Faulty:
    """What is wrong with a submission."""
    rules = _rules(_flagged(sent))
    given = {name: value for name, value in sent.items() if value not in _NOTHING}
    needed = [name for name in _mandatory(given, rules) if name not in given]
    invalid = [*_bad_texts(given), *_bad_numbers(given, rules)]
    invalid += _out_of_range(given, rules, options)
    invalid += _bad_words(given, rules)
    if rules.has_spectrum:
        invalid += [*_bad_models(given), *_bad_labels(given)]
    if not needed and not invalid:
        return _FAULTLESS
    return Faulty(tuple(dict.fromkeys(needed)), tuple(dict.fromkeys(invalid)))


# `given` is what has a value, of all that was sent.


def _mandatory(given: Sent, rules: _Rules) -> list[str]:
    names = ["name"]
    if not is_on(given.get("getTargs")):
        names.append("targ")
    if rules.is_placed and not is_on(given.get("getCoords")):
        names += ("RA", "Dec")
    if rules.has_curve or rules.has_spectrum:
        names.append("cent")
    if is_on(given.get("cent")):
        names.append("poserr")
    for product in rules.flagged:
        if product in _MANDATORY:
            names += _MANDATORY[product](given)
        which, observations = _OBSERVATION_LISTS[product]
        if given.get(which) == "user":
            names.append(observations)
    return names


def _of_light_curve(given: Sent) -> Iterable[str]:
    match given.get("binMeth"):
        case "counts":
            return "binMeth", "pccounts", "wtcounts", "dynamic"
        case "time":
            return "binMeth", "pcbin", "wtbin"
        case _:
            return ("binMeth",)


def _of_spectrum(given: Sent) -> Iterable[str]:
    redshift = ("zval",) if is_on(given.get("specz")) else ()
    slices = ("rname1", "gti1") if given.get("timeslice") == "user" else ()
    return "specz", *redshift, *slices


def _of_source_detection(_: Sent) -> Iterable[str]:
    return ("detobs",)


_MANDATORY: Mapping[Product, Callable[[Sent], Iterable[str]]] = {
    products.LIGHT_CURVE: _of_light_curve,
    products.SPECTRUM: _of_spectrum,
    products.SOURCES: _of_source_detection,
}


def _bad_texts(given: Sent) -> Iterable[str]:
    return [
        f"{name} is {_shown(given[name])}, but must be a text"
        for name in ("name", "targ")
        # A number is as good as its digits.
        if isinstance(given.get(name), _NO_TEXTS)
    ]


def _bad_numbers(given: Sent, rules: _Rules) -> Iterable[str]:
    return [
        f"{name} is {_shown(given[name])}, but must be a number"
        for name in rules.numbers
        if name in given and number(given[name]) is None
    ]


def _out_of_range(given: Sent, rules: _Rules, options: UkssdcOptions) -> Iterator[str]:
    for name, span in _ranges(given, rules, options):
        if name not in given:
            continue
        found = number(given[name])
        if found is None or not span.min <= found <= span.max:
            bounds = f"{span.min:g} and {span.max:g}"
            yield f"{name} is {_shown(given[name])}, but must be between {bounds}"


def _ranges(given: Sent, rules: _Rules, options: UkssdcOptions) -> Iterable[tuple[str, Span]]:
    ranges = (("RA", RIGHT_ASCENSIONS), ("Dec", DECLINATIONS), ("poserr", options.poserr))
    if not rules.has_curve or _ENERGIES.isdisjoint(given):
        return ranges
    allowed = options.energies
    low = number(given.get("minen"))
    high = number(given.get("maxen"))
    low = allowed.min if low is None else low
    high = allowed.max if high is None else high
    # The bands lie within the light curve's own energies (documented).
    band = Span(min=low, max=high) if low <= high else allowed
    limits = (("minen", allowed), ("maxen", allowed), *((name, band) for name in _BANDS))
    return *ranges, *limits


def _bad_words(given: Sent, rules: _Rules) -> Iterable[str]:
    return [
        f"{name} is {_shown(given[name])}, but must be one of {', '.join(words)}"
        for name, words in rules.words
        if name in given and str(given[name]).lower() not in words
    ]


def _bad_models(given: Sent) -> Iterable[str]:
    return [
        f"models is {_shown(model)}, but must be one of {', '.join(_MODELS)}"
        for model in models(given.get("models"))
        if str(model).lower() not in _MODELS
    ]


def _bad_labels(given: Sent) -> Iterable[str]:
    return [
        f"{name} is {_shown(given[name])}, but must be alphanumeric"
        for name in _LABELLED
        if name in given and _LABEL.fullmatch(str(given[name])) is None
    ]


def is_given(sent: Sent, name: str) -> bool:
    """Whether a parameter has a value."""
    return sent.get(name) not in _NOTHING


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}..."


def models(value: object) -> list[object]:
    """The models to fit; a text is a list with commas, or the client would split it in letters."""
    if isinstance(value, str):
        return [*value.split(",")] if value else []
    return [*value] if isinstance(value, list) else []
