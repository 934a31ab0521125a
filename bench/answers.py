"""How long a person waits for an answer while news go out to very many: planned, written down, sent.

People ask at an even pace whether or not the ones before were answered, so a pause of the process is
felt by everybody whose question falls into it.
"""

from __future__ import annotations

import asyncio

from bench.stage import Stage, stage
from bench.table import Row

_TALKERS = 60
_EVERY_S = 0.25
_RATE = 30  # the most the sandbox lets a bot send in a second


async def measure(subscribers: int, seconds: int, round_trip_ms: int) -> Row:
    """Ask during two fan-outs, one without and one with the way to the platform; returns the row."""
    reached = (2 * seconds + 30) * _RATE
    known = min(subscribers, reached)
    async with stage(subscribers, _TALKERS, 0, known=known) as on:
        await on.first_reading()
        await asyncio.gather(*(on.answered(subscribers + 1 + n) for n in range(3)))  # warm
        told = []
        for round_trip in (0, round_trip_ms):
            await on.slow(round_trip)
            took = sorted(await _during(on, f"Новость {round_trip}", subscribers, seconds))
            told.append(took)
            print(
                f"answers, round trip {round_trip} ms, fan-out to {subscribers}: "
                f"median {took[len(took) // 2]:.0f}, p99 {_late(took):.0f}, worst {took[-1]:.0f} ms "
                f"of {len(took)}"
            )
    return Row(
        f"chat answer p99 in the first {seconds} s of a fan-out to {subscribers:,}, ms",
        "150",
        "60",
        "",
        f"{_late(told[0]):.0f}, with a round trip of {round_trip_ms} ms {_late(told[1]):.0f}",
        "from the question to the answer seen in the sandbox, planning of the fan-out included; the "
        f"sandbox knows only the first {known:,} recipients, later ones are not reached in that time; "
        "a wall figure",
    )


async def _during(on: Stage, title: str, subscribers: int, seconds: int) -> list[float]:
    asked: list[asyncio.Task[float]] = []
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    await on.publish(title)
    while loop.time() < end:
        person = subscribers + 1 + len(asked) % _TALKERS
        asked.append(asyncio.create_task(on.answered(person)))
        await asyncio.sleep(_EVERY_S)
    return await asyncio.gather(*asked)


def _late(took: list[float]) -> float:
    return took[min(len(took) - 1, int(len(took) * 0.99))]
