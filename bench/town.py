"""`python -m bench.town`: a sandbox with many dialogs already begun, in a process of its own.

It prints one line of JSON: its address and, for each network, the pairs of a bot's key and a person
who may be written to, in an order that spreads calls over bots and people so that no limit is met.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import signal
import sys

import orjson

from sandbox.__main__ import allow_many_connections
from sandbox.collector import spare
from sandbox.server import Sandbox
from sandbox.world import Person

_LOG = 10_000  # calls; full long before memory is looked at


def settle(sandbox: Sandbox, bots: int, people: int) -> dict[str, list[tuple[str, int]]]:
    """Make so many bots on each network, each with so many people who have begun a dialog."""
    world = sandbox.world
    for number in range(1, people + 1):
        world.people[number] = Person(number, f"Человек {number}")
    targets: dict[str, list[tuple[str, int]]] = {}
    for network, side in sandbox.sides.items():
        accounts = [side.add_account(f"bench{n}") for n in range(bots)]
        for account in accounts:
            for number in range(1, people + 1):
                dialog = world.dialog(account, number, create=True)
                assert dialog is not None
                dialog.started = True
        targets[network] = [(a.token, number) for number in range(1, people + 1) for a in accounts]
    return targets


async def _serve(args: argparse.Namespace) -> None:
    sandbox = Sandbox(log=_LOG)
    targets = settle(sandbox, args.bots, args.people)
    if args.limits_off:
        sandbox.gate.limits.change({"telegram": {"on": False}, "vk": {"on": False}})
    stop = asyncio.Event()
    sparing = asyncio.create_task(spare(sandbox.world))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await sandbox.start()
    print(orjson.dumps({"url": sandbox.url, "targets": targets}).decode(), flush=True)
    await stop.wait()
    sparing.cancel()
    await sandbox.stop()


def main() -> int:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m bench.town")
    parser.add_argument("--bots", type=int, default=400)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--core", type=int, help="the processor core to run on")
    parser.add_argument("--limits-off", action="store_true")
    parser.add_argument("--profile", help="file for cProfile's figures")
    args = parser.parse_args()
    if args.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {args.core})
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    allow_many_connections()
    profile = cProfile.Profile() if args.profile else None
    with asyncio.Runner(loop_factory=factory) as runner:
        if profile:
            profile.enable()
        runner.run(_serve(args))
    if profile:
        profile.disable()
        profile.dump_stats(args.profile)
    return 0


if __name__ == "__main__":
    sys.exit(main())
