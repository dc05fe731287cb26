"""Vectors as .npy and .faiss files, words as an SQLite database: small, and readable by their own
readers. Nothing touches the file system.

Source: Krixik wire notes, 4. The .npy header is that of NumPy's format 1.0.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import shake_128
from itertools import islice

from mockstatus.services.krixik.words import STOP_WORDS, Stems, words_of

_NPY_MAGIC = b"\x93NUMPY\x01\x00"
_NPY_ALIGNMENT = 64
_FAISS_DUMMY = 1 << 20
_LEAST_ROW = 34
"""Bytes that the shortest word takes in the database and its indexes."""

_Row = tuple[str, str, int, int]


def npy(texts: Sequence[str], dimensions: int) -> bytes:
    """A float32 array with a vector for each text."""
    shape = f"({len(texts)}, {dimensions})"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    missing = -(len(_NPY_MAGIC) + 2 + len(header) + 1) % _NPY_ALIGNMENT
    header += b" " * missing + b"\n"
    return _NPY_MAGIC + struct.pack("<H", len(header)) + header + _vectors(texts, dimensions)


def faiss(texts: Sequence[str], dimensions: int) -> bytes:
    """A flat index of inner products with a vector for each text."""
    count = len(texts)
    head = struct.pack("<iqqqBi", dimensions, count, _FAISS_DUMMY, _FAISS_DUMMY, 1, 0)
    return b"IxFI" + head + struct.pack("<Q", count * dimensions) + _vectors(texts, dimensions)


def keyword_db(text: str, limit: int) -> bytes:
    """A database of the words of a text, without those that no search finds.

    limit: how many bytes it may have; the last words are left out beyond that.
    """
    rows = list(islice(_rows(text), limit // _LEAST_ROW))
    while len(database := _database(rows)) > limit and rows:
        rows = rows[: len(rows) * limit // len(database)]
    return database


def _database(rows: Sequence[_Row]) -> bytes:
    import sqlite3  # 1.5 ms, and few ask for a database

    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE keyword_search (original_keyword TEXT, stemmed_keyword TEXT,"
            " line_number INTEGER, keyword_number INTEGER)"
        )
        database.executemany("INSERT INTO keyword_search VALUES (?, ?, ?, ?)", rows)
        for column in ("original_keyword", "stemmed_keyword"):
            database.execute(f"CREATE INDEX {column}_index ON keyword_search ({column})")
        database.commit()
        return database.serialize()


def _rows(text: str) -> Iterator[_Row]:
    stems = Stems()
    for word in words_of(text):
        if word.text.lower() not in STOP_WORDS:
            yield word.text, stems.of(word.text), word.line, word.number


def _vectors(texts: Sequence[str], dimensions: int) -> bytes:
    """Unit vectors as little-endian float32, one after the other."""
    numbers = array("f")
    for text in texts:
        numbers.extend(_vector(text, dimensions))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _vector(text: str, dimensions: int) -> Iterator[float]:
    drawn = shake_128(text.encode("utf-8", "surrogatepass")).digest(dimensions)
    shifted = [byte - 127.5 for byte in drawn]
    length = sum(number * number for number in shifted) ** 0.5
    return (number / length for number in shifted)
