"""What a post for very many costs: to plan, on disk, in memory, and for each one as there are more of them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.house import UNLIMITED, WARMERS, House, build, folder, opened
from bench.process import ask, core, do_job, own_cpu_s, own_peak_mb, serving
from bench.table import Row
from core.words import DeliveryState

_WHILE_S = 4.0  # of deliveries, at a wave's beginning and again at its end
_LAST = 20_000  # deliveries that are left for the end; so many at least are measured of small posts
_AT_A_TIME = 10_000


def measure(sizes: Sequence[int], runs: int) -> list[Row]:
    """Plan and partly deliver a post for each number of recipients; the first is the base of comparison."""
    told = {size: _median([_once(size) for _ in range(runs)]) for size in sizes}
    for size, one in told.items():
        print(
            f"planning of {size}: {one['plan_s']:.2f} s, CPU {one['plan_cpu_us']:.1f} µs each, "
            f"{one['disk_mb']:.1f} MB on disk, {one['plan_mb']:.0f} MB more in memory; delivery at the "
            f"beginning {one['first_ms']:.3f} ms, at the end {one['last_ms']:.3f} ms of CPU, "
            f"peak {one['peak_mb']:.0f} MB"
        )
    small, big = told[min(sizes)], told[max(sizes)]
    most = f"{max(sizes):,}"
    apart = (
        f"{min(sizes):,} to {most}; the required figures are for 1,000,000 (--full)"
        if max(sizes) < 1_000_000
        else f"{min(sizes):,} to {most}"
    )
    each = [_each_ms(one) for one in (small, big)]
    return [
        Row(
            f"planning of {most} recipients",
            "3 s, 60 MB",
            "2 s, 40 MB",
            "INSERT…SELECT 0.5 s, 17 MB",
            f"{big['plan_s']:.1f} s (CPU {big['plan_cpu_s']:.1f} s), {big['disk_mb']:.0f} MB",
            "the file's growth with all of the product's indexes; the peer's table has none",
        ),
        Row(
            "memory, " + apart,
            "+16 MB",
            "+8 MB",
            "",
            f"{big['peak_mb'] - small['peak_mb']:+.0f} MB",
            "peaks of processes that plan one post and deliver some of it",
        ),
        Row(
            "cost of a recipient, " + apart,
            "within 10 %",
            "3 %",
            "",
            f"{each[1] / each[0] - 1:+.0%} ({each[0]:.3f} → {each[1]:.3f} ms)",
            "CPU of planning, and the mean of a delivery's at the beginning of the wave and at its end",
        ),
    ]


def _each_ms(one: dict[str, float]) -> float:
    return one["plan_cpu_us"] / 1000 + (one["first_ms"] + one["last_ms"]) / 2


def _median(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sorted(run[name] for run in runs)[len(runs) // 2] for name in runs[0]}


def _once(size: int) -> dict[str, float]:
    with folder() as name, serving("bench.echo", core=core(0)) as echo:
        path = Path(name, "vestnik.db")
        build(path, "telegram", 1, size)
        job = {"url": echo.url, "path": str(path), "size": size, "core": core(1)}
        return ask(job, "-m", "bench.planning")


async def _work(job: dict[str, Any]) -> dict[str, float]:
    path, size = Path(job["path"]), job["size"]
    async with opened(path, job["url"], UNLIMITED) as house, house.working():
        await house.plan(WARMERS)
        await house.settled()
        before, memory = await _on_disk(house), own_peak_mb()
        began, cpu = time.monotonic(), own_cpu_s()
        await house.plan()
        plan_s, plan_cpu_s = time.monotonic() - began, own_cpu_s() - cpu
        plan_mb, disk = own_peak_mb() - memory, await _on_disk(house) - before
        if size > _LAST:
            first_ms = await _deliver(house)
            await _leave(house, _LAST)
            last_ms = await _deliver(house)
        else:
            await house.settled()
            first_ms = last_ms = await _again_and_again(house, size)
    return {
        "plan_s": plan_s,
        "plan_cpu_s": plan_cpu_s,
        "plan_cpu_us": plan_cpu_s / size * 1e6,
        "plan_mb": plan_mb,
        "disk_mb": disk / 1e6,
        "first_ms": first_ms,
        "last_ms": last_ms,
        "peak_mb": own_peak_mb(),
    }


async def _deliver(house: House) -> float:
    """Let the couriers work for a while, or until all is done; returns ms of CPU for each that was recorded."""
    before, cpu = await house.recorded(), own_cpu_s()
    house.wake()
    with suppress(TimeoutError):
        async with asyncio.timeout(_WHILE_S):
            await house.settled()
    spent = own_cpu_s() - cpu
    return spent / max(await house.recorded() - before, 1) * 1000


async def _again_and_again(house: House, size: int) -> float:
    """Send small posts to their ends, one after the other; returns ms of CPU a delivery, planning left out."""
    posts, spent = _LAST // size, 0.0
    for _ in range(posts):
        await house.plan()
        cpu = own_cpu_s()
        await house.settled()
        spent += own_cpu_s() - cpu
    return spent / (posts * size) * 1000


async def _leave(house: House, last: int) -> None:
    """Let all but the last deliveries be sent, a few at a time: this, too, is memory that is measured."""
    async with house.db.read() as connection:
        found = await connection.exec_driver_sql("SELECT max(id) FROM delivery")
        end = int(found.scalar_one()) - last
    for begin in range(0, end, _AT_A_TIME):
        async with house.db.write() as connection:
            await connection.exec_driver_sql(
                "UPDATE delivery SET state = ? WHERE state = ? AND id > ? AND id <= ?",
                (
                    int(DeliveryState.SENT),
                    int(DeliveryState.PENDING),
                    begin,
                    min(begin + _AT_A_TIME, end),
                ),
            )


async def _on_disk(house: House) -> int:
    """Return the bytes of the database's pages, those of the write-ahead log counted once."""
    async with house.db.read() as connection:
        pages = await connection.exec_driver_sql("SELECT page_count FROM pragma_page_count")
        size = await connection.exec_driver_sql("SELECT page_size FROM pragma_page_size")
        return int(pages.scalar_one()) * int(size.scalar_one())


if __name__ == "__main__":
    sys.exit(do_job(_work))
