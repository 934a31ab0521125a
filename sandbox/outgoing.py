"""HTTP calls that the sandbox makes itself: events for the bots' own servers (webhooks, VK's Callback API).

    answer = await post("http://127.0.0.1:9000/hook", body, headers={"Content-Type": "application/json"})

They reach this machine only, whatever a bot asks for, go past all proxies and follow no redirects.
`Errands` holds the tasks that make them, so that they end with the sandbox.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from httptools import HttpParserError, HttpResponseParser

MAX_ANSWER = 1024 * 1024  # bytes of a body that are read; what follows is left out
_MAX_HEAD = 64 * 1024
_log = logging.getLogger(__name__)


class Unreachable(Exception):
    """No answer was had; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    path: str
    authority: str


def check_url(url: str) -> None:
    """Raise Unreachable unless the sandbox can deliver to this address."""
    _target(url)


async def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    timeout_s: float = 10,
) -> Answer:
    """Send `body` to an http address of this machine and return the answer, whatever its status.

    The whole exchange takes at most `timeout_s` seconds of the machine's time. Raises Unreachable and
    nothing else (but for the cancellation of the task).
    """
    target = _target(url)
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchange(target, body, headers)
    except TimeoutError:
        raise Unreachable("Read timeout expired") from None
    except OSError as error:
        # asyncio words its own; the system's words are what other servers show.
        raise Unreachable(os.strerror(error.errno) if error.errno else str(error)) from None
    except (HttpParserError, UnicodeError) as error:
        raise Unreachable(f"The answer is not HTTP: {error}") from None


def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unreachable(f"{url!r} is not an address: {error}") from None
    if parts.scheme != "http" or not _is_this_machine(host):
        raise Unreachable(
            f"{url!r} cannot be reached from the sandbox: give an http:// address of 127.0.0.1, ::1 or localhost"
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    authority = f"[{host}]" if ":" in host else host
    return _Target(host, port or 80, path, authority if port is None else f"{authority}:{port}")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _exchange(target: _Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    # The limit of the reader's own buffer is small: what a server pours out is not all taken in.
    reader, writer = await asyncio.open_connection(target.host, target.port, limit=64 * 1024)
    try:
        head = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        head += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        writer.write("\r\n".join(head).encode("latin-1") + body)
        return await _answer(reader)
    finally:
        writer.transport.abort()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    heard = _Heard()
    parser = HttpResponseParser(heard)
    while not heard.complete:
        piece = await reader.read(64 * 1024)
        if not piece:
            # Without a length the end of the connection is the end of the body.
            if not heard.until_the_end:
                raise OSError("Connection closed before the answer was complete")
            break
        parser.feed_data(piece)
        if heard.begun:
            heard.status = parser.get_status_code()
        if heard.complete and heard.status < 200:
            heard.on_message_begin()  # 1xx: the answer itself is still to come
        if len(heard.body) >= MAX_ANSWER:
            break
        if heard.head_size > _MAX_HEAD:
            raise OSError("The headers of the answer are too long")
    return Answer(heard.status, heard.headers, bytes(heard.body[:MAX_ANSWER]))


class _Heard:
    """What the parser found so far."""

    def __init__(self) -> None:
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self.status, self.head_size = 0, 0
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.begun = self.complete = False

    @property
    def until_the_end(self) -> bool:
        return (
            self.begun
            and "content-length" not in self.headers
            and "transfer-encoding" not in self.headers
        )

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head_size += len(name) + len(value) + 4  # the colon, the blank, the end of the line
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.begun = True

    def on_body(self, piece: bytes) -> None:
        self.body += piece[: MAX_ANSWER - len(self.body)]

    def on_message_complete(self) -> None:
        self.complete = True


class Errands:
    """Tasks beside the calls: kept alive while they run, ended when the sandbox stops.

    A network's side has its own and ends them in its `stop` (see `networks.NetworkSide`).
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._running: set[asyncio.Task[None]] = set()

    def start(self, errand: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run an errand in the current event loop; an error that ends it is logged."""
        task = asyncio.get_running_loop().create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel what runs and wait until it has ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("an errand ended with an error", exc_info=error)
