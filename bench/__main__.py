"""Speed, printed. `python -m bench table` tells all that is required of the broadcaster, each row also
by itself: `python -m bench delivery`. `flow` is news and answers against a sandbox at the platform's
limits, `sandbox` is how fast the sandbox is, `scale` reckons what a whole country would need.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from bench import answers, delivery, flow, ledger, pacing, planning, sandbox, scale
from bench.peers import measure as peers
from bench.process import run
from bench.table import Row, show
from core.errors import VestnikError

_MILLION = 1_000_000


def _delivery(args: argparse.Namespace) -> Sequence[Row]:
    return [
        delivery.measure(
            args.deliveries,
            args.runs,
            accounts=args.accounts,
            database=args.database,
            profile=args.profile,
        )
    ]


def _peers(args: argparse.Namespace) -> Sequence[Row]:
    return [peers.measure(args.messages, args.runs)]


def _ledger(args: argparse.Namespace) -> Sequence[Row]:
    return [ledger.measure(args.deliveries, args.runs)]


def _planning(args: argparse.Namespace) -> Sequence[Row]:
    return planning.measure((1000, _MILLION if args.full else args.recipients), args.runs)


def _pacing(args: argparse.Namespace) -> Sequence[Row]:
    return pacing.measure_share((1, 20), args.seconds, args.round_trip_ms)


def _accounts(args: argparse.Namespace) -> Sequence[Row]:
    numbers = (20, 50, 100, 120, 200) if args.full else (20, 50, 100, 120)
    return [pacing.measure_accounts(numbers, args.seconds_accounts, args.round_trip_ms)]


def _vk(args: argparse.Namespace) -> Sequence[Row]:
    return [pacing.measure_packed(args.seconds, args.round_trip_ms)]


def _answers(args: argparse.Namespace) -> Sequence[Row]:
    return [run(answers.measure(args.subscribers, args.seconds_answers, args.round_trip_ms))]


_ROWS: dict[str, tuple[Callable[[argparse.Namespace], Sequence[Row]], str]] = {
    "delivery": (_delivery, "CPU of a recorded delivery"),
    "peers": (_peers, "the same of other senders, which record nothing"),
    "ledger": (_ledger, "what recording alone costs"),
    "planning": (_planning, "a post for very many: time, disk, memory, cost of each"),
    "pacing": (_pacing, "the share of the platform's rate that is used"),
    "accounts": (_accounts, "how many accounts one process drives"),
    "vk": (_vk, "recipients a second of one community"),
    "answers": (_answers, "how long a person waits during a fan-out"),
}


def main() -> int:
    """Run the measurements and print them."""
    args = _parser().parse_args()
    try:
        if args.part == "sandbox":
            sandbox.measure(args.calls, args.runs, args.messages, args.crowd)
        elif args.part == "scale":
            scale.measure(args)
        elif args.part in (None, "flow"):
            run(flow.measure(args.subscribers, args.round_trip_ms, args.items))
        else:
            chosen = _ROWS if args.part == "table" else (args.part,)
            rows = [row for name in chosen for row in _ROWS[name][0](args)]
            print()
            show(rows)
    except VestnikError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
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
    _scale_options(parts.add_parser("scale", help="20 million members, reckoned"))
    told = {"table": "what is required of the broadcaster, all rows"}
    told |= {name: what for name, (_, what) in _ROWS.items()}
    for name, what in told.items():
        _options(parts.add_parser(name, help=what))
    return parser


def _scale_options(of: argparse.ArgumentParser) -> None:
    of.add_argument("--seed", type=int, default=12)
    of.add_argument("--members", type=int, default=20_000_000)
    of.add_argument("--organizations", type=int, default=124)
    of.add_argument("--accounts", type=int, default=500)
    of.add_argument("--rows", type=int, default=200_000, help="members that are really planned for")
    of.add_argument(
        "--wishes",
        type=float,
        nargs=3,
        default=(0.60, 0.25, 0.15),
        metavar="SHARE",
        help="of those who want news at once, at once but not at night, in one selection a day",
    )
    of.add_argument("--workers", type=int, default=8, help="that the database's load is told for")
    of.add_argument(
        "--ledger", type=int, default=20_000, help="deliveries really recorded, of each"
    )
    of.add_argument("--minutes", type=float, default=10, help="of one account, call by call")
    of.add_argument(
        "--whole",
        type=int,
        nargs="+",
        default=[40_000],
        help="recipients of one account, all of them",
    )
    of.add_argument(
        "--telegram-cpu-ms", type=float, default=0.14, help="a recipient, see `delivery`"
    )
    of.add_argument("--vk-cpu-ms", type=float, default=0.06, help="a recipient, see `vk`")
    of.add_argument("--process-mb", type=float, default=93, help="of a worker, see `delivery`")
    of.add_argument(
        "--postgresql", action="store_true", help="on a PostgreSQL of our own too, not only SQLite"
    )


def _options(of: argparse.ArgumentParser) -> None:
    of.add_argument("--runs", type=int, default=3, help="medians of so many are told")
    of.add_argument("--deliveries", type=int, default=5_000, help="in each run")
    of.add_argument("--accounts", type=int, default=1, help="that share the deliveries")
    of.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    of.add_argument("--messages", type=int, default=5_000, help="of each run of another sender")
    of.add_argument("--recipients", type=int, default=100_000, help="of the planned post")
    of.add_argument("--full", action="store_true", help="1,000,000 recipients, 200 accounts")
    of.add_argument("--seconds", type=int, default=60, help="in which the rate's share is counted")
    of.add_argument("--seconds-accounts", type=int, default=20, help="with each number of accounts")
    of.add_argument("--seconds-answers", type=int, default=40, help="of questions, twice")
    of.add_argument("--subscribers", type=int, default=100_000, help="of the fan-out with answers")
    of.add_argument("--round-trip-ms", type=int, default=60)
    of.add_argument("--profile", action="store_true", help="tell where a delivery's time goes")


if __name__ == "__main__":
    sys.exit(main())
