"""The real client swifttools 4.0.5, unmodified: downloading and retrieving what was built."""

from __future__ import annotations

import tarfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Client

pytestmark = pytest.mark.filterwarnings(
    "ignore:distutils Version classes are deprecated:DeprecationWarning"
)

ALL_SEVEN = (
    "LightCurve",
    "Spectrum",
    "StandardPos",
    "EnhancedPos",
    "AstromPos",
    "Image",
    "SourceDet",
)


def complete(client: Client, *names: str, scenario: str | None = None, **pars: Any) -> Any:
    """A request whose job has ended, and that knows it."""
    request = client.submitted(*names, scenario=scenario, **pars)
    while not request.complete:
        time.sleep(60)
    return request


def story(client: Client, phases: dict[str, Any] | None = None, **more: Any) -> str:
    return client.mock.scenario(phases, **more).removeprefix("ukssdc/")


# Files.


def test_all_products_are_downloaded(client: Client, tmp_path: Path):
    request = complete(client, *ALL_SEVEN)

    found = request.downloadProducts(str(tmp_path / "new"))

    stems = ("lc", "spec", "psf", "enh", "xastrom", "image", "sourceDet")
    assert found == {
        name: f"{tmp_path}/new/{stem}.tar.gz" for name, stem in zip(ALL_SEVEN, stems, strict=True)
    }
    for path in found.values():
        with tarfile.open(path, "r:gz") as tar:
            assert all(name.startswith(f"USERPROD_{request.JobID}/") for name in tar.getnames())


def test_one_product_in_another_format_under_another_name(client: Client, tmp_path: Path):
    request = complete(client, "LightCurve", "Image")

    # UKSSDC wire notes, 9.6.
    found = request.downloadProducts(str(tmp_path), what=("LightCurve",), format="zip", stem="pre_")

    assert found == {"LightCurve": f"{tmp_path}/pre_lc.zip"}
    with zipfile.ZipFile(tmp_path / "pre_lc.zip") as archive:
        assert f"USERPROD_{request.JobID}/lc/curve.qdp" in archive.namelist()


def test_unfinished_products_are_not_downloaded_and_cancelled_ones_are(
    client: Client, tmp_path: Path
):
    phases = {"LightCurve": [{"code": 4}], "default": [{"code": 3}]}
    request = client.submitted(
        "LightCurve", "StandardPos", "AstromPos", scenario=story(client, phases)
    )
    request.cancelProducts(("StandardPos",))
    request.checkProductStatus()

    assert request.downloadProducts(str(tmp_path), format="tar") == {
        "LightCurve": f"{tmp_path}/lc.tar",
        "StandardPos": f"{tmp_path}/psf.tar",
        "AstromPos": None,
    }


