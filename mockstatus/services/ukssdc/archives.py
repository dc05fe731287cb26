"""The files of products, and archives of them: real, small, and the same bytes each time. Pure.

The layout is documented (UKSSDC wire notes, 4.5), the contents are a choice.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mockstatus.services.ukssdc import products
from mockstatus.services.ukssdc.products import Product
from mockstatus.services.ukssdc.results import MODES, curve_files, plot_file

CONTENT_TYPES: Mapping[str, str] = {
    "zip": "application/zip",
    "tar": "application/x-tar",
    # Never with `Content-Encoding: gzip`: the client would store the unpacked archive.
    "tar.gz": "application/x-gzip",
}

# One transparent pixel.
_GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
# A zip archive can tell the years 1980 to 2107.
_ZIP_EPOCH_S, _ZIP_END_S = 315_532_800, 4_354_819_198
_NO_POSITION = {
    products.STANDARD: ("results.dat", "NOPOS\n"),
    products.ASTROMETRIC: ("NOCORR", ""),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a product. path: below the product's directory."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a product's files hold. at_s: when it ended, in seconds since 1970 UTC.

    code: how it ended. position: what its call answers, if it is a position. spectra: their names.
    """

    product: Product
    code: int
    at_s: int
    position: Mapping[str, Any] | None = None
    spectra: Sequence[str] = ()
    images: int = 1


def files(built: Built) -> tuple[File, ...]:
    """All files of a product that has ended; of one that failed or was cancelled, its log."""
    title = built.product.title
    outcome = products.status_text(built.code)
    log = File(f"{built.product.wire}.log", f"{title}: {outcome}\n".encode())
    if built.code != products.COMPLETE:
        return (log,)
    return (*_products_files(built), log)


def _products_files(built: Built) -> Iterator[File]:
    product = built.product
    if product in products.POSITIONS:
        yield from _position_files(built)
    elif product is products.LIGHT_CURVE:
        for name, text in curve_files().items():
            yield File(name, text.encode())
    elif product is products.SPECTRUM:
        yield from _spectrum_files(built)
    elif product is products.IMAGE:
        yield File("images.log", f"{built.images} images\n".encode())
        for place in range(1, built.images + 1):
            yield File(f"image{place}.img.gz", _gzip(_fits_image(), built.at_s))
            yield File(f"image{place}.gif", _GIF)
    else:
        yield File("sources.dat", b"sno ra dec err90\n")


def _position_files(built: Built) -> Iterator[File]:
    found = built.position or {}
    place = f"{found.get('RA')} {found.get('Dec')} {found.get('Err90')}\n"
    match built.product, found.get("GotPos"), found.get("FromSXPS"):
        case products.ENHANCED, 1, _:
            yield File("success.txt", place.encode())
        case products.ENHANCED, _, _:
            return
        case _, 1, 1:
            yield File("results.dat", b"INSXPS\n")
        case products.STANDARD, 1, _:
            yield File("results.dat", place.encode())
        case _, 1, _:
            yield File("corrpos.dat", place.encode())
            yield File("xastrom_corr.dat", b"0.0 0.0\n")
        case _:
            name, text = _NO_POSITION[built.product]
            yield File(name, text.encode())


def _spectrum_files(built: Built) -> Iterator[File]:
    for name in built.spectra:
        inside = [File(f"{name}{mode.lower()}.pi", _fits_image()) for mode in MODES]
        yield File(f"{name}.tar.gz", _gzip(_tar("", inside, built.at_s), built.at_s))
        for mode in MODES:
            yield File(plot_file(name, mode), _GIF)
    yield File("scripts/fit.xcm", b"query yes\n")


def _fits_image() -> bytes:
    """The smallest file that FITS readers accept: a header alone."""
    cards = (
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "END",
    )
    return "".join(card.ljust(80) for card in cards).ljust(2880).encode("ascii")


def archive(job_id: str, contents: Sequence[Built], kind: str) -> bytes:
    """An archive of these products. kind: zip, tar or tar.gz.

    A choice: a single product's archive has the layout that is documented for all of them.
    """
    top = f"USERPROD_{job_id}"
    at_s = max((built.at_s for built in contents), default=0)
    inside = [
        File(f"{built.product.wire}/{file.path}", file.content)
        for built in contents
        for file in files(built)
    ]
    if kind == "zip":
        return _zip(top, inside, at_s)
    tar = _tar(top, inside, at_s)
    return _gzip(tar, at_s) if kind == "tar.gz" else tar


def _tar(top: str, inside: Sequence[File], at_s: int) -> bytes:
    import tarfile  # 1.4 ms, and few ask for an archive

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for file in inside:
            member = tarfile.TarInfo(f"{top}/{file.path}" if top else file.path)
            member.size, member.mtime, member.mode = len(file.content), at_s, 0o644
            tar.addfile(member, io.BytesIO(file.content))
    return buffer.getvalue()


def _zip(top: str, inside: Sequence[File], at_s: int) -> bytes:
    buffer = io.BytesIO()
    at = datetime.fromtimestamp(min(max(at_s, _ZIP_EPOCH_S), _ZIP_END_S), UTC)
    date = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for file in inside:
            member = zipfile.ZipInfo(f"{top}/{file.path}", date)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3
            archive_file.writestr(member, file.content)
    return buffer.getvalue()


def _gzip(content: bytes, at_s: int) -> bytes:
    import gzip

    return gzip.compress(content, mtime=at_s % (1 << 32))
