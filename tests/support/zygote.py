"""Starts processes of the product that may be killed at any instant, quickly.

A zygote is a fresh interpreter with everything imported; it forks a child for each start, so a
kill -9 and a new start cost milliseconds, not the seconds that importing takes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent


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
        self._hear()

    def start(self, folder: Path) -> int:
        """Start the product in a folder; returns its process id."""
        return int(self._ask(f"start {folder}"))

    def kill(self, pid: int) -> None:
        """Kill a child with SIGKILL and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self._ask(f"wait {pid}")

    def end(self, pid: int) -> int:
        """Ask a child to stop with SIGTERM and wait for it; returns its exit status, 0 for a clean end."""
        os.kill(pid, signal.SIGTERM)
        return int(self._ask(f"wait {pid}"))

    def close(self) -> None:
        """End the zygote."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

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

    print("ready", flush=True)
    for line in sys.stdin:
        order, _, argument = line.rstrip("\n").partition(" ")
        if order == "wait":
            _, status = os.waitpid(int(argument), 0)
            print(status, flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                product.run(argument)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
