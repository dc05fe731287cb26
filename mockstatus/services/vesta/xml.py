"""Writes a status document as XML, the way the gateway's library does. Pure.

Source: VESTA wire notes, 1.7 (observed): no type attributes, lists of `item`, keys that are no
XML names in an attribute, null as an empty element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'
# Letters that every parser takes in a name; other scripts differ between editions of XML.
_START = "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
_NAME = re.compile(rf"[{_START}][{_START}\-.0-9\u00b7]*")
# What XML cannot hold at all, not even escaped. A class that names all the others is compiled
# character by character: 6 ms of each start.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {
    ord("&"): "&amp;",
    ord('"'): "&quot;",
    ord("'"): "&apos;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    # choice: a parser would otherwise make a line end of it.
    ord("\r"): "&#13;",
}


def encode(document: object) -> bytes:
    """A status document's bytes, in UTF-8; what is no object has no members."""
    document = document if isinstance(document, Mapping) else {}
    ordered = {name: document[name] for name in ("status", "uuid", "result") if name in document}
    rest = {name: value for name, value in document.items() if name not in ordered}
    members = "".join(_members({**ordered, **rest}))
    return f"{_HEAD}<process_status>{members}</process_status>".encode()


def _members(members: Mapping[str, Any]) -> Iterator[str]:
    for name, value in members.items():
        if _NAME.fullmatch(name):
            yield f"<{name}>{_content(value)}</{name}>"
        else:
            attribute = _escaped(name).replace("\n", "&#10;").replace("\t", "&#9;")
            yield f'<key name="{attribute}">{_content(value)}</key>'


def _content(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "".join(_members(dict(sorted(value.items()))))
        case list() | tuple():
            return "".join(f"<item>{_content(entry)}</item>" for entry in value)
        case _:
            return _escaped(str(value))


def _escaped(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text).translate(_ESCAPES)
