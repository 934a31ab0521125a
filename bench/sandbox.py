"""How fast the sandbox answers, what a call costs it, and what a kept message weighs.

On a machine that others use too the calls a second say little: what a call costs in CPU says more.
"""

from __future__ import annotations

import resource
import socket
import statistics
from contextlib import ExitStack, closing
from dataclasses import asdict

from bench.load import Figures, Form, Job
from bench.process import Served, ask, core, cpu_s, memory, serving

TEXT = "Профсоюз добился повышения зарплат на заводе. Подробности на сайте федерации. " * 3
_RUNS: tuple[tuple[str, Form], ...] = (
    ("telegram", "urlencoded"),
    ("telegram", "json"),
    ("vk", "urlencoded"),
)


def measure(calls: int, runs: int, messages: int, crowd: int) -> None:
    """Measure and print; `messages` more are sent at the end to see how memory grows."""
    print(f"64 in flight over kept connections, {runs} runs of {calls} calls, limits and log on")
    with serving("bench.town", core=core(0)) as town:
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
    before = memory(on.pid)
    with ExitStack() as idle:
        for _ in range(crowd):
            idle.enter_context(closing(socket.create_connection(("127.0.0.1", on.port))))
        grown = (memory(on.pid) - before) / crowd
        _speed(f"beside {crowd} idle connections", on, "telegram", "json", calls, 1)
    print(f"{'an idle connection':32} {grown:6.0f} bytes")


def _speed(name: str, on: Served, network: str, form: Form, calls: int, runs: int) -> None:
    rates, costs, halves, slow = [], [], [], []
    for _ in range(runs):
        before = cpu_s(on.pid)
        figures = load(on, network, form, calls)
        costs.append((cpu_s(on.pid) - before) / figures.answered * 1e6)
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
    before, cpu = memory(on.pid), cpu_s(on.pid)
    figures = load(on, "telegram", "json", messages)
    kept = figures.answered - figures.refused
    grown = memory(on.pid) - before
    print(
        f"{'sandbox, one more message kept':32} {grown / max(kept, 1):6.0f} bytes of {kept}, "
        f"{figures.answered / figures.seconds:.0f} calls/s, "
        f"CPU {(cpu_s(on.pid) - cpu) / figures.answered * 1e6:.0f} µs a call, "
        f"{memory(on.pid) / 1e6:.0f} MB in all"
    )


def load(on: Served, network: str, form: Form, calls: int) -> Figures:
    """Let a process of its own send calls, and return its figures."""
    job = Job(on.port, network, form, calls, on.targets[network], TEXT, core=core(1))
    return Figures(**ask(asdict(job), "-m", "bench.load"))
