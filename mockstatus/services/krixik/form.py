"""Reads an upload: a multipart form, in memory, with no name of the client's used for anything.

The parser is python-multipart's, without its form layer, which would spool files to disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

FIELDS_LIMIT = 100
FIELD_LENGTH = 20_000
FILE = "file"


class FormError(ValueError):
    """A body that is no multipart form."""


@dataclass(slots=True)
class Form:
    """The fields of a form, and the content of its part `file`; None if it has none."""

    fields: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None


def read_form(content_type: str | None, body: bytes) -> Form:
    """The form in a body. Raises FormError."""
    kind, options = parse_options_header(content_type or "")
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise FormError("the body is no multipart/form-data")
    reader = _Reader()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reader.part_begin,
                "on_header_begin": reader.header_begin,
                "on_header_field": reader.header_field,
                "on_header_value": reader.header_value,
                "on_header_end": reader.header_end,
                "on_part_data": reader.part_data,
                "on_part_end": reader.part_end,
                "on_end": reader.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise FormError(f"the form cannot be read: {error}") from None
    if not reader.is_over:
        raise FormError("the form is cut off")
    return reader.form


class _Reader:
    """Takes what the parser finds."""

    def __init__(self) -> None:
        self.form = Form()
        self.is_over = False
        self._parts = 0
        self._name = ""
        self._field = bytearray()
        self._value = bytearray()
        self._data = bytearray()

    def part_begin(self) -> None:
        self._parts += 1
        if self._parts > FIELDS_LIMIT:
            raise FormError(f"the form has more than {FIELDS_LIMIT} parts")
        self._name = ""
        self._data = bytearray()

    def header_begin(self) -> None:
        self._field, self._value = bytearray(), bytearray()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if bytes(self._field).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]
        if self._name != FILE and len(self._data) > FIELD_LENGTH:
            raise FormError(f"a field of the form has more than {FIELD_LENGTH} bytes")

    def part_end(self) -> None:
        if self._name == FILE:
            self.form.file = bytes(self._data)
        elif self._name:
            self.form.fields[self._name] = self._data.decode("utf-8", "replace")

    def end(self) -> None:
        self.is_over = True
