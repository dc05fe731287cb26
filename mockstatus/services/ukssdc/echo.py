"""The echo of a job's parameters: as supplied, completed and typed. Pure.

Source: UKSSDC wire notes, 2.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.parameters import Sent, is_given, is_on, models, requested
from mockstatus.services.ukssdc.products import PRODUCTS, Product

WORKED_OUT = ("getCoords", "getTargs", "getT0")
"""Questions to the service. A choice: the echo leaves them out, as newer samples do."""

# Documented sample (UKSSDC wire notes, 9.1): a choice for what the service would work out.
SAMPLE_COORDS = (335.6985, -7.5179)
SAMPLE_T0 = 608713541.952
SAMPLE_TARGET = "00966554"

# "Defaults seen" (UKSSDC wire notes, 2.3): documented, but for lcobs, where the sample's number is
# one that the client takes for a mistake; the word is a choice.
_GLOBAL_DEFAULTS: Mapping[str, Any] = {
    "centMeth": "simple",
    "useSXPS": 0,
    "whatSXPS": "2SXPS",
    "sss": 0,
    "sinceT0": 0,
    "wtpuprate": 150,
    "pcpuprate": 0.6,
    "maxCentTries": 10,
}
_POSITION_DEFAULTS: Mapping[str, Any] = {
    "posRadius": 20,
    "posobs": "hours",
    "posobstime": 12,
    "detornot": "detect",
    "detMeth": "simple",
}
# The client's spelling; the service's own has no capital. A choice: both mean the same.
_ODDLY_SPELLED = ("pcmaxGap", "wtmaxGap")

_DEFAULTS: Mapping[Product, Mapping[str, Any]] = {
    products.LIGHT_CURVE: {
        "lcobs": "all",
        "minen": 0.3,
        "maxen": 10,
        "soft1": 0.3,
        "soft2": 1.5,
        "hard1": 1.5,
        "hard2": 10,
        "grades": "all",
        "sigmin": 3,
        "allowUL": "both",
        "allowB": "both",
        "bayesCounts": 15,
        "bayesSNR": 2.4,
        "lctimetype": "s",
        "pcbin": 2.51,
        "wtbin": 0.5,
        "ratefact": 10,
        "binfact": 1.5,
        "mincmin": 15,
        "minsnr": 2.4,
        "pcmaxgap": 100000000,
        "wtmaxgap": 100000000,
        "femin": 0,
    },
    products.SPECTRUM: {
        "timeslice": "single",
        "specobs": "hours",
        "specobstime": 12,
        "specgrades": "all",
        "dchi": 2.706,
    },
    products.STANDARD: _POSITION_DEFAULTS,
    products.ENHANCED: _POSITION_DEFAULTS,
    products.ASTROMETRIC: _POSITION_DEFAULTS,
    products.IMAGE: {"imen": "0.3-10,0.3-1.5,1.51-10", "imobs": "all"},
    products.SOURCES: {"detbands": "total", "fitStrayLight": 1},
}


def job_pars(sent: Sent) -> dict[str, Any]:
    """The echo of a job's parameters, completed and typed.

    A choice: what was supplied as it was, then the defaults of the requested products, 0 for the
    others, and what the service worked out. Flags are the number 1, or the client would not know
    its products again (UKSSDC wire notes, 2.1 and 2.3).
    """
    flags, defaults = _completion(requested(sent))
    echo = dict(sent)
    if not _NESTING.isdisjoint(map(type, sent.values())):
        echo = {name: _copied(value) for name, value in sent.items() if _is_flat(value)}
    for name in WORKED_OUT:
        echo.pop(name, None)
    echo |= flags
    if "models" in echo:
        echo["models"] = models(echo["models"])
    # First all that was supplied, in its order; where both have a name, that counts.
    return {**echo, **defaults, **_as_supplied(sent, defaults), **echo, **_worked_out(sent)}


@lru_cache(maxsize=128)  # all combinations of products
def _completion(wanted: frozenset[str]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The flags of all products, and the defaults of these."""
    flags = {product.flag: 1 if product.name in wanted else 0 for product in PRODUCTS}
    defaults = dict(_GLOBAL_DEFAULTS)
    for product in PRODUCTS:
        if product.name in wanted:
            defaults |= _DEFAULTS[product]
    return flags, defaults


def _as_supplied(sent: Sent, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults of which another spelling was supplied."""
    supplied: dict[str, Any] = {}
    if is_on(sent.get("SinceT0")):
        supplied["sinceT0"] = 1
    for name in _ODDLY_SPELLED:
        if name.lower() in defaults and is_given(sent, name):
            supplied[name.lower()] = sent[name]
    return supplied


_NESTING = frozenset({list, dict})


def _is_flat(value: object) -> bool:
    if isinstance(value, list):
        return _NESTING.isdisjoint(map(type, value))
    return not isinstance(value, dict)


def _copied(value: object) -> object:
    return [*value] if isinstance(value, list) else value


def _worked_out(sent: Sent) -> dict[str, Any]:
    """What the service was asked to find: a choice, the documented sample's values."""
    found: dict[str, Any] = {}
    if is_on(sent.get("getCoords")):
        found["RA"], found["Dec"] = SAMPLE_COORDS
    if is_on(sent.get("getTargs")) and not is_given(sent, "targ"):
        found["targ"] = SAMPLE_TARGET
    if is_on(sent.get("getT0")) and not is_given(sent, "Tstart"):
        found["Tstart"] = SAMPLE_T0
    return found
