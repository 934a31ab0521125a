"""`python -m sandbox`: the sandbox alone, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from sandbox.demo import build
from sandbox.server import Sandbox
from sandbox.state import Broken

PARENT_LOOK_S = 0.5


def main() -> int:
    """Read the arguments, run, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="Telegram and VK on your own machine."
    )
    parser.add_argument(
        "--port", type=int, default=8081, help="0 takes any free one (default 8081)"
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="other than loopback lets others in: there is no password",
    )
    parser.add_argument(
        "--state", type=Path, help="file that keeps the world from one run to the next"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse methods and parameters the Bot API does not have",
    )
    parser.add_argument(
        "--empty", action="store_true", help="begin with nobody in it instead of the demo's world"
    )
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one is gone, however it ended",
    )
    args = parser.parse_args()
    try:
        sandbox = Sandbox(state=args.state, strict=args.strict)
    except Broken as error:
        print(error, file=sys.stderr)
        return 2
    if not sandbox.restored and not args.empty:
        build(sandbox.world, sandbox.sides)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_run(sandbox, args.host, args.port, args.with_parent))


async def _run(sandbox: Sandbox, host: str, port: int, with_parent: bool) -> int:
    stop, loop, parent = asyncio.Event(), asyncio.get_running_loop(), os.getppid()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        await sandbox.start(host=host, port=port)
    except OSError as error:
        print(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port, or 0.",
            file=sys.stderr,
        )
        return 1
    for what, path in (
        ("pages", "/"),
        ("telegram", "/telegram"),
        ("vk", "/vk"),
        ("control", "/control"),
    ):
        print(f"{what:9} {sandbox.url}{path}", flush=True)
    while not stop.is_set() and not (with_parent and os.getppid() != parent):
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PARENT_LOOK_S if with_parent else None)
    await sandbox.stop()
    return 0


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.Loop


if __name__ == "__main__":
    sys.exit(main())
