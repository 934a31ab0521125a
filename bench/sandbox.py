"""How fast the sandbox answers, what a call costs it, and what a kept message weighs.

On a machine that others use too the calls a second say little: what a call costs in CPU says more.
"""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.load import Figures, Form, Job

TEXT = "Профсоюз добился повышения зарплат на заводе. Подробности на сайте федерации. " * 3
_RUNS: tuple[tuple[str, Form], ...] = (
    ("telegram", "urlencoded"),
    ("telegram", "json"),
    ("vk", "urlencoded"),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server process that is measured."""

    pid: int
    port: int
    targets: dict[str, list[tuple[str, int]]]


def measure(calls: int, runs: int, messages: int, crowd: int) -> None:
    """Measure and print; `messages` more are sent at the end to see how memory grows."""
    print(f"64 in flight over kept connections, {runs} runs of {calls} calls, limits and log on")
    with serving("bench.town", core=_core(0)) as town:
        for network, form in _RUNS:
            _speed(f"sandbox {network}, {form}", town, network, form, calls, runs)
        _weight(town, messages)
        _beside_a_crowd(town, crowd, calls)
    with serving("bench.echo", core=None) as echo:
        for network, form in _RUNS:
            _speed(f"echo {network}, {form}", echo, network, form, calls, runs)


def _beside_a_crowd(on: Served, crowd: int, calls: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    before = _memory(on.pid)
    with ExitStack() as idle:
        for _ in range(crowd):
            idle.enter_context(closing(socket.create_connection(("127.0.0.1", on.port))))
        grown = (_memory(on.pid) - before) / crowd
        _speed(f"beside {crowd} idle connections", on, "telegram", "json", calls, 1)
    print(f"{'an idle connection':32} {grown:6.0f} bytes")


def _speed(name: str, on: Served, network: str, form: Form, calls: int, runs: int) -> None:
    rates, costs, halves, slow = [], [], [], []
    for _ in range(runs):
        before = _cpu_s(on.pid)
        figures = load(on, network, form, calls)
        costs.append((_cpu_s(on.pid) - before) / figures.answered * 1e6)
        rates.append(figures.answered / figures.seconds)
        halves.append(figures.half_ms)
        slow.append(figures.slowest_percent_ms)
        if figures.refused:
            print(f"  {figures.refused} refused, the first: {figures.first_refusal[-200:]!r}")
    print(
        f"{name:32} {statistics.median(rates):6.0f} calls/s  "
        f"CPU {statistics.median(costs):4.0f} µs a call = {1e6 / statistics.median(costs):.0f}/s a core  "
        f"median {statistics.median(halves):.1f} ms, p99 {statistics.median(slow):.1f} ms"
    )


def _weight(on: Served, messages: int) -> None:
    before, cpu = _memory(on.pid), _cpu_s(on.pid)
    figures = load(on, "telegram", "json", messages)
    kept = figures.answered - figures.refused
    grown = _memory(on.pid) - before
    print(
        f"{'sandbox, one more message kept':32} {grown / max(kept, 1):6.0f} bytes of {kept}, "
        f"{figures.answered / figures.seconds:.0f} calls/s, "
        f"CPU {(_cpu_s(on.pid) - cpu) / figures.answered * 1e6:.0f} µs a call, "
        f"{_memory(on.pid) / 1e6:.0f} MB in all"
    )


def load(on: Served, network: str, form: Form, calls: int) -> Figures:
    """Let a process of its own send calls, and return its figures."""
    job = Job(on.port, network, form, calls, on.targets[network], TEXT, core=_core(1))
    ran = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=orjson.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Figures(**orjson.loads(ran.stdout))


@contextmanager
def serving(module: str, *options: str, core: int | None) -> Iterator[Served]:
    """Run a server of bench's own while the block lasts."""
    pinned = [] if core is None else ["--core", str(core)]
    command = [sys.executable, "-m", module, *options, *pinned]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield _served(process.pid, process.stdout.readline())
        finally:
            process.terminate()


def _served(pid: int, line: str) -> Served:
    if not line.startswith("{"):
        pairs = [("1:echo", person) for person in range(1, 65)]
        return Served(pid, _port(line), {"telegram": pairs, "vk": pairs})
    told: dict[str, Any] = orjson.loads(line)
    return Served(pid, _port(told["url"]), told["targets"])


def _port(url: str) -> int:
    return int(url.strip().rpartition(":")[2])


def _core(wanted: int) -> int | None:
    """Return the first or the last processor core this process may use, None where that is not known."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return cores[0] if wanted == 0 else cores[-1]


def _cpu_s(pid: int) -> float:
    """Return the seconds a process has computed, its own and the kernel's for it; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """Return the bytes a process holds in memory; Linux only."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
