"""A listening socket that lets clients in once their handshake of TLS is done.

Not by asyncio's own way, `create_server(ssl=…)`: a connection that never ends its handshake is out
of reach there, and holds up a server that stops for as long as a handshake may take.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from mockstatus.errors import TlsError

_HANDSHAKE_S: Final = 15.0
# A client that does not say good-bye, too, is not waited for.
_GOODBYE_S: Final = 1.0


class Door:
    """Opened and closed within an event loop. made: makes what serves one connection."""

    def __init__(
        self, sock: socket.socket, context: ssl.SSLContext, made: Callable[[], asyncio.Protocol]
    ) -> None:
        self._sock = sock
        self._context = context
        self._made = made
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Clients are let in from now on. Raises TlsError where the event loop cannot do that."""
        self._sock.setblocking(False)
        try:
            asyncio.get_running_loop().add_reader(self._sock.fileno(), self._accept)
        except NotImplementedError:  # Windows' proactor accepts in another way
            raise TlsError("https cannot be served with this system's event loop") from None

    async def close(self) -> None:
        """Stops listening, and ends every handshake that is going on."""
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        self._sock.close()
        await asyncio.sleep(0)  # what was accepted last is being let in: only then it can be ended
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)

    def _accept(self) -> None:
        # Where too many files are open, it is tried again as long as somebody waits.
        with suppress(OSError):
            client, _ = self._sock.accept()
            client.setblocking(False)
            task = asyncio.get_running_loop().create_task(self._let_in(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _let_in(self, client: socket.socket) -> None:
        # What fails here is the client's affair: it may not trust us, or not speak TLS at all.
        with suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                self._made,
                client,
                ssl=self._context,
                ssl_handshake_timeout=_HANDSHAKE_S,
                ssl_shutdown_timeout=_GOODBYE_S,
            )
