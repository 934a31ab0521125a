"""What `bench.scale` has reckoned, as tables of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from bench.scale_disk import HOUR_S, PACES, Measured
from bench.scale_pace import remembered_mb
from bench.scale_queue import Wave

DAY_S = 24 * HOUR_S
LATENESS = ("what", "recipients", "half of accounts", "90 %", "last recipient", "over 24 h")


def lateness(waves: Iterable[Wave]) -> list[tuple[str, ...]]:
    """Return for each kind of wave how long after it fell due its last recipient was served."""
    kinds: dict[str, list[Wave]] = {}
    for wave in waves:
        kinds.setdefault(wave.what, []).append(wave)
    lines: list[tuple[str, ...]] = []
    for what, some in sorted(kinds.items()):
        late = sorted(wave.end - wave.due for wave in some)
        lines.append(
            (
                what,
                f"{sum(wave.recipients for wave in some):,.0f}",
                span(statistics.median(late)),
                span(late[int(len(late) * 0.9)]),
                span(late[-1]),
                f"{sum(one > DAY_S for one in late)}",
            )
        )
    return lines


def database(told: Sequence[Measured], members: int, peak: dict[str, float], workers: int) -> None:
    """Tell what each kind of database grows by and bears, at `peak` recipients a second by network."""
    lines: list[tuple[str, ...]] = []

    def line(what: str, values: Iterable[str]) -> None:
        lines.append((what, *values))

    line("a subscriber, bytes", (f"{one.subscriber_bytes:,.0f}" for one in told))
    line("all of them, GB", (f"{one.subscriber_bytes * members / 1e9:,.1f}" for one in told))
    line("a delivery planned, bytes", (f"{one.planned_bytes:,.0f}" for one in told))
    line("a delivery recorded, bytes", (f"{one.recorded_bytes:,.0f}" for one in told))
    line("deliveries of the day", (f"{one.day_rows * members:,.0f}" for one in told))
    line("growth a day, GB", (f"{_day_gb(one, members):,.1f}" for one in told))
    line("growth a year, TB", (f"{_day_gb(one, members) * 365 / 1000:,.1f}" for one in told))
    line("planning, µs of CPU a recipient", (f"{one.plan_us:,.0f}" for one in told))
    line("planning of a post to all", (span(one.plan_us * members / 1e6) for one in told))
    for network, most in peak.items():
        costs = [one.costs[network] for one in told]
        each = [cost.each_us for cost in costs]
        line(f"{network}: recipients/s at the peak", (f"{most:,.0f}" for _ in told))
        line(f"{network}: rows written/s", (f"{most * 2:,.0f}" for _ in told))
        line(
            f"{network}: commits/s",
            (f"{one.commits / one.deliveries * most:,.0f}" for one in costs),
        )
        line(f"{network}: log, bytes a delivery", (f"{one.each_log:,.0f}" for one in costs))
        line(f"{network}: log, MB/s", (f"{one.each_log * most / 1e6:,.0f}" for one in costs))
        line(
            f"{network}: ledger, µs of CPU a delivery, ours + the server's",
            (f"{ours:,.0f} + {servers:,.0f}" for ours, servers in each),
        )
        line(
            f"{network}: ledger, cores at the peak, ours + the server's",
            (f"{o * most / 1e6:,.1f} + {s * most / 1e6:,.1f}" for o, s in each),
        )
    line("memory of the measuring process, MB", (f"{one.peak_mb:,.0f}" for one in told))
    table((f"database, {workers} workers", *(one.kind for one in told)), lines)


def _day_gb(one: Measured, members: int) -> float:
    rest = one.day_rows * (one.recorded_bytes - one.planned_bytes)
    return (one.day_bytes + rest) * members / 1e9


def memory(accounts: int, workers: int, process_mb: float) -> None:
    """Tell what a worker holds in memory once it has written to very many."""
    each = remembered_mb(PACES["telegram"])
    own = -(-accounts // workers)
    print(
        f"\nmemory: {process_mb:.0f} MB of a process and {each:.1f} MB an account for the chats its pace "
        f"remembers: {process_mb + each * own:,.0f} MB each of {workers} workers with {own} accounts, "
        f"{process_mb + each * accounts:,.0f} MB of one with all"
    )


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table as Markdown between empty lines."""
    print()
    for line in (heads, ["---"] * len(heads), *lines):
        print(f"| {' | '.join(line)} |")
    print()


def span(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR_S else f"{seconds / HOUR_S:.1f} h"
