"""Tokens, as the gateway wants them."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from builders import T0
from pydantic import ValidationError

KEY = base64.b64decode("vJmMvm44x6RJcVXNPy6UDcSfJHOHNHrT1tKpo4IQ4MU=")
NOW = T0 // 1_000_000
DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512", "none": ""}


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def signed(payload: bytes, *, key: bytes = KEY, algorithm: str = "HS512") -> str:
    """A token, made by hand: the library that is tested does not test itself."""
    head = part(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    text = f"{head}.{part(payload)}"
    digest = DIGESTS[algorithm]
    return f"{text}.{part(hmac.digest(key, text.encode(), digest)) if digest else ''}"


def token(*, key: bytes = KEY, algorithm: str = "HS512", without: str = "", **claims: Any) -> str:
    payload = {"aud": "vlbTest", "exp": NOW + 600, **claims}
    payload.pop(without, None)
    return signed(json.dumps(payload).encode(), key=key, algorithm=algorithm)


GOOD = {
    "the documented algorithm": token(),
    "another HMAC": token(algorithm="HS256"),
    "a third HMAC": token(algorithm="HS384"),
    "a list of audiences": token(aud=["x", "vlbTest"]),
    "no expiry": token(without="exp"),
    "expired within the leeway": token(exp=NOW - 10),
    "valid within the leeway": token(nbf=NOW + 10),
    "issued in the future": token(iat=NOW + 10_000),
    "dates as texts": token(nbf=str(NOW)),
}

# VESTA wire notes, 1.8: the table.
BAD = [
    (None, 400, "Authorisation token is empty"),
    ("", 500, "Not enough segments"),
    ("nonsense", 500, "Not enough segments"),
    (f"Bearer {token()}", 500, "Invalid header padding"),
    ("a.b.c", 500, "Invalid header padding"),
    (token(key=b"x" * 64), 500, "Signature verification failed"),
    (token(algorithm="none"), 500, "Signature verification failed"),
    (token(exp=NOW - 11), 500, "Signature has expired"),
    (token(nbf=NOW + 11), 500, "Signature not yet valid"),
    (token(aud="other"), 500, "Invalid audience"),
    (token(aud=["other"]), 500, "Invalid audience"),
    (token(without="aud"), 500, "No audience claim in token"),
    (token(exp="soon"), 500, "Expiration Time claim (exp) must be an integer."),
    (token(nbf=None), 500, "Not Before claim (nbf) must be an integer."),
    (signed(b"[1]"), 500, "Invalid payload string: must be a json object"),
]


def attempt(gateway: Any, header: str | None, path: str = "/diarisation/annotate") -> Any:
    headers = {} if header is None else {"authorization": header}
    return gateway.post(path, params={"doc_url": "http://h/a"}, headers=headers)


@pytest.mark.parametrize("header", GOOD.values(), ids=GOOD)
def test_a_good_token_lets_a_submission_in(gateway: Any, header: str) -> None:
    gateway.options(bypass_security=False)

    assert attempt(gateway, header).status_code == 200


@pytest.mark.parametrize(("header", "status", "text"), BAD)
def test_a_bad_token_is_refused_in_the_librarys_words(
    gateway: Any, header: str | None, status: int, text: str
) -> None:
    gateway.options(bypass_security=False)

    answer = attempt(gateway, header)

    assert answer.status_code == status
    assert answer.json() == {
        "description": text,
        "status": status,
        "vesta": {"code": 101, "message": text},
    }


def test_a_signed_text_that_is_no_json_is_refused(gateway: Any) -> None:
    gateway.options(bypass_security=False)

    message = attempt(gateway, signed(b"text")).json()["vesta"]["message"]

    assert message.startswith("Invalid payload string: ")


@pytest.mark.parametrize(("header", "status", "text"), BAD)
def test_by_default_nobody_asks_for_a_token(
    gateway: Any, header: str | None, status: int, text: str
) -> None:
    assert attempt(gateway, header).status_code == 200


def test_the_token_is_checked_before_all_else(gateway: Any) -> None:
    gateway.options(bypass_security=False)

    for method, path in [
        ("POST", "/zorglub/annotate"),
        ("POST", "/zorglub/process/x"),
        ("GET", "/zorglub/cancel"),
        ("POST", "/simple_workflow/process"),
    ]:
        answer = gateway.call(method, path)
        assert (answer.status_code, answer.json()["vesta"]["code"]) == (400, 101)


def test_status_and_information_stay_public(gateway: Any) -> None:
    uuid = gateway.submit()
    gateway.options(bypass_security=False)

    assert gateway.status(uuid)["status"] == "PENDING"
    for path in ("/info", "/diarisation/info", "/diarisation/stats", "/temporary_upload_path"):
        assert gateway.get(path).status_code in {200, 201}
    assert gateway.get(f"/diarisation/cancel?uuid={uuid}").status_code == 400
    assert gateway.status(uuid)["status"] == "PENDING"


def test_expiry_goes_by_the_sandboxs_clock(gateway: Any) -> None:
    gateway.options(bypass_security=False)
    header = token(exp=NOW + 60)
    assert attempt(gateway, header).status_code == 200

    gateway.advance("71s")

    assert attempt(gateway, header).json()["description"] == "Signature has expired"


def test_options_may_be_kinder(gateway: Any) -> None:
    gateway.options(bypass_security=False, accept_bearer=True, unauthorised_as_401=True)

    assert attempt(gateway, f"Bearer {token()}").status_code == 200
    assert attempt(gateway, token()).status_code == 200
    assert attempt(gateway, None).status_code == 401
    assert attempt(gateway, "a.b.c").status_code == 401


def test_key_and_audience_are_options(gateway: Any) -> None:
    key = b"k" * 64
    gateway.options(
        bypass_security=False, jwt_key=base64.b64encode(key).decode(), jwt_audience="mine"
    )

    assert attempt(gateway, token(key=key, aud="mine")).status_code == 200
    assert attempt(gateway, token()).json()["description"] == "Signature verification failed"


@pytest.mark.parametrize("key", ["", "a", "abc", "abcde", "a key!!!", "é", "c2VjcmV0\n"])
def test_a_key_that_is_no_base64_is_refused_as_an_option(gateway: Any, key: str) -> None:
    with pytest.raises(ValidationError, match="is not base64 of a key, expected one such as"):
        gateway.options(jwt_key=key)
