"""Ids and signatures are the draws that they always were, however they are found."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

import orjson
from builders import T0
from hypothesis import given
from hypothesis import strategies as st

from mockstatus.domain.draw import draw_bytes
from mockstatus.services.krixik import ids, links

SEEDS = st.integers(0, 2**64)
NAMES = st.text("abcXYZ019._-", min_size=1, max_size=64)
NUMBERS = st.integers(1, 10**7)


@given(SEEDS, NAMES, NUMBERS)
def test_ids_are_drawn_from_seed_sandbox_and_number(seed: int, sandbox: str, number: int) -> None:
    process = draw_bytes(seed, sandbox, "krixik", number, "process")
    file = draw_bytes(seed, sandbox, "krixik", number, "file")

    assert ids.process_id(seed, sandbox, number) == str(UUID(bytes=process))
    assert ids.file_id(seed, sandbox, number) == str(UUID(bytes=file, version=4))


@given(SEEDS, st.text(max_size=40), st.sampled_from(["upload", "download"]))
def test_links_are_signed_with_a_draw(seed: int, file: str, what: str) -> None:
    drawn = draw_bytes(seed, "krixik", file, what, size=32)

    assert ids.signature(seed, file, what) == drawn.hex()


def test_one_draw_leaves_no_trace_in_the_next() -> None:
    first = ids.file_id(7, "a", 1)
    ids.process_id(7, "a", 1)
    ids.file_id(7, "b", 1)

    assert ids.file_id(7, "a", 1) == first
    assert ids.request_id(7, "a", 1, T0) == ids.request_id(7, "a", 1, T0)


def test_forms_are_dated_to_the_second() -> None:
    def expiration(now_us: int) -> object:
        policy = links.upload_fields(7, "f", now_us)["policy"]
        return orjson.loads(b64decode(policy))["expiration"]

    assert expiration(T0) == expiration(T0 + 999_999) == "2026-01-01 01:00:00"
    assert expiration(T0 + 1_000_000) == "2026-01-01 01:00:01"
    assert links.upload_fields(7, "f", T0 + 1_000_000)["x-amz-date"] == "20260101T000001Z"


def test_each_form_is_its_own() -> None:
    links.upload_fields(7, "f", T0)["policy"] = "changed"

    assert links.upload_fields(7, "f", T0)["policy"] != "changed"
