"""Multipart forms are read in memory, within bounds."""

from __future__ import annotations

import pytest

from mockstatus.services.krixik.form import FIELD_LENGTH, FIELDS_LIMIT, FormError, read_form

KIND = "multipart/form-data; boundary=x"


def form(*parts: str) -> bytes:
    """A form of these parts: the text behind `name=` and the value, with a blank line between."""
    opened = "--x\r\nContent-Disposition: form-data; name="
    return "".join(f"{opened}{part}\r\n" for part in parts).encode() + b"--x--\r\n"


def test_fields_and_the_file_are_found_whatever_their_order() -> None:
    body = form('"file"; filename="/etc/passwd"\r\n\r\nabc', '"key"\r\n\r\nuser/1')

    found = read_form(KIND, body)

    assert found.fields == {"key": "user/1"}
    assert found.file == b"abc"


def test_a_file_may_be_of_any_bytes() -> None:
    content = bytes(range(256)) * 10
    body = b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n" + content + b"\r\n--x--\r\n"

    assert read_form(KIND, body).file == content


def test_a_part_without_a_name_is_passed_over() -> None:
    body = b"--x\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--\r\n"

    assert read_form(KIND, body).fields == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param(None, b"", id="no type"),
        pytest.param("application/json", b"{}", id="another type"),
        pytest.param("multipart/form-data", form("a\r\n\r\nb"), id="no boundary"),
        pytest.param("multipart/form-data; boundary=" + "x" * 999, b"", id="a long boundary"),
        pytest.param(KIND, b"nonsense", id="no form"),
        pytest.param(KIND, form("a\r\n\r\nb")[:-6], id="cut off"),
        pytest.param(KIND, b"", id="empty"),
        pytest.param(KIND, form(*["a\r\n\r\nb"] * (FIELDS_LIMIT + 1)), id="too many parts"),
        pytest.param(KIND, form("a\r\n\r\n" + "b" * (FIELD_LENGTH + 1)), id="a long field"),
    ],
)
def test_what_is_no_form_is_an_error_in_words(kind: str | None, body: bytes) -> None:
    with pytest.raises(FormError):
        read_form(kind, body)
