"""Reads what clients send: parameters from query, form and JSON, and the addresses in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from mockstatus.domain.value import value
from mockstatus.services.vesta.codes import invalid_url, missing_doc_url, unexpected
from mockstatus.services.vesta.forms import form_fields
from mockstatus.web.call import first_of_each

if TYPE_CHECKING:
    from mockstatus.web.call import Call

# The templates of the package's public defaults: VESTA wire notes, 1.3.
_STORED = "http://localhost:5002/get/{}"
_ANNOTATIONS = "http://localhost:5001/document/{}/annotations?storageType=2"
_KEPT_BYTES = 4096
"""Requests of more bytes are not remembered."""

_DEPTH = 64
"""How deep the JSON of a request may be; what is deeper counts as broken."""


@value()
class Request:
    """A submission as it came in.

    values: parameters of the query and of a form, the query's first. body: of a JSON request to
    `process`, else None. stored: the path's `storage_doc_id`. is_process: as opposed to annotate.
    workflow: the text of a workflow, else empty.
    """

    values: Mapping[str, str]
    body: Any = None
    stored: str | None = None
    is_process: bool = False
    workflow: str = ""

    @classmethod
    def read(cls, call: Call) -> Request:
        """What a call brings along. Raises nothing, whatever the bytes."""
        id_, stored, query = call.operation.id, call.params.get("stored"), call.query_string
        if not call.body:
            # Nearly always. It is read in 1 us: to remember it takes as long, if it is new.
            return _read(id_, stored, "", query, b"")
        kind = call.header("content-type") or ""
        size = len(call.body) + len(query) + len(kind) + len(stored or "")
        read = _read_once if size <= _KEPT_BYTES else _read
        return read(id_, stored, kind, query, call.body)

    @property
    def fields(self) -> dict[str, str]:
        """Wire fields as texts, for what is looked up in them."""
        members = self.body if isinstance(self.body, dict) else {}
        fields = {name: v for name, v in members.items() if isinstance(v, str)} | {**self.values}
        if self.stored is not None:
            fields["storage_doc_id"] = self.stored
        return fields

    def document_url(self, *, is_needed: bool, is_code: bool) -> str | None:
        """The document's address. Raises GatewayError where it is missing or invalid.

        is_code: with the real program's slip over a `storage_doc_id` that is no path segment.
        """
        if self.stored is not None:
            return _STORED.format(quote(self.stored))
        url = self.values.get("doc_url")
        if is_code and url is not None and "storage_doc_id" in self.values:
            raise unexpected("TypeError", "not all arguments converted during string formatting")
        if not is_needed:
            return None
        if url is None:
            raise missing_doc_url()
        if not is_valid_url(url):
            raise invalid_url(url)
        return url

    def refuse_invalid_urls(self) -> None:
        """Raise GatewayError if any other `<type>_url` is no address."""
        for name, url in self.values.items():
            if name.endswith("_url") and name != "doc_url" and not is_valid_url(url):
                raise invalid_url(url)

    def refuse_useless_json(self) -> None:
        """Raise GatewayError for JSON that is no object."""
        if self.body is not None and not isinstance(self.body, dict):
            # observed: a 500 with code 101; the text is a choice.
            text = f"'{type(self.body).__name__}' object has no attribute 'get'"
            raise unexpected("AttributeError", text)

    def misc(self, upload_url: str) -> dict[str, Any]:
        """What the worker gets beside the document, where no JSON was refused."""
        misc = {**(self.body or {}), **self.values}
        for name, stored in self.values.items():
            if name.startswith("storage_") and name.endswith("_id") and name != "storage_doc_id":
                kind = name.removeprefix("storage_").removesuffix("_id")
                misc[f"{kind}_url"] = _STORED.format(quote(stored))
        return {**misc, "upload_url": upload_url}


def _read(id_: str, stored: str | None, kind: str, query: bytes, body: bytes) -> Request:
    values = first_of_each(query)
    if body:
        values = {**form_fields(kind, body), **values}
    is_process = id_.startswith("process")
    reads_json = is_process and _is_json(kind.partition(";")[0].strip().lower())
    return Request(
        values,
        body=parsed(body) if reads_json else None,
        stored=stored,
        is_process=is_process,
        workflow=values.get("json", "") if id_ == "workflow" else "",
    )


# Clients submit the same again and again. Nobody changes what a request says.
_read_once = lru_cache(maxsize=256)(_read)


def annotations_url(ann_doc_id: str | None) -> str | None:
    """Where a worker stores annotations; None where it does not."""
    return None if ann_doc_id is None else _ANNOTATIONS.format(quote(ann_doc_id))


_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/-]*")


def is_valid_url(url: str) -> bool:
    """Scheme, host and path must all be there: VESTA wire notes, 1.3 (observed)."""
    if _PLAIN_URL.fullmatch(url) is not None:
        return True  # nearly every one, in a tenth of the time
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc and parts.path)


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def parsed(body: str | bytes) -> Any:
    """The JSON of a text; None for what is broken or too deep, as for `null` and nothing."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if _depth_is_bounded(value) else None


def _depth_is_bounded(value: Any) -> bool:
    level = [value]
    for _ in range(_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False
