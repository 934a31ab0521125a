"""What one recorded delivery of a text costs: claimed, marked, sent, answered, written down.

The process that delivers is measured whole: the loop, SQLite's threads, the HTTP client's own. What a
server of PostgreSQL computes meanwhile is told beside it; ours keeps everything in memory.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from bench.house import UNLIMITED, WARMERS, House, build, folder, opened
from bench.process import ask, core, cpu_s, do_job, own_cpu_s, own_peak_mb, serving
from bench.sampling import Sampler
from bench.table import Row, spread
from storage.database import address


def measure(
    deliveries: int,
    runs: int,
    *,
    network: str = "telegram",
    accounts: int = 1,
    database: str = "sqlite",
    profile: bool = False,
) -> Row:
    """Deliver `runs` times and return the row; prints each run, and where the time goes if asked.

    `deliveries` are those of all accounts together; `database` is "sqlite" or "postgresql", a server of our own.
    """
    costs: list[float] = []
    rates: list[float] = []
    for _ in range(runs):
        with serving("bench.echo", core=core(0)) as echo, _empty(database) as where:
            job = {
                "url": echo.url,
                "database": where,
                "network": network,
                "accounts": accounts,
                "deliveries": deliveries,
                "profile": profile,
                "core": core(1),
            }
            told = ask(job, "-m", "bench.delivery")
        costs.append(told["cpu_ms"])
        rates.append(told["rate"])
        print(
            f"delivery, {network}: CPU {told['cpu_ms']:.3f} ms ({told['rate']:.0f}/s on the wall), "
            f"{told['recorded']} recorded, peak {told['peak_mb']:.0f} MB, threads: "
            + ", ".join(f"{name} {ms:.3f}" for name, ms in told["threads"].items())
        )
        for line in told["profile"]:
            print(line)
    return Row(
        "CPU of a recorded Telegram delivery, ms"
        + (", PostgreSQL" if database == "postgresql" else ""),
        "0.15",
        "0.10",
        "see peers (they record nothing)",
        spread(costs),
        f"{statistics.median(rates):.0f} a second on the wall, which says little on a shared machine; "
        f"{deliveries} deliveries in each of {runs} runs",
    )


@contextmanager
def _empty(database: str) -> Iterator[str]:
    """Give where a database may be made, a path or an address."""
    if database == "sqlite":
        with folder() as name:
            yield str(Path(name, "vestnik.db"))
        return
    # A package of developers carries the server; tests know how it is started.
    server = importlib.import_module("tests.support.postgres").server()
    yield server.empty().render_as_string()


async def _deliver(job: dict[str, Any]) -> dict[str, Any]:
    sampler = Sampler() if job["profile"] else None
    told: str = job["database"]
    where = Path(told) if told.startswith("/") else address(told)
    build(where, job["network"], job["accounts"], job["deliveries"] // job["accounts"])
    async with opened(where, job["url"], UNLIMITED) as house, house.working():
        await house.plan(WARMERS)
        await house.settled()
        before = await house.recorded()
        await house.plan()
        house.wake()
        server = await _server_cpu_s(house)
        began, cpu, threads = time.monotonic(), own_cpu_s(), thread_cpu_s()
        with sampler or nullcontext():
            await house.settled()
        spent, seconds = own_cpu_s() - cpu, time.monotonic() - began
        after = thread_cpu_s()
        server = await _server_cpu_s(house) - server
        recorded = await house.recorded() - before
    kinds = _by_kind(threads, after, recorded)
    if server:
        kinds["(server)"] = server / recorded * 1000
    return {
        "cpu_ms": spent / recorded * 1000,
        "rate": recorded / seconds,
        "recorded": recorded,
        "peak_mb": own_peak_mb(),
        "threads": kinds,
        "profile": sampler.lines(recorded) if sampler else [],
    }


async def _server_cpu_s(house: House) -> float:
    """Return what the sessions of this database have computed; they are never closed while it is open."""
    if isinstance(house.db.where, Path):
        return 0.0
    ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    async with house.db.read() as connection:
        return sum(map(cpu_s, (await connection.exec_driver_sql(ours)).scalars()))


def thread_cpu_s() -> dict[int, tuple[str, float]]:
    """Return by number which kind every thread of this process is and what it has computed, in seconds; Linux only."""
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        return {}
    ours = {t.native_id: "sqlite" for t in threading.enumerate()}
    ours[threading.main_thread().native_id] = "loop"
    found: dict[int, tuple[str, float]] = {}
    for task in tasks.iterdir():
        number = int(task.name)
        kind = ours.get(number) or (task / "comm").read_text().strip()
        # Nanoseconds on a processor: finer than the ticks of `stat`.
        found[number] = kind, int((task / "schedstat").read_text().split()[0]) / 1e9
    return found


def _by_kind(
    before: dict[int, tuple[str, float]], after: dict[int, tuple[str, float]], count: int
) -> dict[str, float]:
    """Return ms a delivery by kind of thread, the dearest first."""
    spent: dict[str, float] = {}
    for number, (kind, seconds) in after.items():
        since = before.get(number, ("", 0.0))[1]
        spent[kind] = spent.get(kind, 0.0) + (seconds - since) / count * 1000
    return dict(sorted(spent.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    sys.exit(do_job(_deliver))
