"""Checks tokens the way the gateway does: the whole Authorization header is one JWT.

Source: VESTA wire notes, 1.8 (observed). Time is the sandbox's, not the machine's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockstatus.services.vesta.codes import UNEXPECTED, GatewayError

if TYPE_CHECKING:
    from mockstatus.services.vesta.options import VestaOptions

LEEWAY_S = 10


def check(header: str | None, options: VestaOptions, now_us: int) -> None:
    """Raise GatewayError unless the header holds a good token.

    header: the Authorization header; None if there is none.
    """
    if header is None:
        raise _refusal("Authorisation token is empty", options, usual=400, exception="Exception")
    token = header
    if options.accept_bearer and token[:7].lower() == "bearer ":
        token = token[7:].strip()
    try:
        claims = _claims(token, options.jwt_key)
        _refuse_bad_claims(claims, options.jwt_audience, now_us // 1_000_000)
    except _BadTokenError as error:
        raise _refusal(str(error), options, usual=500, exception=error.exception) from None


class _BadTokenError(Exception):
    """A token is no good, in the library's words. exception: its class for it."""

    def __init__(self, text: str, exception: str = "DecodeError") -> None:
        super().__init__(text)
        self.exception = exception


def _refusal(text: str, options: VestaOptions, *, usual: int, exception: str) -> GatewayError:
    # The gateway never says 401 or 403.
    status = 401 if options.unauthorised_as_401 else usual
    return GatewayError(UNEXPECTED, text, status=status, description=text, exception=exception)


def _claims(token: str, key: str) -> dict[str, Any]:
    """What a token says, once its signature is known to be good."""
    # Its library takes 30 ms to import: only a gateway that asks for tokens pays for that.
    from mockstatus.services.vesta.signature import BadSignatureError, signed

    try:
        payload = signed(token, key)
    except BadSignatureError as error:
        raise _BadTokenError(str(error)) from None
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise _BadTokenError(f"Invalid payload string: {error}") from None
    if not isinstance(claims, dict):
        raise _BadTokenError("Invalid payload string: must be a json object")
    return claims


def _refuse_bad_claims(claims: dict[str, Any], audience: str, now_s: int) -> None:
    if "nbf" in claims and _date(claims["nbf"], "Not Before claim (nbf)") > now_s + LEEWAY_S:
        raise _BadTokenError("Signature not yet valid")
    if "exp" in claims and _date(claims["exp"], "Expiration Time claim (exp)") < now_s - LEEWAY_S:
        raise _BadTokenError("Signature has expired", "ExpiredSignature")
    if "aud" not in claims:
        raise _BadTokenError("No audience claim in token", "InvalidAudience")
    found = claims["aud"]
    if audience != found and not (isinstance(found, list) and audience in found):
        raise _BadTokenError("Invalid audience", "InvalidAudience")


def _date(value: object, what: str) -> int:
    if isinstance(value, int | float | str):
        try:
            return int(value)
        except (ValueError, OverflowError):
            pass
    raise _BadTokenError(f"{what} must be an integer.")
