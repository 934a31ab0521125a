"""`python -m bench`: how fast news and answers are, against a sandbox in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench import flow
from core.errors import VestnikError


def main() -> int:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--round-trip-ms", type=int, default=60)
    parser.add_argument(
        "--items", type=int, default=9, help="new items timed from poll to first send"
    )
    args = parser.parse_args()
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
