"""Starts processes of the product that may be killed at any instant, quickly.

A zygote is forked once with everything imported; it forks a child for each start, so a kill -9 and a
new start cost milliseconds, not the seconds that importing takes.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Zygote:
    """Forks children that run `work(*args)`; talks to the parent by lines over two pipes."""

    def __init__(self, work: Callable[[str], None]) -> None:
        """Fork the zygote; call this before the process has threads."""
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._to)
            os.close(self._from)
            _serve(os.fdopen(to_read), to_write, work)
        os.close(to_read)
        os.close(to_write)
        self._answers = os.fdopen(self._from)

    def start(self, argument: str) -> int:
        """Start a child with one line of argument; returns its process id."""
        return int(self._ask(f"start {argument}"))

    def kill(self, pid: int) -> None:
        """Kill a child with SIGKILL and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self._ask(f"wait {pid}")

    def end(self, pid: int) -> int:
        """Ask a child to stop with SIGTERM; returns its wait status."""
        os.kill(pid, signal.SIGTERM)
        return int(self._ask(f"wait {pid}"))

    def close(self) -> None:
        """End the zygote."""
        os.close(self._to)
        os.waitpid(self.pid, 0)
        self._answers.close()

    def _ask(self, line: str) -> str:
        os.write(self._to, f"{line}\n".encode())
        return self._answers.readline()


def _serve(orders: object, to_write: int, work: Callable[[str], None]) -> None:
    for line in orders:  # type: ignore[attr-defined]
        order, _, argument = line.rstrip("\n").partition(" ")
        if order == "wait":
            _, status = os.waitpid(int(argument), 0)
            os.write(to_write, f"{status}\n".encode())
            continue
        pid = os.fork()
        if pid == 0:
            _run(work, argument)
        os.write(to_write, f"{pid}\n".encode())
    os._exit(0)


def _run(work: Callable[[str], None], argument: str) -> None:
    code = 0
    try:
        work(argument)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stderr.flush()
        os._exit(code)


@contextmanager
def zygote(work: Callable[[str], None]) -> Iterator[Zygote]:
    """Give a zygote while the block lasts."""
    made = Zygote(work)
    try:
        yield made
    finally:
        made.close()
