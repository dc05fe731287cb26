"""A certificate authority of a server's own, which lives for one run.

Its key never leaves the memory of this process, and neither does the server's where the system has
files in memory. Certificates are made by `trustme`, which is imported once something is served.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from mockstatus.errors import TlsError


@dataclass(frozen=True, slots=True)
class Authority:
    """ca_pem: the certificate that clients are to trust. names: whom the server may pass for.

    context: what a socket is served with.
    """

    ca_pem: bytes
    names: tuple[str, ...]
    context: ssl.SSLContext


def authority(names: Iterable[str]) -> Authority:
    """A new authority, and the certificate of a server that goes by these names and addresses.

    A name that no certificate can hold (`mock_server`) is left out. Raises TlsError.
    """
    try:
        import trustme
    except ImportError:
        raise TlsError(
            "serving by TLS needs the package trustme, which is not installed:"
            " pip install 'mockstatus[tls]'"
        ) from None
    ca = trustme.CA()
    fit = tuple(name for name in dict.fromkeys(names) if _is_fit(name))
    leaf = ca.issue_cert(*fit, common_name=fit[0])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    with _file_of(leaf.private_key_and_cert_chain_pem.bytes()) as path:
        context.load_cert_chain(path)
    return Authority(ca.cert_pem.bytes(), fit, context)


def _is_fit(name: str) -> bool:
    import idna

    try:
        idna.encode(name, uts46=True)
    except idna.IDNAError:
        return ":" in name  # an address of IPv6
    return True


@contextmanager
def _file_of(content: bytes) -> Iterator[str]:
    """A file for as long as OpenSSL reads it, which takes keys from nowhere else.

    In memory where the system can do that, so that nothing is ever written; else one that only
    this user can read.
    """
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("mockstatus", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    descriptor, path = mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        Path(path).unlink()
