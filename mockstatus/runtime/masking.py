"""What is a secret in an exchange, and how it is told: the one list of names.

Journals, reports and logs never show keys, tokens or passwords that a client sent or got.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import orjson

MASK = "***"

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "krixikapikey"}
)
"""Headers that are secrets whatever they hold."""

SECRET_PARTS = ("token", "secret", "password", "passwd", "credential", "signature")
"""A header, a parameter or a JSON key with one of these in its name is a secret."""

SECRET_WORDS = frozenset({"key", "apikey", "api_key", "auth", "pwd", "pass"})
"""Names, or words of a name such as `x-api-key`, that are secrets."""

_WORDS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FORM_PART = re.compile(
    rb'(content-disposition:[^\r\n]*?\bname="([^"\r\n]*)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)'
    rb"(.*?)(?=\r?\n--|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_LOGIN = re.compile(r"""(?<=://)([^/?#@\s"':]*:)[^/?#@\s"']+(?=@)""")
_PARAMETER = re.compile(r"""([?&]([^=&?#\s"']+)=)[^&#\s"']+""")
_JSON_PAIR = re.compile(r'("((?:[^"\\]|\\.)*)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,}\]"]+)')


def is_secret(name: str) -> bool:
    """Whether what goes by this name is masked."""
    low = name.lower()
    if low in SECRET_HEADERS or any(part in low for part in SECRET_PARTS):
        return True
    words = _WORDS.split(_CAMEL.sub("-", name).lower())
    return low in SECRET_WORDS or not SECRET_WORDS.isdisjoint(words)


def masked_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Headers as texts, secrets masked."""
    return [
        (name, MASK if is_secret(name) else masked_text(value.decode("latin-1")))
        for name, value in ((key.decode("latin-1"), value) for key, value in headers)
    ]


def masked_text(text: str) -> str:
    """A text; of the addresses in it the passwords and the secret parameters masked."""
    if "://" in text:
        text = _LOGIN.sub(rf"\1{MASK}", text)
    return _PARAMETER.sub(_masked_parameter, text) if "?" in text else text


def masked_query(encoded: bytes) -> str:
    """A query or a form, secrets masked; as it was where there are none."""
    text = encoded.decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True)
    masked = [(name, MASK if is_secret(name) else masked_text(value)) for name, value in pairs]
    if masked == pairs:
        return text
    return "&".join(f"{quote(name)}={quote(value, safe='/*')}" for name, value in masked)


def masked_body(body: bytes, content_type: str) -> str:
    """A body, or the beginning of one, as text, secrets masked.

    Bytes that are no UTF-8 become replacement characters.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return masked_query(body)
    if kind.startswith("multipart/"):
        body = _FORM_PART.sub(_masked_part, body)
    text = body.decode("utf-8", "replace")
    if text.lstrip()[:1] not in {"{", "["}:
        return masked_text(text)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return masked_text(_JSON_PAIR.sub(_masked_pair, text))  # cut off, or broken by a fault
    masked = _masked(document)
    return text if masked == document else orjson.dumps(masked).decode()


def _masked_part(found: re.Match[bytes]) -> bytes:
    name = found[2].decode("latin-1")
    return found[1] + MASK.encode() if is_secret(name) else found[0]


def _masked_pair(found: re.Match[str]) -> str:
    return f'{found[1]}"{MASK}"' if is_secret(found[2]) else found[0]


def _masked_parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{MASK}" if is_secret(unquote(found[2])) else found[0]


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: MASK if is_secret(name) else _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return masked_text(value) if isinstance(value, str) else value
