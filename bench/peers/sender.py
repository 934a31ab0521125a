"""What every peer's sender does alike; it runs in foreign environments, so it imports nothing of the product."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from typing import Any

TOKEN = "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # of the form that libraries check
_WARM = 200

Send = Callable[[int, str], Awaitable[object]]
Open = Callable[[str, int], AbstractAsyncContextManager[Send]]


def main(opening: Open) -> int:
    """Do the job that stands on stdin with a sender opened for its address and number in flight; tell its cost."""
    job: dict[str, Any] = json.load(sys.stdin)
    if job["core"] is not None:
        os.sched_setaffinity(0, {job["core"]})
    print(json.dumps(asyncio.run(_work(job, opening))))
    return 0


async def _work(job: dict[str, Any], opening: Open) -> dict[str, float]:
    async with opening(job["url"], job["in_flight"]) as send:
        await _send(send, _WARM, job)
        began, cpu = time.monotonic(), _cpu_s()
        await _send(send, job["messages"], job)
        seconds, spent = time.monotonic() - began, _cpu_s() - cpu
    return {
        "cpu_ms": spent / job["messages"] * 1000,
        "rate": job["messages"] / seconds,
        "peak_mb": _peak_mb(),
    }


async def _send(send: Send, messages: int, job: dict[str, Any]) -> None:
    numbers = count(1)

    async def worker() -> None:
        while (number := next(numbers)) <= messages:
            await send(number, job["text"])

    await asyncio.gather(*(worker() for _ in range(job["in_flight"])))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
