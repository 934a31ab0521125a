"""Starts processes of the product that may be killed at any instant, quickly.

A zygote is a fresh interpreter with everything imported; it forks a child for each start, so a
kill -9 and a new start cost milliseconds, not the seconds that importing takes.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
_RUNS = -1


class Zygote:
    """Starts, kills and ends children; talks to the zygote by lines."""

    def __init__(self) -> None:
        """Start the zygote and wait until it has imported everything."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=HOUSE,
        )
        self._running: set[int] = set()
        self._hear()

    def start(self, folder: Path, point: str = "", passes: int = 0) -> int:
        """Start the product in a folder, to die at a named point if one is given; returns its process id."""
        pid = int(self._ask(f"start {folder}\t{point}\t{passes}"))
        self._running.add(pid)
        return pid

    def is_dead(self, pid: int) -> bool:
        """Tell whether a child has died by SIGKILL; fails if it ended in any other way."""
        status = int(self._ask(f"look {pid}"))
        if status == _RUNS:
            return False
        self._running.discard(pid)
        assert status == signal.SIGKILL, f"the product ended with {status}"
        return True

    def kill(self, pid: int) -> None:
        """Kill a child with SIGKILL and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self._gone(pid)

    def end(self, pid: int) -> int:
        """Ask a child to stop with SIGTERM and wait for it; returns its exit status, 0 for a clean end."""
        os.kill(pid, signal.SIGTERM)
        return self._gone(pid)

    def close(self) -> None:
        """End the zygote, and whatever a test that failed has left running."""
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _gone(self, pid: int) -> int:
        status = int(self._ask(f"wait {pid}"))
        self._running.discard(pid)
        return status

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        return self._hear()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def zygote() -> Iterator[Zygote]:
    """Give a zygote while the block lasts."""
    made = Zygote()
    try:
        yield made
    finally:
        made.close()


def _serve() -> None:
    from tests.support import product

    gc.collect()
    gc.freeze()  # or each child would go through all of it, and copy it
    print("ready", flush=True)
    for line in sys.stdin:
        order, _, argument = line.rstrip("\n").partition(" ")
        if order in ("wait", "look"):
            pid, status = os.waitpid(int(argument), os.WNOHANG if order == "look" else 0)
            print(status if pid else _RUNS, flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                folder, point, passes = argument.split("\t")
                product.run(folder, point, int(passes))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
