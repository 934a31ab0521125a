"""Servers made of bare sockets that behave badly in exactly one way, for the adapters to meet."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: closing sends RST

Act = Callable[["Wire", socket.socket], None]


class Wire:
    """A server whose n-th connection is treated by the n-th act, further ones by the last."""

    def __init__(self, *acts: Act) -> None:
        """Listen on a free port of 127.0.0.1 as soon as the block is entered."""
        self._acts = acts
        self.heard: list[bytes] = []  # requests that were read whole
        self.over = threading.Event()
        self.closed = threading.Event()  # a connection was closed from this side

    def __enter__(self) -> Wire:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let everybody go."""
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            act = self._acts[min(number, len(self._acts) - 1)]
            number += 1
            thread = threading.Thread(target=self._serve, args=(act, connection))
            self._threads.append(thread)
            thread.start()

    def _serve(self, act: Act, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            with suppress(OSError):
                act(self, connection)
        self.closed.set()

    def read(self, connection: socket.socket) -> None:
        """Read one request to its end."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length[1]):
            body += self._more(connection)
        self.heard.append(head + b"\r\n\r\n" + body)

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        return data


def answer(body: bytes, status: str = "200 OK", head: bytes = b"") -> bytes:
    """Return an HTTP answer."""
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (
        status.encode(),
        len(body),
        head,
        body,
    )


def saying(data: bytes) -> Act:
    """Read the request, send this, hang up."""

    def act(wire: Wire, connection: socket.socket) -> None:
        wire.read(connection)
        connection.sendall(data)

    return act


def hang(wire: Wire, connection: socket.socket) -> None:
    """Read the request and never answer."""
    wire.read(connection)
    wire.over.wait(5)


def hang_up(wire: Wire, connection: socket.socket) -> None:
    """Read the request and close."""
    wire.read(connection)


def reset(wire: Wire, connection: socket.socket) -> None:
    """Read the request and reset."""
    wire.read(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def not_tls(wire: Wire, connection: socket.socket) -> None:
    """Answer a TLS greeting in plain text."""
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def good_then_gone(good: bytes) -> Act:
    """Answer one request, then close the connection while the client keeps it for later."""
    return saying(good)


def good_then_reset(good: bytes) -> Act:
    """Answer one request, read the next on the same connection, and reset."""

    def act(wire: Wire, connection: socket.socket) -> None:
        wire.read(connection)
        connection.sendall(good)
        wire.read(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    return act


def nobody() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
