"""`python -m sandbox`: the sandbox alone, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sandbox import collector
from sandbox.calls import KEPT_CALLS
from sandbox.demo import build
from sandbox.kept import IN_ALL, IN_CHAT, Kept
from sandbox.server import Sandbox
from sandbox.specs import NoSpecs, SpecInspector
from sandbox.state import Broken

PARENT_LOOK_S = 0.5


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the arguments; ends the program with a sentence for wrong ones."""
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
        help="refuse and log methods and parameters that the platforms do not have",
    )
    parser.add_argument(
        "--specs",
        type=Path,
        help="folder with the platforms' published descriptions: every request and answer is held against them, "
        "what does not fit is logged, with --strict such requests are refused",
    )
    parser.add_argument(
        "--empty", action="store_true", help="begin with nobody in it instead of the demo's world"
    )
    parser.add_argument(
        "--keep",
        type=_amount,
        default=IN_CHAT,
        metavar="N",
        help="messages kept of one chat, the oldest go; of all chats together a hundred times as many "
        "(default %(default)s)",
    )
    parser.add_argument(
        "--log",
        type=_amount,
        default=KEPT_CALLS,
        metavar="N",
        help="calls kept in the log, the oldest go (default %(default)s)",
    )
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one is gone, however it ended",
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Read the arguments, run, and return the exit code."""
    args = read_arguments(words)
    try:
        inspector = SpecInspector(args.specs, refuses=args.strict) if args.specs else None
        sandbox = Sandbox(
            state=args.state,
            strict=args.strict,
            inspector=inspector,
            kept=Kept(args.keep, args.keep * IN_ALL // IN_CHAT),
            log=args.log,
        )
    except (Broken, NoSpecs) as error:
        print(error, file=sys.stderr)
        return 2
    if not sandbox.restored and not args.empty:
        build(sandbox.world, sandbox.sides)
    allow_many_connections()
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
    sparing = asyncio.create_task(collector.spare(sandbox.world))
    while not stop.is_set() and not (with_parent and os.getppid() != parent):
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PARENT_LOOK_S if with_parent else None)
    sparing.cancel()
    await sandbox.stop()
    return 0


def _amount(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"give a whole number above 0, not {text!r}")
    return int(text)


def allow_many_connections() -> None:
    """Take as many open files as the machine allows: a load test comes with thousands of connections."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on Windows
        return None
    return uvloop.Loop


if __name__ == "__main__":
    sys.exit(main())
