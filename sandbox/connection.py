"""One connection of a client: uvicorn's HTTP protocol, made to bear clients that behave badly.

uvicorn lets a client take all the time and all the headers it likes. Here every state of a
connection has a limit by the machine's time (`Patience`), a request's head has a limit of bytes, and
what is no HTTP is answered after the requests before it. `watch` looks at all connections every now
and then, which costs a call nothing; timers of each connection would.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from sandbox import front

DROP = "sandbox.drop"  # ASGI extension: a function that ends the connection
REFUSE = "sandbox.refuse"  # ASGI extension: the status with which the request must be refused
# Bytes; above: 414 and 431. httptools reads no address of 64 kB.
MAX_URL, MAX_HEAD = 60 * 1024, 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 seconds: closing sends RST
_LOOKS = 4  # a limit is exceeded by a quarter of the shortest one at most


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may stay in one state, in seconds of the machine's time."""

    idle: float = 75  # without a request, as nginx does
    head: float = 20  # from a request's first byte to the end of its headers
    body: float = 120  # from a request's first byte to its last
    unread: float = 60  # with an answer that the client does not read

    @property
    def look_every(self) -> float:
        """Return the pause between two looks at the connections."""
        return min(1.0, min(self.idle, self.head, self.body, self.unread) / _LOOKS)


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits, and a scope that lets an app end the connection."""

    def __init__(self, config: Config, state: ServerState) -> None:
        """Serve one client; `state` knows all connections and running calls."""
        super().__init__(config, state, {})
        self._running: RequestResponseCycle | None = None  # what is being answered
        self._idle_since = self.loop.time()
        self._began: float | None = None  # when the request arriving now began
        self._in_head = False
        self._head_size = 0
        self._begun = 0  # requests
        self._bare = 0  # bytes of a body that go past the parser
        self._unread_since: float | None = None
        self._refusal: bytes | None = None  # to be sent after the answers before it

    def overdue(self, now: float, patience: Patience) -> bool:
        """Tell whether this connection has been in its state for too long."""
        if self._unread_since is not None:
            return now - self._unread_since > patience.unread
        if self._began is not None:
            return now - self._began > (patience.head if self._in_head else patience.body)
        return not self._is_answering() and now - self._idle_since > patience.idle

    def give_up(self) -> None:
        """End an overdue connection, with a word to a client that may be listening."""
        arriving = self._began is not None and not self._in_head
        answered = arriving and self.cycle.response_complete
        if self._unread_since is not None or self._refusal is not None or answered:
            # Nothing more can be told: no one reads, or the answer is there already.
            self.transport.abort()
        elif self._began is not None:
            self._turn_away(408)
        else:
            self.transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    # what arrives

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._refusal is not None:
            return
        if self._bare:
            data = self._body_past_parser(data)
            if not data:
                return
        expected = self._begun + (self._began is None)
        only_head = self._in_head or self._began is None
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._stay(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._turn_away(400)
            return
        # A chunk that holds the end of an earlier request too is not counted: it is not all head.
        if self._in_head and only_head and self._begun == expected:
            self._head_size += len(data)
            if self._head_size > MAX_URL + MAX_HEAD:
                self._turn_away(414 if len(self.url) > MAX_URL else 431)

    def _stay(self, rest: bytes) -> None:
        """Pass over the wish for another protocol, as HTTP allows; `rest` is what follows the headers.

        The parser takes such a request for one without a body. Java's HttpClient wishes for HTTP/2 with
        every first call, body or not.
        """
        size = next((value for name, value in self.headers if name == b"content-length"), b"0")
        self._bare = int(size)
        if self._bare:
            self.cycle.more_body = True
            self._began = self.loop.time()
        if rest:
            self.data_received(rest)

    def _body_past_parser(self, data: bytes) -> bytes:
        """Take a body's bytes that the parser must not see, and return what follows them."""
        body = data[: self._bare]
        self._bare -= len(body)
        self.on_body(body)
        if not self._bare:
            self.on_message_complete()
        return data[len(body) :]

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {DROP: self._drop}  # type: ignore[dict-item]
        self._began, self._in_head, self._head_size = self.loop.time(), True, 0
        self._begun += 1

    def on_headers_complete(self) -> None:
        """Begin to answer, unless another request is before this one."""
        if len(self.url) > MAX_URL:
            self.url = b"/"
            self._refuse(414)
        elif sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            self._refuse(431)
        super().on_headers_complete()
        self._in_head = False

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._began = None
        super().on_message_complete()

    def _refuse(self, status: int) -> None:
        cast(dict[str, Any], self.scope["extensions"])[REFUSE] = status

    # what is answered

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def on_response_complete(self) -> None:
        """Go on with the next request; unlike uvicorn's own, without a timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._idle_since = self.loop.time()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._end(self._refusal)
        else:
            self.flow.resume_reading()

    def _turn_away(self, status: int) -> None:
        """Refuse what arrives now and all that follows; answers to what came whole before go first."""
        self._refusal = front.answer(status)
        self.flow.pause_reading()
        broken = self.cycle if self._began is not None and not self._in_head else None
        if self.pipeline and self.pipeline[0][0] is broken:
            self.pipeline.popleft()
        if not self._is_answering():
            self._end(self._refusal)
        elif broken is not None and self._running is broken:
            self._end(b"" if broken.response_started else self._refusal)

    def _end(self, last: bytes) -> None:
        if last:
            self.transport.write(last)
        self.transport.close()

    def pause_writing(self) -> None:
        """Note that the client does not read as fast as it is written."""
        self._unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the client has read."""
        self._unread_since = None
        super().resume_writing()

    def _drop(self, flush: bool) -> None:
        if flush:
            self.transport.close()
            return
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()


async def watch(connections: Collection[Any], patience: Patience) -> None:
    """End connections that are overdue, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(patience.look_every)
        now = loop.time()
        for connection in [one for one in connections if one.overdue(now, patience)]:
            connection.give_up()
