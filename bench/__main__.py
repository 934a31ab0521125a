"""Speed, printed, against a sandbox in a process of its own.

`python -m bench` tells how fast news and answers are, `python -m bench sandbox` how fast the sandbox is.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench import flow, sandbox
from core.errors import VestnikError


def main() -> int:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parts = parser.add_subparsers(dest="part", help="flow if nothing is named")
    of_flow = parts.add_parser("flow", help="from a source to the people, at the platform's limits")
    for taking in (parser, of_flow):
        taking.add_argument("--subscribers", type=int, default=1000)
        taking.add_argument("--round-trip-ms", type=int, default=60)
        taking.add_argument(
            "--items", type=int, default=9, help="new items timed from poll to first send"
        )
    of_sandbox = parts.add_parser("sandbox", help="the sandbox itself: calls, CPU and memory")
    of_sandbox.add_argument("--calls", type=int, default=10_000, help="in each run")
    of_sandbox.add_argument("--runs", type=int, default=5)
    of_sandbox.add_argument(
        "--messages", type=int, default=100_000, help="sent to see how memory grows"
    )
    of_sandbox.add_argument("--crowd", type=int, default=9_500, help="idle connections")
    args = parser.parse_args()
    if args.part == "sandbox":
        sandbox.measure(args.calls, args.runs, args.messages, args.crowd)
        return 0
    try:
        import uvloop

        factory = uvloop.new_event_loop
    except ImportError:
        factory = None
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(flow.measure(args.subscribers, args.round_trip_ms, args.items))
    except VestnikError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