def test_a_file_that_is_missing_ends_the_whole_call(client: Client, tmp_path: Path):
    request = complete(client, "LightCurve", "Image", scenario="failed-without-files")

    with pytest.raises(RuntimeError) as error:
        request.downloadProducts(str(tmp_path))

    assert str(error.value) == (
        f"Unable to download the product from {request.URL}/image.tar.gz,"
        " HTTP return code 404: Not Found"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["lc.tar.gz"]


@pytest.mark.parametrize(("status", "reason"), [(404, "Not Found"), (500, "Internal Server Error")])
def test_a_download_that_ends_in_an_http_error(
    client: Client, tmp_path: Path, status: int, reason: str
):
    faults = [{"operation": "download", "effect": {"status": status}}]
    request = complete(client, "Image", scenario=story(client, faults=faults))

    with pytest.raises(RuntimeError, match=f"HTTP return code {status}: {reason}$"):
        request.downloadProducts(str(tmp_path))
    assert not [*tmp_path.iterdir()]


def test_files_that_were_removed(client: Client, tmp_path: Path):
    request = complete(client, "Image", scenario="files-expired")
    time.sleep(7 * 86_400)

    with pytest.raises(RuntimeError, match="HTTP return code 404"):
        request.downloadProducts(str(tmp_path))
    assert request.listOldJobs()[0]["hasProd"] is False


# Positions.


def test_positions_as_documented(client: Client):
    request = complete(client, "StandardPos", "EnhancedPos", "AstromPos", Dec=-7.51788)

    # UKSSDC wire notes, 9.7.
    place = {"GotPos": True, "RA": "335.69850", "Dec": "-7.51788"}
    assert request.retrieveStandardPos(returnData=True) == {
        **place,
        "Err90": "3.5",
        "FromSXPS": False,
    }
    assert request.retrieveEnhancedPos(returnData=True) == {**place, "Err90": "1.7"}
    assert request.retrieveAstromPos(returnData=True) == {
        **place,
        "Err90": "14.3",
        "FromSXPS": False,
    }
    assert request.standardPos["RA"] == "335.69850"


def test_a_position_from_a_catalogue(client: Client):
    scenario = story(
        client,
        {"default": [{"code": 4}]},
        results={"StandardPos": {"WhichSXPS": "2SXPS"}},
    )

    found = complete(client, "StandardPos", scenario=scenario).retrieveStandardPos(returnData=True)

    assert (found["FromSXPS"], found["WhichSXPS"]) == (True, "2SXPS")


def test_complete_and_yet_no_position(client: Client):
    names = ("EnhancedPos", "AstromPos", "SourceDet", "StandardPos")
    request = complete(client, *names, scenario="no-position-found")

    nothing = {"GotPos": False, "Reason": "No position could be determined."}
    assert request.retrieveEnhancedPos(returnData=True) == nothing
    assert request.retrieveAstromPos(returnData=True) == nothing
    assert request.retrieveStandardPos(returnData=True) == nothing


def test_a_position_that_is_not_there_yet_has_a_reason(client: Client):
    request = client.submitted("EnhancedPos")

    assert request.retrieveEnhancedPos(returnData=True) == {
        "GotPos": False,
        "Reason": "The enhanced position is not complete \n",
    }


def test_an_http_error_is_a_reason_too(client: Client):
    scenario = story(client, faults=[{"operation": "positions", "effect": {"status": 500}}])
    request = client.submitted("AstromPos", scenario=scenario)

    assert request.retrieveAstromPos(returnData=True)["Reason"] == (
        "An HTTP error occured - HTTP return code 500: Internal Server Error"
    )


# Sources, light curves, spectra.


@pytest.mark.parametrize(
    ("bands", "expected"), [("total", ["Total"]), ("all", ["Total", "Soft", "Medium", "Hard"])]
)
def test_sources_become_numbers(client: Client, bands: str, expected: list[str]):
    request = client.request("SourceDet")
    request.setSourceDetPars(whichBands=bands)
    assert request.submit()
    while not request.complete:
        time.sleep(60)

    found = request.retrieveSourceList(returnData=True)

    assert list(found) == expected
    assert found["Total"][0]["sno"] == 1
    assert found["Total"][0]["ra"] == 32.1512120191


def test_sources_of_a_deprecated_service(client: Client):
    client.mock.sandbox.defaults["ukssdc"] = "ukssdc/deprecated"
    with pytest.warns(UserWarning, match="DEPRECATION"):
        request = complete(client, "SourceDet")

    assert list(request.retrieveSourceList(returnData=True)) == ["Total"]


@pytest.mark.parametrize(
    ("nosys", "incbad", "expected"),
    [
        ("no", "no", ["WT", "PC", "PCUL", "PCHard", "PCSoft", "PCHR"]),
        ("no", "yes", [f"{k}_incbad" for k in ("WT", "PC", "PCUL", "PCHard", "PCSoft", "PCHR")]),
    ],
)
def test_a_light_curve_becomes_tables(client: Client, nosys: str, incbad: str, expected: list[str]):
    request = complete(client, "LightCurve")

    found = request.retrieveLightCurve(nosys=nosys, incbad=incbad, returnData=True)

    assert found["Datasets"] == expected
    assert (found["Binning"], found["TimeFormat"], found["T0"]) == ("Counts", "MET", 608713541.952)
    assert list(found["URLs"]) == expected
    first = found[expected[0]]
    assert len(first) == 2
    assert first["Rate"].iloc[0] == 2.492634
    assert "UpperLimit" in found[expected[2]].columns


def test_a_light_curve_of_everything(client: Client):
    found = complete(client, "LightCurve").retrieveLightCurve(
        nosys="both", incbad="both", returnData=True
    )

    assert len(found["Datasets"]) == 24


def test_a_light_curve_without_data(client: Client):
    scenario = story(client, {"default": [{"code": 4}]}, results={"LightCurve": "none"})

    found = complete(client, "LightCurve", scenario=scenario).retrieveLightCurve(returnData=True)

    assert found["Datasets"] == []


def test_a_light_curve_that_is_not_there_yet(client: Client):
    assert client.submitted("LightCurve").retrieveLightCurve(returnData=True) == {
        "ERROR": True,
        "Reason": "The light curve is not complete \n",
    }


def test_spectral_fits(client: Client):
    request = client.request("Spectrum")
    request.setSpectrumPars(models=["powerlaw", "apec"])
    assert request.submit()
    while not request.complete:
        time.sleep(60)

    found = request.retrieveSpectralFits(returnData=True)

    assert found["rnames"] == ["interval0"]
    assert found["interval0"]["PC"]["PowerLaw"]["Gamma"] == 1.74059
    assert "kT" in found["interval0"]["WT"]["APEC"]


def test_spectra_are_saved(client: Client, tmp_path: Path):
    request = complete(client, "Spectrum")
    request.retrieveSpectralFits()

    request.saveSpectralData(destDir=str(tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "interval0.tar.gz",
        "interval0pc_plot.gif",
        "interval0wt_plot.gif",
    ]
    with tarfile.open(tmp_path / "interval0.tar.gz") as tar:
        assert tar.getnames() == ["interval0wt.pi", "interval0pc.pi"]


def test_the_redshift_that_was_asked_for_is_in_the_fits(client: Client):
    request = client.request("Spectrum")
    request.setSpectrumPars(redshift=0.347)
    assert request.submit()
    while not request.complete:
        time.sleep(60)

    found = request.retrieveSpectralFits(returnData=True)

    assert found["interval0"]["WT"]["PowerLaw"]["Redshift_abs"] == 0.347


def test_156_spectra(client: Client):
    request = complete(client, "Spectrum", scenario="spectrum-156-slices")

    assert len(request.retrieveSpectralFits(returnData=True)["rnames"]) == 156


@pytest.mark.filterwarnings("ignore:DEPRECATION WARNING:UserWarning")
def test_the_clients_old_ways_work_too(client: Client):
    request = complete(client, "LightCurve", "Spectrum")
    request.deprecate = True

    curve = request.retrieveLightCurve()
    fits = request.retrieveSpectralFits()

    assert "T_+ve" in curve["PC"].columns
    assert fits["GalNH"] == 1.74728e20
    assert fits["interval0"]["PC"]["gamma"] == 1.74059
    assert fits["interval0"]["HavePC"] == 1


@pytest.mark.filterwarnings("ignore:DEPRECATION WARNING:UserWarning")
def test_the_clients_old_ways_do_not_survive_an_error(client: Client):
    # UKSSDC wire notes, 1.3: a flaw of the client's.
    request = client.submitted("Spectrum")
    request.deprecate = True

    with pytest.raises(KeyError, match="T0"):
        request.retrieveSpectralFits()
