"""Forms as clients send them: urlencoded or multipart, read in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mockstatus.web.call import first_of_each

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

PARTS_LIMIT = 1000


@dataclass(slots=True)
class Part:
    """One part of a multipart form. filename: None for what is no file."""

    name: str = ""
    filename: str | None = None
    content: bytearray = field(default_factory=bytearray)


def form_fields(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form; of several of one name the first. Empty for any other body."""
    kind, _ = parse_options_header(content_type)
    if kind == b"application/x-www-form-urlencoded":
        return first_of_each(body)
    fields: dict[str, str] = {}
    for part in parts_of(content_type, body):
        if part.filename is None:
            fields.setdefault(part.name, part.content.decode("utf-8", "replace"))
    return fields


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart form; none for any other body, or for one that is broken."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        return []
    reader = _Reader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError:
        return []
    return reader.parts[:PARTS_LIMIT]


class _Reader:
    """Collects parts from the parser's callbacks."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._part = Part()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
        }

    def _begin(self) -> None:
        self._part = Part()

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part.content += data[start:end]

    def _end(self) -> None:
        self.parts.append(self._part)

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _header_end(self) -> None:
        name, value = map(bytes, self._header)
        self._header = (bytearray(), bytearray())
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(value)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self._part.filename = options[b"filename"].decode("utf-8", "replace")
