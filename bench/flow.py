"""Three figures: from the poll to the first send, a fan-out at the platform's limit, answers meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import datetime
from typing import Any

from bench.stage import Stage, stage

TALKERS = 60
TALK_EVERY_S = 0.15


async def measure(subscribers: int, round_trip_ms: int, items: int) -> None:
    """Measure and print."""
    print(f"{subscribers} subscribers, round trip {round_trip_ms} ms, sliding window of 30/s")
    async with stage(1, 0, 0) as quick:
        await quick.first_reading()
        await _first_send(quick, items)
    async with stage(subscribers, TALKERS, round_trip_ms) as full:
        await full.first_reading()
        await _fan_out(full, subscribers)
        await asyncio.sleep(2)
        await _answers_meanwhile(full, subscribers)


async def _first_send(on: Stage, items: int) -> None:
    took = []
    for n in range(items):
        await on.post(
            "sites/news", publish={"title": f"Новость {n}", "html": "<p>Текст.</p>", "pictures": 0}
        )
        _, since = await on.calls(0, "sendmessage")
        started = time.monotonic()
        await on.poll_now()
        while True:
            found, _ = await on.calls(since, "sendmessage")
            if found:
                break
            await asyncio.sleep(0.005)
        took.append((time.monotonic() - started) * 1000)
        await asyncio.sleep(1.6)  # one person's chat takes about one message a second
    print(
        f"new item, poll to first send      median {statistics.median(took):.0f} ms, "
        f"worst {max(took):.0f} ms of {items}   (required: under 1000)"
    )


async def _fan_out(on: Stage, subscribers: int) -> None:
    sends = await _to_all(on, "Всем", subscribers)
    moments = sorted(_seconds(c["at"]) for c in sends if c["effect"])
    doubles = sum(c["effect"] for c in sends) - subscribers
    print(
        f"fan-out to {subscribers}                  {moments[-1] - moments[0]:.1f} s, "
        f"{sum(c['code'] == 429 for c in sends)} × 429, {doubles} doubled   "
        "(required: at most 36 s, no 429)"
    )


async def _answers_meanwhile(on: Stage, subscribers: int) -> None:
    done = asyncio.Event()
    talk = asyncio.create_task(_talk(on, subscribers, done))
    await _to_all(on, "И снова всем", subscribers)
    done.set()
    answers = sorted(await talk)
    print(
        f"chat answer during a fan-out       median {statistics.median(answers):.0f} ms, "
        f"p99 {answers[int(len(answers) * 0.99)]:.0f} ms of {len(answers)}   (required: p99 under 150)"
    )


async def _to_all(on: Stage, title: str, subscribers: int) -> list[dict[str, Any]]:
    """Publish an item, wait until every subscriber has it, and return the calls that carried it."""
    _, since = await on.calls(0, "sendmessage")
    await on.publish(title)
    sends: list[dict[str, Any]] = []
    reached: set[str] = set()
    while len(reached) < subscribers:
        found, since = await on.calls(since, "sendmessage")
        found = [c for c in found if int(c["chats"][0]) <= subscribers]
        sends += found
        reached |= {c["chats"][0] for c in found if c["effect"]}
        await asyncio.sleep(0.5)
    return sends


async def _talk(on: Stage, subscribers: int, done: asyncio.Event) -> list[float]:
    """Ask as one person after another, and wait until each sees an answer."""
    took: list[float] = []
    n = 0
    while not done.is_set():
        took.append(await on.answered(subscribers + 1 + n % TALKERS))
        n += 1
        await asyncio.sleep(TALK_EVERY_S)
    return took


def _seconds(at: str | float) -> float:
    if isinstance(at, str):
        return datetime.fromisoformat(at).timestamp()
    return float(at)
