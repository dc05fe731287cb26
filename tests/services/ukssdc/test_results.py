"""What complete products answer: positions, sources, light curves, spectra."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Mock

CALLS = {
    "LightCurve": "getLCData.php",
    "Spectrum": "getSpecData.php",
    "StandardPos": "getPSFPos.php",
    "EnhancedPos": "getEnhPos.php",
    "AstromPos": "getAstromPos.php",
    "SourceDet": "getSourceDetResults.php",
}


def done(mock: Mock, product: str, *, fields: dict[str, Any] | None = None, **story: Any) -> str:
    """A job of this product that is complete; its id."""
    scenario = mock.scenario({"default": [{"code": 4}]}, **story)
    return mock.submit(product, scenario=scenario, **(fields or {}))


def fetch(mock: Mock, product: str, job: str, **asked: Any) -> dict[str, Any]:
    return mock.post(f"tprods/{CALLS[product]}", JobID=job, **asked)


@pytest.mark.parametrize("product", CALLS)
@pytest.mark.parametrize(
    ("code", "text"),
    [
        (1, "is not complete"),
        (3, "is not complete"),
        (-3, "was not produced: The product could not be built"),
        (-4, "was not produced: Cancelled at your request"),
    ],
)
def test_a_product_that_is_not_complete_has_nothing_to_tell(
    mock: Mock, product: str, code: int, text: str
):
    scenario = mock.scenario({product: [{"code": code}]})

    document = fetch(mock, product, mock.submit(product, scenario=scenario))

    assert document["OK"] == 0
    assert text in document["ERROR"]
    assert document["APIVersion"] == 1.12


@pytest.mark.parametrize("product", CALLS)
def test_a_product_that_was_not_asked_for_has_nothing_to_tell(mock: Mock, product: str):
    job = done(mock, "Image")

    assert fetch(mock, product, job)["ERROR"] == "No record of this product for this job"


# Positions.


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("StandardPos", {"RA": "10.50000", "Dec": "-1.25000", "Err90": "3.5", "FromSXPS": 0}),
        ("EnhancedPos", {"RA": "10.50000", "Dec": "-1.25000", "Err90": "1.7"}),
        ("AstromPos", {"RA": "10.50000", "Dec": "-1.25000", "Err90": "14.3", "FromSXPS": 0}),
    ],
)
def test_a_position_is_where_it_was_looked_for(mock: Mock, product: str, expected: dict[str, Any]):
    job = done(mock, product, fields={"RA": "10.5", "Dec": -1.25})

    assert fetch(mock, product, job) == {"OK": 1, "APIVersion": 1.12, "GotPos": 1, **expected}


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("StandardPos", ("335.69850", "-7.51788")),
        ("EnhancedPos", ("335.69928", "-7.51816")),
        ("AstromPos", ("335.70087", "-7.51741")),
    ],
)
def test_where_no_place_was_given_the_position_is_the_samples(
    mock: Mock, product: str, expected: tuple[str, str]
):
    job = done(mock, product, fields={"RA": None, "Dec": None, "getCoords": 1})

    document = fetch(mock, product, job)
    assert (document["RA"], document["Dec"]) == expected


def test_clients_before_3_0_find_the_astrometric_position_by_its_old_name(mock: Mock):
    job = done(mock, "AstromPos")

    old = mock.post("tprods/getXastromPos.php", JobID=job)
    assert old == fetch(mock, "AstromPos", job)


@pytest.mark.parametrize("product", ["StandardPos", "EnhancedPos", "AstromPos"])
def test_a_complete_product_may_have_no_position(mock: Mock, product: str):
    job = done(mock, product, results={product: "none"})

    assert fetch(mock, product, job) == {"OK": 1, "APIVersion": 1.12, "GotPos": 0}


def test_a_position_can_be_scripted(mock: Mock):
    position = {"RA": 1, "Dec": -2.5, "Err90": 0.45, "WhichSXPS": "2SXPS"}
    job = done(mock, "StandardPos", results={"StandardPos": position})

    assert fetch(mock, "StandardPos", job) == {
        "OK": 1,
        "APIVersion": 1.12,
        "GotPos": 1,
        "RA": "1.00000",
        "Dec": "-2.50000",
        "Err90": "0.5",
        "FromSXPS": 1,
        "WhichSXPS": "2SXPS",
    }


# Sources.


@pytest.mark.parametrize(
    ("bands", "expected"),
    [("total", ["Total"]), ("all", ["Total", "Soft", "Medium", "Hard"]), (None, ["Total"])],
)
def test_sources_are_listed_by_band_and_nothing_else_is(
    mock: Mock, bands: str | None, expected: list[str]
):
    document = fetch(mock, "SourceDet", done(mock, "SourceDet", fields={"detbands": bands}))

    assert list(document) == ["OK", "APIVersion", *expected]
    assert len(document["Total"]) == 2
    assert document["Total"][0]["sno"] == "1"
    for source in document["Total"]:
        # UKSSDC wire notes, 4.7: what has a digit must be a number, written with or without a dot.
        assert all(isinstance(value, str) for value in source.values())
        for value in source.values():
            assert float(value) if "." in value else int(value)


def test_the_number_of_sources_can_be_scripted(mock: Mock):
    for count in (0, 5):
        job = done(mock, "SourceDet", results={"SourceDet": {"sources": count}})
        assert len(fetch(mock, "SourceDet", job)["Total"]) == count


# Light curves.


def test_a_light_curve_has_data_for_each_of_its_datasets(mock: Mock):
    job = done(mock, "LightCurve", fields={"Tstart": 672786064})

    document = fetch(mock, "LightCurve", job, nosys="no", incbad="no")

    assert document["Datasets"] == ["WT", "PC", "PCUL", "PCHard", "PCSoft", "PCHR"]
    assert (document["Binning"], document["TimeFormat"], document["T0"]) == (
        "Counts",
        "MET",
        672786064,
    )
    for name in document["Datasets"]:
        data = document[f"{name}Data"]
        assert all(len(row) == len(data["columns"]) for row in data["data"])
        assert [[float(cell) for cell in row] for row in data["data"]]
        assert mock.call("GET", path_of(mock, data["URL"])).status_code == 200


def path_of(mock: Mock, url: str) -> str:
    assert url.startswith(mock.base)
    return url.removeprefix(mock.base)


@pytest.mark.parametrize(
    ("asked", "suffixes"),
    [
        ({}, [""]),
        ({"nosys": "yes"}, ["_nosys"]),
        ({"incbad": "yes"}, ["_incbad"]),
        ({"nosys": "yes", "incbad": "yes"}, ["_nosys_incbad"]),
        (
            {"nosys": "both", "incbad": "both"},
            ["", "_incbad", "_nosys", "_nosys_incbad"],
        ),
        ({"nosys": "perhaps"}, [""]),
    ],
    ids=str,
)
def test_datasets_come_as_they_were_asked_for(
    mock: Mock, asked: dict[str, str], suffixes: list[str]
):
    document = fetch(mock, "LightCurve", done(mock, "LightCurve"), **asked)

    assert [name for name in document["Datasets"] if name.startswith("WT")] == [
        f"WT{suffix}" for suffix in suffixes
    ]
    for name in document["Datasets"]:
        path = path_of(mock, document[f"{name}Data"]["URL"])
        assert mock.call("GET", path).status_code == 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"binMeth": "time", "pcbin": 1, "wtbin": 1}, ("Time", "MET")),
        ({"binMeth": "obsid", "lctimetype": "m"}, ("Observation", "MJD")),
        ({"binMeth": "snapshot", "lctimetype": "mjd"}, ("Snapshot", "MJD")),
    ],
    ids=str,
)
def test_binning_and_time_format_are_those_of_the_request(
    mock: Mock, fields: dict[str, Any], expected: tuple[str, str]
):
    document = fetch(mock, "LightCurve", done(mock, "LightCurve", fields=fields))

    assert (document["Binning"], document["TimeFormat"]) == expected


def test_a_light_curve_may_have_no_data(mock: Mock):
    job = done(mock, "LightCurve", results={"LightCurve": "none"})

    assert fetch(mock, "LightCurve", job)["Datasets"] == []


# Spectra.


def test_spectra_have_fits_for_each_mode(mock: Mock):
    document = fetch(mock, "Spectrum", done(mock, "Spectrum"))

    assert list(document) == [
        "OK",
        "APIVersion",
        "T0",
        "DeltaFitStat",
        "GalNH_unfitted",
        "rnames",
        "interval0",
    ]
    spectrum = document["interval0"]
    assert list(spectrum) == ["DataFile", "Start", "Stop", "Modes", "WT", "PC"]
    assert list(spectrum["WT"]) == ["Models", "PowerLaw", "Exposure", "MeanTime"]
    assert spectrum["WT"]["PowerLaw"]["Gamma"] == 1.74059
    for url in (spectrum["DataFile"], spectrum["PC"]["PowerLaw"]["Image"]):
        assert mock.call("GET", path_of(mock, url)).status_code == 200


def test_every_model_that_was_asked_for_is_fitted(mock: Mock):
    job = done(mock, "Spectrum", fields={"models": ["APEC", "powerlaw", "blackbody"]})

    fits = fetch(mock, "Spectrum", job)["interval0"]["PC"]

    assert fits["Models"] == ["APEC", "PowerLaw", "Blackbody"]
    assert "kT" in fits["APEC"]
    assert "Gamma" not in fits["Blackbody"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ["interval0"]),
        ({"specstem": "late"}, ["late"]),
        (
            {"timeslice": "user", "rname1": "early", "gti1": "0-9", "rname3": "late"},
            ["early", "late"],
        ),
        (
            {"timeslice": "obsid", "targ": "00081637,00081638"},
            ["Obs_00081637001", "Obs_00081638001"],
        ),
        ({"timeslice": "obsid", "targ": None, "getTargs": 1}, ["Obs_00966554001"]),
    ],
    ids=str,
)
def test_spectra_are_named_by_their_time_slices(
    mock: Mock, fields: dict[str, Any], names: list[str]
):
    assert fetch(mock, "Spectrum", done(mock, "Spectrum", fields=fields))["rnames"] == names


def test_the_number_of_spectra_can_be_scripted(mock: Mock):
    job = done(mock, "Spectrum", results={"Spectrum": {"slices": 156}}, fields={"targ": "00081637"})

    names = fetch(mock, "Spectrum", job)["rnames"]

    assert len(names) == 156
    assert names[13] == "Obs_00081637014"


@pytest.mark.parametrize(
    ("gap", "path"),
    [
        ("NoSpectrum", ["NoSpectrum"]),
        ("NOSPEC", ["interval0", "NOSPEC"]),
        ("NOFIT", ["interval0", "WT", "PowerLaw", "NOFIT"]),
    ],
)
def test_what_spectra_lack_can_be_scripted(mock: Mock, gap: str, path: list[str]):
    found: Any = fetch(mock, "Spectrum", done(mock, "Spectrum", results={"Spectrum": {"gap": gap}}))

    for key in path:
        found = found[key]
    assert found == 1


def test_a_redshift_that_was_asked_for_accompanies_the_absorber(mock: Mock):
    models = ["powerlaw", "blackbody"]
    fields = {"specz": 1, "zval": 0.347, "galactic": 1, "models": models}

    found = fetch(mock, "Spectrum", done(mock, "Spectrum", fields=fields))["interval0"]["PC"]
    without = fetch(mock, "Spectrum", done(mock, "Spectrum"))["interval0"]["PC"]["PowerLaw"]

    assert found["PowerLaw"]["Redshift_abs"] == 0.347
    assert found["Blackbody"]["Redshift_abs"] == 0.347
    # Documented: it stands before the spectral index.
    assert list(found["PowerLaw"])[4:6] == ["Redshift_abs", "Gamma"]
    assert "Redshift_abs" not in without


def test_spectra_are_not_fitted_if_nobody_wants_that(mock: Mock):
    document = fetch(mock, "Spectrum", done(mock, "Spectrum", fields={"doNotFit": 1}))

    assert document["interval0"]["WT"]["NOFIT"] == 1
    assert "Models" not in document["interval0"]["WT"]


def test_urls_in_answers_lead_to_this_sandbox(mock: Mock):
    job = done(mock, "Spectrum")
    text = str(fetch(mock, "Spectrum", job))

    urls = re.findall(r"http://[^']+", text)
    assert urls
    assert all(url.startswith(f"{mock.base}/user_objects/tprods/USERPROD_{job}/") for url in urls)
