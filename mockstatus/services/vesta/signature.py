"""Checks the signature of a token, in the words of the gateway's library.

Source: VESTA wire notes, 1.8 (observed).
"""

from __future__ import annotations

import base64

from jwt import PyJWS
from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import InvalidAlgorithmError, PyJWTError


class BadSignatureError(Exception):
    """A token is not signed as it should be."""


class _AnyLength(HMACAlgorithm):
    """The package's public key is shorter than HS512 should have; it works all the same."""

    def check_key_length(self, key: bytes) -> None:  # noqa: ARG002  # the base class's own shape
        return None


_HMACS = {"HS256": _AnyLength.SHA256, "HS384": _AnyLength.SHA384, "HS512": _AnyLength.SHA512}


def _verifier() -> PyJWS:
    jws = PyJWS()
    for name, digest in _HMACS.items():
        jws.unregister_algorithm(name)
        jws.register_algorithm(name, _AnyLength(digest))
    return jws


_JWS = _verifier()


def signed(token: str, key: str) -> bytes:
    """What a token holds. key: the secret, in Base64. Raises BadSignatureError."""
    try:
        payload: bytes = _JWS.decode(token, base64.b64decode(key), algorithms=list(_HMACS))
    except InvalidAlgorithmError:
        raise BadSignatureError("Signature verification failed") from None
    except (PyJWTError, UnicodeEncodeError) as error:
        raise BadSignatureError(str(error)) from None
    return payload
