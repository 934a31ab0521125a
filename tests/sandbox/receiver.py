"""A bot's own server for tests: takes what the sandbox delivers and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """Return an answer as bytes; `_` in names of headers stands for a hyphen."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    head += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


@dataclass(frozen=True)
class Delivered:
    """One request that came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Receiver:
    """Answers in the order of `answers`, then with OK; None in there means no answer at all."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[bytes | None] = []
        self.open = 0  # requests that came and were not answered yet
        self.hold: asyncio.Event | None = None  # answers wait for it
        self._came: asyncio.Queue[Delivered] = asyncio.Queue()

    async def next(self) -> Delivered:
        """Return the next request, waiting for it."""
        return await asyncio.wait_for(self._came.get(), 5)

    @property
    def quiet(self) -> bool:
        """Whether every request that came was looked at."""
        return self._came.empty()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.rstrip().split("\r\n")
            headers = {n.lower(): v for n, _, v in (item.partition(": ") for item in lines)}
            body = await reader.readexactly(int(headers["content-length"]))
            self.open += 1
            said = self.answers.pop(0) if self.answers else OK
            self._came.put_nowait(Delivered(line, headers, body))
            if self.hold is not None:
                await self.hold.wait()
            self.open -= 1
            if said is not None:
                writer.write(said)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the sandbox took its delivery back
        finally:
            writer.close()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Listen on a free port of this machine while the block lasts."""
    made = Receiver()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?key=1"
    try:
        yield made
    finally:
        if made.hold is not None:
            made.hold.set()
        server.close()
        await server.wait_closed()
