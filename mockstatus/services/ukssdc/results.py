"""What complete products' own calls answer: positions, sources, light curves, spectra. Pure.

The shapes are documented, the numbers those of documented samples; all of them are small.
Source: UKSSDC wire notes, 4.6 to 4.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.echo import SAMPLE_T0, SAMPLE_TARGET
from mockstatus.services.ukssdc.outcomes import Position, Spectra
from mockstatus.services.ukssdc.parameters import is_on, number
from mockstatus.services.ukssdc.products import Product

Document = dict[str, Any]
Pars = Mapping[str, Any]

MODES = ("WT", "PC")

# Documented samples, with which the calls answer where the request gave no place.
_SAMPLE_POSITIONS = {
    products.STANDARD: ("335.69850", "-7.51788", "3.5"),
    products.ENHANCED: ("335.69928", "-7.51816", "1.7"),
    products.ASTROMETRIC: ("335.70087", "-7.51741", "14.3"),
}


def position(
    product: Product,
    sent: Pars,
    scripted: Literal["none"] | Position | None,
    *,
    version: object,
) -> Document:
    """A position, in texts as the service sends them (documented).

    A choice: the place that was asked about, or the sample's where none was given.
    """
    document: Document = {"OK": 1, "APIVersion": version}
    if scripted == "none":
        return {**document, "GotPos": 0}
    given = Position() if scripted is None else scripted
    ra, dec, err90 = _SAMPLE_POSITIONS[product]
    document |= {
        "GotPos": 1,
        "RA": _degrees(given.ra, number(sent.get("RA")), ra),
        "Dec": _degrees(given.dec, number(sent.get("Dec")), dec),
        "Err90": err90 if given.err90 is None else f"{given.err90:.1f}",
    }
    if product is products.ENHANCED:
        return document  # it never comes from a catalogue
    if given.which_sxps is None:
        return {**document, "FromSXPS": 0}
    return {**document, "FromSXPS": 1, "WhichSXPS": given.which_sxps}


def _degrees(scripted: float | None, asked: float | None, sample: str) -> str:
    if scripted is not None:
        return f"{scripted:.5f}"
    return sample if asked is None else f"{asked:.5f}"


# The documented sample's first source; every value is a text, as the client needs it.
_SOURCE = {
    "x": "503.9997227258",
    "y": "470.3955699394",
    "ra": "32.1512120191",
    "ra_pos": "2.28992155234127e-07",
    "ra_neg": "-2.28992155234127e-07",
    "dec": "56.9457053386",
    "dec_pos": "1.249e-07",
    "dec_neg": "-1.249e-07",
    "err90": "3.50000005791013",
    "l": "133.343725932081",
    "b": "-4.35794339989909",
    "C": "1236",
}
_BANDS = {"total": ("Total",), "all": ("Total", "Soft", "Medium", "Hard")}
_SOURCES = 2


def source_list(pars: Pars, how_many: int | None, *, version: object) -> Document:
    """The sources found in each band. No other key may stand beside them (the client's rule)."""
    count = _SOURCES if how_many is None else how_many
    bands = _BANDS.get(str(pars.get("detbands")), _BANDS["total"])
    sources = [{"sno": str(place), **_SOURCE} for place in range(1, count + 1)]
    return {"OK": 1, "APIVersion": version, **dict.fromkeys(bands, sources)}


_COLUMNS = (
    *("Time", "TimePos", "TimeNeg", "Rate", "RatePos", "RateNeg", "FracExp", "BGrate", "BGerr"),
    *("CorrFact", "CtsInSrc", "BGInSrc", "Exposure", "Sigma", "SNR"),
)
_BAND_COLUMNS = ["Time", "TimePos", "TimeNeg", "Rate", "RateErr"]
_RATIO_COLUMNS = ["Time", "TimePos", "TimeNeg", "HR", "HRErr"]
_ROWS = (
    "231.329 9.456 -10.603 2.492634 0.561183 -0.561183 1.0 0.0 0.0 2.3 22.0 0.0 20.06 4.4 4.4",
    "292.350 31.020 -28.999 1.323371 0.271083 -0.271083 1.0 0.001 0.001 1.2 24.0 1.0 60.02 4.8 4.7",
)
_BAND_ROWS = ("243.520 19.831 -22.794 1.323371 0.271083",)
_RATIO_ROWS = ("243.520 19.831 -22.794 1.149509 0.344784",)

# A dataset's kind: its columns, its rows, and the file that holds it.
_KINDS: Mapping[str, tuple[Sequence[str], Sequence[str], str]] = {
    "": (_COLUMNS, _ROWS, "CURVE"),
    "UL": (_COLUMNS, _ROWS[1:], "UL"),
    "Hard": (_BAND_COLUMNS, _BAND_ROWS, "HR"),
    "Soft": (_BAND_COLUMNS, _BAND_ROWS, "HR"),
    "HR": (_RATIO_COLUMNS, _RATIO_ROWS, "HR"),
}
# A choice: what there is of each mode.
_DATASETS = (("WT", ""), ("PC", ""), ("PC", "UL"), ("PC", "Hard"), ("PC", "Soft"), ("PC", "HR"))
_BINNING = {"counts": "Counts", "time": "Time", "obsid": "Observation", "snapshot": "Snapshot"}
_SUFFIXES = {"no": ("",), "yes": ("yes",), "both": ("", "yes")}


def light_curve(asked: Pars, pars: Pars, url: str, *, is_empty: bool, version: object) -> Document:
    """The light curve's datasets. asked: the call's `nosys` and `incbad`. url: the job's."""
    document: Document = {"OK": 1, "APIVersion": version, "Datasets": []}
    document["Binning"] = _BINNING.get(str(pars.get("binMeth")), "Unknown")
    document["TimeFormat"] = "MJD" if pars.get("lctimetype") in ("m", "mjd") else "MET"
    document["T0"] = pars.get("Tstart", SAMPLE_T0)
    if is_empty:
        return document
    for name, kind, file in _datasets(asked):
        columns, rows, _ = _KINDS[kind]
        document["Datasets"].append(name)
        document[f"{name}Data"] = {
            "columns": list(columns),
            "data": [row.split() for row in rows],
            "URL": f"{url}/lc/{file}",
        }
    return document


def _datasets(asked: Pars) -> Iterator[tuple[str, str, str]]:
    """Name, kind and file of each dataset that was asked for."""
    for without_systematics in _SUFFIXES.get(str(asked.get("nosys")), ("",)):
        for with_bad in _SUFFIXES.get(str(asked.get("incbad")), ("",)):
            suffix = ("_nosys" if without_systematics else "") + ("_incbad" if with_bad else "")
            for mode, kind in _DATASETS:
                yield f"{mode}{kind}{suffix}", kind, curve_file(mode, kind, suffix)


def curve_file(mode: str, kind: str, suffix: str = "") -> str:
    """The file that holds a dataset."""
    return f"{mode}{_KINDS[kind][2]}{suffix}.qdp"


def curve_files() -> dict[str, str]:
    """All files of light curves, as texts by name: what the calls answer, in columns."""
    files = {"curve.qdp": _qdp("")}
    for nosys in _SUFFIXES:
        for incbad in _SUFFIXES:
            for _, kind, file in _datasets({"nosys": nosys, "incbad": incbad}):
                files.setdefault(file, _qdp(kind))
    return files


def _qdp(kind: str) -> str:
    columns, rows, _ = _KINDS[kind]
    return "\n".join(["READ TERR 1", f"! {' '.join(columns)}", *rows, ""])


def spectrum_names(pars: Pars, slices: int | None) -> tuple[str, ...]:
    """What a job's spectra are called: `interval0`, the user's labels, or `Obs_{obsid}`.

    slices: how many a scenario says there are. A choice: those of snapshots are named alike.
    """
    timeslice = pars.get("timeslice")
    if slices is not None and (slices > 1 or timeslice in ("obsid", "snapshot")):
        first = _targets(pars)[0]
        return tuple(f"Obs_{first}{place:03d}" for place in range(1, slices + 1))
    if timeslice == "user":
        labels = [str(pars[name]) for name in _LABELS if pars.get(name)]
        return tuple(dict.fromkeys(labels)) or ("interval0",)
    if timeslice in ("obsid", "snapshot"):
        return tuple(f"Obs_{target}001" for target in dict.fromkeys(_targets(pars)))
    return (str(pars.get("specstem") or "interval0"),)


def _targets(pars: Pars) -> list[str]:
    return re.findall(r"\d{8}", str(pars.get("targ", "")))[:100] or [SAMPLE_TARGET]


_LABELS = tuple(f"rname{place}" for place in range(1, 5))

_MODELS = {"powerlaw": "PowerLaw", "apec": "APEC", "blackbody": "Blackbody"}
# The documented sample's fit.
_FIT: Document = {
    "GalacticNH": 1.74728e20,
    "NH": 2.61822e22,
    "NHPos": 4.195329499999989e20,
    "NHNeg": -4.114560899999997e20,
    "Gamma": 1.74059,
    "GammaPos": 0.01495348799999996,
    "GammaNeg": -0.014803381000000115,
    "ObsFlux": 3.2308738407058433e-09,
    "ObsFluxPos": 2.0927980842864315e-11,
    "ObsFluxNeg": -2.0775434446476415e-11,
    "UnabsFlux": 5.272662824293303e-09,
    "UnabsFluxPos": 4.9185968693846606e-11,
    "UnabsFluxNeg": -4.730966359732954e-11,
    "Cstat": 1389.742568,
    "Dof": 960,
    "FitChi": 1347.730724,
}
_START, _STOP = 151.206299126148, 40413.0104033947
_EXPOSURE, _MEAN_TIME = 3162.851695179939, 3449.54543888569


def spectra(
    pars: Pars, names: Sequence[str], url: str, scripted: Spectra | None, *, version: object
) -> Document:
    """The spectra and their fits. names: theirs. url: the job's."""
    gap = None if scripted is None else scripted.gap
    if gap == "NoSpectrum":
        return {"OK": 1, "APIVersion": version, "NoSpectrum": 1}
    # A choice: GalNH_unfitted always, since the client's old mode fails without it.
    document: Document = {
        "OK": 1,
        "APIVersion": version,
        "T0": pars.get("Tstart", SAMPLE_T0),
        "DeltaFitStat": pars.get("dchi", 2.706),
        "GalNH_unfitted": _FIT["GalacticNH"],
        "rnames": list(names),
    }
    for name in names:
        document[name] = _spectrum(pars, name, url, gap)
    return document


def _spectrum(pars: Pars, name: str, url: str, gap: str | None) -> Document:
    spectrum: Document = {"DataFile": f"{url}/spec/{name}.tar.gz", "Start": _START, "Stop": _STOP}
    if gap == "NOSPEC":
        return {**spectrum, "NOSPEC": 1}
    spectrum["Modes"] = list(MODES)
    for mode in MODES:
        spectrum[mode] = _fits(pars, name, url, mode, is_unfit=gap == "NOFIT")
    return spectrum


def _fits(pars: Pars, name: str, url: str, mode: str, *, is_unfit: bool) -> Document:
    times = {"Exposure": _EXPOSURE, "MeanTime": _MEAN_TIME}
    if is_on(pars.get("doNotFit")):
        return {"NOFIT": 1, **times}
    models = model_names(pars)
    image = f"{url}/spec/{plot_file(name, mode)}"
    redshift = number(pars.get("zval")) if is_on(pars.get("specz")) else None
    fits = {model: {"NOFIT": 1} if is_unfit else _fit(model, redshift, image) for model in models}
    return {"Models": list(models), **fits, **times}


def model_names(pars: Pars) -> tuple[str, ...]:
    """The models that are fitted, as answers name them."""
    asked = pars.get("models")
    wanted = [str(one).lower() for one in asked] if isinstance(asked, list) and asked else ()
    return tuple(dict.fromkeys(_MODELS[one] for one in wanted if one in _MODELS)) or ("PowerLaw",)


def _fit(model: str, redshift: float | None, image: str) -> Document:
    """The fit of a model. redshift: the absorber's, if the request had one."""
    fit: Document = {}
    for name, value in _FIT.items():
        # Documented: a blackbody's or APEC's fit has kT in place of Gamma.
        fit[name if model == "PowerLaw" else name.replace("Gamma", "kT")] = value
        if name == "NHNeg" and redshift is not None:
            fit["Redshift_abs"] = redshift
    return {**fit, "Image": image}


def plot_file(name: str, mode: str) -> str:
    """The image of a spectrum and its fits."""
    return f"{name}{mode.lower()}_plot.gif"
