"""`python -m bench.load`: sends calls as fast as they are answered, from a process of its own.

The job comes as JSON on stdin, the figures go as JSON to stdout. Connections are kept, each has one
call in flight.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import urlencode

import orjson

from bench.process import do_job, own_cpu_s, own_peak_mb

Form = Literal["urlencoded", "json"]


@dataclass(frozen=True, slots=True)
class Job:
    """What to send: to every target in turn, `calls` in all."""

    port: int
    network: str
    form: Form
    calls: int
    targets: list[tuple[str, int]]  # a bot's key and a person
    text: str
    in_flight: int = 64
    core: int | None = None  # to run on; None is any


@dataclass(slots=True)
class Figures:
    """What came of it; latencies are milliseconds."""

    seconds: float = 0
    cpu_s: float = 0
    answered: int = 0
    refused: int = 0
    first_refusal: str = ""
    half_ms: float = 0
    slowest_percent_ms: float = 0
    peak_mb: float = 0


@dataclass(slots=True)
class _Progress:
    requests: list[bytes]
    calls: int
    sent: int = 0
    took: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)


class _Connection(asyncio.Protocol):
    def __init__(self, progress: _Progress, good: bytes) -> None:
        self._progress, self._good = progress, good
        self._got = b""
        self._whole = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)

    def call(self) -> None:
        """Send the next call, if any is left."""
        progress = self._progress
        if progress.sent == progress.calls:
            return
        request = progress.requests[progress.sent % len(progress.requests)]
        progress.sent += 1
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._whole:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._got[:end].lower()
            at = head.index(b"content-length:") + 15
            self._whole = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        if len(self._got) < self._whole:
            return
        progress = self._progress
        progress.took.append(time.perf_counter() - self._began)
        if self._good not in self._got:
            progress.refused.append(self._got)
        self._got, self._whole = b"", 0
        if len(progress.took) == progress.calls:
            progress.done.set()
        else:
            self.call()

    def connection_lost(self, exc: Exception | None) -> None:
        self._progress.done.set()


def request(job: Job, number: int) -> bytes:
    """Return the bytes of one call: sendMessage, or messages.send of VK."""
    token, person = job.targets[number % len(job.targets)]
    if job.network == "telegram":
        path = f"/telegram/bot{token}/sendMessage"
        params: dict[str, Any] = {"chat_id": person, "text": job.text}
    else:
        path = "/vk/method/messages.send"
        params = {"peer_id": person, "message": job.text, "random_id": 0, "v": "5.199"}
        params["access_token"] = token
    if job.form == "json":
        body, kind = orjson.dumps(params), "application/json"
    else:
        body, kind = urlencode(params).encode(), "application/x-www-form-urlencoded"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\nUser-Agent: bench\r\nAccept: */*\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(job: Job) -> Figures:
    """Send everything and return the figures."""
    loop = asyncio.get_running_loop()
    progress = _Progress([request(job, n) for n in range(len(job.targets))], job.calls)
    good = b'"ok":true' if job.network == "telegram" else b'"response":'
    make: Callable[[], _Connection] = lambda: _Connection(progress, good)  # noqa: E731
    connections = [
        (await loop.create_connection(make, "127.0.0.1", job.port))[1]
        for _ in range(min(job.in_flight, job.calls))
    ]
    began, cpu = time.perf_counter(), own_cpu_s()
    for connection in connections:
        connection.call()
    await progress.done.wait()
    seconds = time.perf_counter() - began
    took = sorted(progress.took)
    refused = progress.refused
    return Figures(
        seconds,
        own_cpu_s() - cpu,
        len(took),
        len(refused),
        refused[0].decode(errors="replace") if refused else "",
        took[len(took) // 2] * 1000 if took else 0,
        took[len(took) * 99 // 100] * 1000 if took else 0,
        own_peak_mb(),
    )


def main() -> int:
    """Do the job that stands on stdin."""
    return do_job(lambda job: run(Job(**job)))


if __name__ == "__main__":
    sys.exit(main())
