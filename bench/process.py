"""Processes of a measurement: servers beside us, jobs in a process of their own, what they cost.

A job is JSON on stdin and its figures JSON on stdout, so a figure holds nothing of who asked for it.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

from core.garbage import collect_seldom

T = TypeVar("T")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Served:
    """A server process that is measured."""

    pid: int
    port: int
    targets: dict[str, list[tuple[str, int]]]

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(module: str, *options: str, core: int | None) -> Iterator[Served]:
    """Run a server of bench's own while the block lasts."""
    pinned = [] if core is None else ["--core", str(core)]
    command = [sys.executable, "-m", module, *options, *pinned]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
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


def ask(job: object, *command: str) -> dict[str, Any]:
    """Let a Python process of its own do a job: `-m`, a module, or another interpreter before them."""
    line = [sys.executable, *command] if command[0] == "-m" else list(command)
    ran = subprocess.run(
        line, cwd=ROOT, input=orjson.dumps(job), stdout=subprocess.PIPE, check=True
    )
    figures: dict[str, Any] = orjson.loads(ran.stdout)
    return figures


def do_job(work: Callable[[dict[str, Any]], Coroutine[Any, Any, object]]) -> int:
    """Be that process: do the job that stands on stdin (on the core it names), tell its figures."""
    job: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    pin(job.pop("core", None))
    sys.stdout.buffer.write(orjson.dumps(run(work(job))))
    return 0


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run as the product runs: on uvloop where there is one, with garbage looked for as seldom."""
    collect_seldom()
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


def core(wanted: int) -> int | None:
    """Return the first or the last processor core this process may use, None where that is not known."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return cores[0] if wanted == 0 else cores[-1]


def pin(on: int | None) -> None:
    """Stay on one core; None and systems that cannot are let be."""
    if on is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {on})


def own_cpu_s() -> float:
    """Return the seconds this process has computed, native threads and the kernel's share included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def own_peak_mb() -> float:
    """Return the most memory this process ever held (a peak never falls), in MB of 10^6 bytes; Linux only."""
    # Not getrusage: what the parent held when it started us counts there too.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def cpu_s(pid: int) -> float:
    """Return the seconds a process has computed, its own and the kernel's for it; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """Return the bytes a process holds in memory; Linux only."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
