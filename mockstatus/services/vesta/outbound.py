"""The one place that calls an address which a client named.

Never this server's own port, no redirects, no proxies, a short timeout; the address that was
checked is the address that is called.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TIMEOUT_S = 5.0

_LOG = logging.getLogger(__name__)
_PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedError(Exception):
    """An address that is not to be called."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be called. only_loopback: this machine alone. own_port: never this one on it."""

    only_loopback: bool
    own_port: int | None


def post(url: str, body: bytes, reach: Reach) -> None:
    """Posts a JSON body; whatever goes wrong is logged and ignored, as the real worker does."""
    try:
        _post(url, body, reach)
    except (RefusedError, OSError, http.client.HTTPException, ValueError) as error:
        _LOG.info("callback to %r: %s", url[:200], error)


def _post(url: str, body: bytes, reach: Reach) -> None:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise RefusedError("only http and https can be called")
    port = parts.port or _PORTS[parts.scheme]
    address = checked(_resolved(parts.hostname, port), port, reach)
    with closing(_connection(parts, address, port)) as connection:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc.rpartition("@")[2], "Content-Type": "application/json"}
        connection.request("POST", target, body, headers)
        connection.getresponse()


def _connection(parts: SplitResult, address: Address, port: int) -> http.client.HTTPConnection:
    """A connection to the address that was checked, whatever the name leads to by now."""
    plain = http.client.HTTPConnection(str(address), port, timeout=TIMEOUT_S)
    plain.connect()
    if parts.scheme == "https":
        context = ssl.create_default_context()
        plain.sock = context.wrap_socket(plain.sock, server_hostname=parts.hostname)
    return plain


def _resolved(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [_plain(ipaddress.ip_address(str(entry[4][0]).partition("%")[0])) for entry in found]


def _plain(address: Address) -> Address:
    """An IPv4 address that is dressed as an IPv6 one, undressed."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return address if mapped is None else mapped


def checked(addresses: list[Address], port: int, reach: Reach) -> Address:
    """The first of these addresses, if all of them may be called. Raises RefusedError."""
    for address in addresses:
        if reach.only_loopback and not address.is_loopback:
            raise RefusedError(f"{address} is no loopback address")
        if port == reach.own_port and is_local(address):
            raise RefusedError("that is this server itself")
    return addresses[0]


def is_local(address: Address) -> bool:
    """Whether an address is one of this machine's."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # Nothing is sent: the system only chooses the address that it would send from.
            probe.connect((str(address), 9))
            return bool(probe.getsockname()[0] == str(address))
    except OSError:
        return False
