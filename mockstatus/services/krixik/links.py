"""The links of a file: where it is uploaded to, and where its output is downloaded from.

They look like the presigned links of a cloud storage; which fields those have is a choice (Krixik
wire notes, 2). They lead to the address that the client used, into its sandbox.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING

import orjson

from mockstatus.services.krixik import answer, ids

if TYPE_CHECKING:
    from mockstatus.web.call import Call

UPLOAD_PATH = "/upload/{file_id}"
DOWNLOAD_PATH = "/download/{file_id}"
SIGNATURE = "x-amz-signature"
SIGNED_QUERY = "sig"

_UPLOAD, _DOWNLOAD = "upload", "download"
_HOUR_S = 3600


def upload_url(call: Call, file_id: str) -> str:
    """Where the client uploads a file to."""
    return f"{call.base_url}/upload/{file_id}"


def upload_fields(seed: int, file_id: str, now_us: int) -> dict[str, str]:
    """The form fields that go with an upload, given out at this instant."""
    credential, at, policy = _dated(now_us // 1_000_000)
    return {
        "key": _key(file_id),
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": credential,
        "x-amz-date": at,
        "policy": policy,
        SIGNATURE: ids.signature(seed, file_id, _UPLOAD),
    }


@lru_cache(maxsize=64)
def _dated(at_s: int) -> tuple[str, str, str]:
    """Credential, date and policy, which all forms of one second share: 8 us each time."""
    at = datetime.fromtimestamp(at_s, UTC)
    policy = {"expiration": answer.date((at_s + _HOUR_S) * 1_000_000), "conditions": []}
    return (
        f"MOCKSTATUS/{at:%Y%m%d}/us-east-1/s3/aws4_request",
        f"{at:%Y%m%dT%H%M%SZ}",
        b64encode(orjson.dumps(policy)).decode(),
    )


def is_upload_signed(seed: int, file_id: str, fields: Mapping[str, str]) -> bool:
    """Whether a form carries the fields that were given out for this file."""
    given = fields.get(SIGNATURE, "")
    return fields.get("key") == _key(file_id) and _is_same(seed, file_id, _UPLOAD, given)


def download_url(call: Call, file_id: str, copy: int) -> str:
    """Where the client downloads an output from. copy: counts the outputs from 0."""
    signature = ids.signature(call.sandbox.seed, file_id, _DOWNLOAD)
    which = f"&copy={copy}" if copy else ""
    return f"{call.base_url}/download/{file_id}?{SIGNED_QUERY}={signature}{which}"


def is_download_signed(seed: int, file_id: str, given: str) -> bool:
    """Whether a download carries the signature that was given out for this file."""
    return _is_same(seed, file_id, _DOWNLOAD, given)


def _key(file_id: str) -> str:
    return f"user/{file_id}"


def _is_same(seed: int, file_id: str, what: str, given: str) -> bool:
    expected = ids.signature(seed, file_id, what)
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())
