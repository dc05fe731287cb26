"""Archives and single files: when they are there, and what is in them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from builders import T0

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.archives import Built, archive, files
from mockstatus.services.ukssdc.products import BY_WIRE, PRODUCTS

if TYPE_CHECKING:
    from conftest import Mock

FORMATS = ("zip", "tar", "tar.gz")
ALL_NAMES = tuple(product.name for product in PRODUCTS)

# UKSSDC wire notes, 4.5: the main files.
MAIN_FILES = {
    "lc": {"curve.qdp", "PCCURVE.qdp", "WTCURVE.qdp", "PCUL.qdp"},
    "spec": {"interval0.tar.gz", "scripts/fit.xcm"},
    "psf": {"results.dat"},
    "enh": {"success.txt"},
    "xastrom": {"corrpos.dat", "xastrom_corr.dat"},
    "image": {"images.log", "image1.img.gz", "image1.gif", "image3.img.gz", "image3.gif"},
    "sourceDet": {"sources.dat"},
}


def names_in(content: bytes, kind: str) -> set[str]:
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as found:
            assert found.testzip() is None
            return set(found.namelist())
    with tarfile.open(
        fileobj=io.BytesIO(content), mode="r:gz" if kind == "tar.gz" else "r:"
    ) as tar:
        return set(tar.getnames())


def read(content: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        member = tar.extractfile(name)
        assert member is not None
        return member.read()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("wire", MAIN_FILES)
def test_a_complete_product_is_an_archive_of_its_main_files(mock: Mock, wire: str, kind: str):
    job = mock.submit(*ALL_NAMES)
    mock.advance("20m")

    answer = mock.get(f"USERPROD_{job}/{wire}.{kind}")

    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers
    names = names_in(answer.content, kind)
    assert {f"USERPROD_{job}/{wire}/{name}" for name in MAIN_FILES[wire]} <= names


def test_all_holds_what_has_ended_and_nothing_else(mock: Mock):
    scenario = mock.scenario({"LightCurve": [{"code": 3}], "Image": [{"code": -3}]})
    job = mock.submit("LightCurve", "Image", "StandardPos", scenario=scenario)

    before = names_in(mock.get(f"USERPROD_{job}/all.tar").content, "tar")
    mock.advance("10m")
    after = names_in(mock.get(f"USERPROD_{job}/all.tar").content, "tar")

    assert before == {f"USERPROD_{job}/image/image.log"}
    assert after - before == {f"USERPROD_{job}/psf/{name}" for name in ("results.dat", "psf.log")}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_product_that_has_not_ended_has_no_archive(mock: Mock, code: int):
    job = mock.submit("Image", scenario=mock.scenario({"Image": [{"code": code}]}))

    for stem in ("image", "all"):
        assert mock.get(f"USERPROD_{job}/{stem}.zip").status_code == 404


@pytest.mark.parametrize("code", [-1, -2, -3, -4])
def test_a_product_that_failed_or_was_cancelled_has_a_log(mock: Mock, code: int):
    job = mock.submit("Image", scenario=mock.scenario({"Image": [{"code": code}]}))

    answer = mock.get(f"USERPROD_{job}/image.tar")

    assert names_in(answer.content, "tar") == {f"USERPROD_{job}/image/image.log"}
    log = read(answer.content, f"USERPROD_{job}/image/image.log").decode()
    assert log == f"image: {products.status_text(code)}\n"


def test_a_scenario_may_leave_failed_products_without_an_archive(mock: Mock):
    scenario = mock.scenario(
        {"Image": [{"code": -3}], "StandardPos": [{"code": 4}]}, files={"failed": "missing"}
    )
    job = mock.submit("Image", "StandardPos", scenario=scenario)

    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 404
    assert mock.get(f"USERPROD_{job}/psf.zip").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "USERPROD_{job}/foo.zip",
        "USERPROD_{job}/lc.zip",
        "USERPROD_{job}/image.rar",
        "USERPROD_{job}/image",
        "USERPROD_1/image.zip",
        "{job}/image.zip",
        "USERPROD_{job}/image/none.gif",
        "USERPROD_{job}/none/image1.gif",
        "USERPROD_{job}/lc/curve.qdp",
        "USERPROD_1/image/image1.gif",
        "USERPROD_1",
        "USERPROD_x",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(mock: Mock, path: str):
    job = mock.submit("Image")
    mock.advance("10m")

    answer = mock.get(path.format(job=job))

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert "<h1>Not Found</h1>" in answer.text


def test_files_of_products_can_be_had_one_by_one(mock: Mock):
    job = mock.submit("Spectrum", "Image")
    mock.advance("10m")

    nested = mock.get(f"USERPROD_{job}/spec/interval0.tar.gz")
    image = mock.get(f"USERPROD_{job}/image/image1.gif")

    assert names_in(nested.content, "tar.gz") == {"interval0wt.pi", "interval0pc.pi"}
    assert nested.headers["content-type"] == "application/x-gzip"
    assert image.content.startswith(b"GIF89a")
    assert image.headers["content-type"] == "image/gif"
    assert image.headers["x-content-type-options"] == "nosniff"


def test_the_same_archive_is_the_same_bytes(mock: Mock):
    job = mock.submit(*ALL_NAMES)
    mock.advance("20m")

    for kind in FORMATS:
        first = mock.get(f"USERPROD_{job}/all.{kind}").content
        mock.advance("1h")
        assert mock.get(f"USERPROD_{job}/all.{kind}").content == first


def test_files_are_as_old_as_the_end_of_their_product(mock: Mock):
    job = mock.submit(
        "Image", scenario=mock.scenario({"Image": [{"code": 3, "for": "90s"}, {"code": 4}]})
    )
    mock.advance("1h")
    ended = datetime.fromtimestamp(T0 // 1_000_000 + 90, UTC)

    content = mock.get(f"USERPROD_{job}/image.tar").content
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert {member.mtime for member in tar.getmembers()} == {ended.timestamp()}
    content = mock.get(f"USERPROD_{job}/image.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert {info.date_time for info in found.infolist()} == {ended.timetuple()[:6]}
    content = mock.get(f"USERPROD_{job}/image.tar.gz").content
    assert int.from_bytes(content[4:8], "little") == int(ended.timestamp())


@pytest.mark.parametrize("at_s", [0, 253_402_300_799])
def test_an_archive_is_made_in_any_year(at_s: int):
    built = Built(product=products.IMAGE, code=4, at_s=at_s)

    for kind in FORMATS:
        assert names_in(archive("1", [built], kind), kind)


@pytest.mark.parametrize(
    ("product", "result", "name", "content"),
    [
        ("StandardPos", "none", "psf/results.dat", b"NOPOS\n"),
        ("StandardPos", {"WhichSXPS": "2SXPS"}, "psf/results.dat", b"INSXPS\n"),
        ("StandardPos", {"RA": 1.0}, "psf/results.dat", b"1.00000 -7.51790 3.5\n"),
        ("AstromPos", "none", "xastrom/NOCORR", b""),
    ],
)
def test_files_of_a_position_say_what_its_call_says(mock: Mock, product, result, name, content):
    scenario = mock.scenario({"default": [{"code": 4}]}, results={product: result})
    job = mock.submit(product, scenario=scenario)
    wire = name.partition("/")[0]

    found = mock.get(f"USERPROD_{job}/{wire}.tar").content

    assert read(found, f"USERPROD_{job}/{name}") == content


def test_an_enhanced_position_that_was_not_found_has_only_a_log():
    built = Built(product=BY_WIRE["enh"], code=4, at_s=0, position={"GotPos": 0})

    assert [file.path for file in files(built)] == ["enh.log"]


def test_files_are_removed_some_time_after_the_end_of_their_product(mock: Mock):
    scenario = mock.scenario(
        {"Image": [{"code": 4}], "LightCurve": [{"code": 3, "for": "1d"}, {"code": 4}]},
        files={"expire": "7d"},
    )
    job = mock.submit("Image", "LightCurve", scenario=scenario)

    def there(stem: str) -> bool:
        return mock.get(f"USERPROD_{job}/{stem}.zip").status_code == 200

    def listed() -> bool:
        return bool(mock.post("listOldJobs.php")["jobs"][0]["hasProd"])

    mock.advance("6d")
    assert (there("image"), there("lc"), listed()) == (True, True, True)
    mock.advance("1d")
    assert (there("image"), there("lc"), there("all"), listed()) == (False, True, True, True)
    mock.advance("1d")
    assert (there("lc"), there("all"), listed()) == (False, False, False)
    assert mock.codes(job, "lc,image") == {"lc": 4, "image": 4}


def test_how_long_files_stay_is_an_option_too(mock: Mock):
    job = mock.submit("Image", scenario=mock.scenario({"Image": [{"code": 4}]}))
    mock.advance("30d")
    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 200

    mock.options(keep_files="7d")

    assert mock.get(f"USERPROD_{job}/image.zip").status_code == 404


def test_the_place_of_a_job_is_a_page_about_it(mock: Mock):
    job = mock.submit("LightCurve", name="<script>alert(1)</script>")

    answer = mock.get(f"USERPROD_{job}")

    assert answer.status_code == 200
    assert "<td>light curve</td><td>Requested</td>" in answer.text
    assert "<script>" not in answer.text


def test_a_head_request_has_the_headers_alone(mock: Mock):
    job = mock.submit("Image", scenario=mock.scenario({"Image": [{"code": 4}]}))

    answer = mock.call("HEAD", f"/user_objects/tprods/USERPROD_{job}/image.zip")

    assert answer.status_code == 200


def test_however_many_bands_are_asked_for_an_archive_stays_small(mock: Mock):
    scenario = mock.scenario({"default": [{"code": 4}]})
    job = mock.submit("Image", scenario=scenario, imen=",".join(["0.3-10"] * 10_000))

    answer = mock.get(f"USERPROD_{job}/image.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".img.gz")]
    assert len(names) == 100


def test_an_image_is_a_real_gzipped_fits_header():
    (image,) = [
        file
        for file in files(Built(product=products.IMAGE, code=4, at_s=0))
        if file.path == "image1.img.gz"
    ]

    content = gzip.decompress(image.content)
    assert content.startswith(b"SIMPLE  =                    T")
    assert len(content) == 2880
