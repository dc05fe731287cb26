"""What `mockstatus serve` needs to speak TLS: names for its certificate, and a file for clients."""

from __future__ import annotations

from pathlib import Path

from mockstatus.app import names
from mockstatus.errors import TlsError
from mockstatus.settings import Settings
from mockstatus.web.hosts import authority

_LOCAL = ("localhost", "127.0.0.1", "::1")
_ALL_ADDRESSES = frozenset({"0.0.0.0", "::"})  # noqa: S104  # not bound to


def certified(settings: Settings) -> tuple[str, ...]:
    """The names and addresses that clients may come by."""
    known = (authority(name) for name in names(settings))
    named = [one[0].strip("[]") for one in known if one is not None]
    host = settings.host.strip("[]")
    return (*named, *_LOCAL, *({host} - _ALL_ADDRESSES))


def put(ca_pem: bytes, file: Path | None) -> None:
    """Writes the certificate that clients are to trust. Raises TlsError."""
    if file is None:
        return
    try:
        file.write_bytes(ca_pem)
    except OSError as error:
        raise TlsError(f"--ca-out: {file} cannot be written: {error.strerror}") from None
