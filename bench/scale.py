"""The network at the size of a whole country, reckoned: when the last one has a post, and what breaks first.

Waves are the product's own planner's, for a sample of the people, taken times; rates are those that the
product's own pace reaches on a simulated clock; the rest is arithmetic. docs/scale.md tells what it says.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.house import folder
from bench.process import run
from bench.scale_country import Account, draw
from bench.scale_disk import HOUR_S, PACES, PACKS, REGION_AT_S, Measured, Planned, measured
from bench.scale_pace import Flown, fly, paid
from bench.scale_queue import Wave, drain, most_at_once, shared
from bench.scale_report import DAY_S, LATENESS, database, lateness, memory, span, table
from core.words import WaveKind
from storage.database import Where

# Bots FAQ: up to 1000 a second for 0.1 Star a message above the free rate, from 100,000 monthly users on.
PAID_PER_S, PAID_FROM, STARS = 1000, 100_000, 0.1
BUSY = 0.7  # of a core: what is left answers people, plans, and takes jolts
_PAID_S = 60


@dataclass(frozen=True, slots=True)
class Rates:
    """Recipients a second of one account by network; `paid` is Telegram's, `alone` those of selections, a call each."""

    post: dict[str, float]
    alone: dict[str, float]
    paid: float


def measure(args: argparse.Namespace) -> None:
    """Reckon and print, as Markdown."""
    accounts = draw(args.seed, args.members, args.organizations, args.accounts)
    print(
        f"{args.members:,} members, {args.organizations} organizations, {len(accounts)} accounts, "
        f"seed {args.seed}; {args.rows:,} of them planned for"
    )
    _country(accounts)
    rates = _accounts(args.seed, args.minutes, args.whole)
    told = [_planned(args, accounts, None)]
    if args.postgresql:
        # A package of developers carries the server; tests know how it is started.
        server = importlib.import_module("tests.support.postgres").server()
        try:
            told.append(_planned(args, accounts, server.empty()))
        finally:
            server.close()
    times = args.members / args.rows
    costs = {"telegram": args.telegram_cpu_ms, "vk": args.vk_cpu_ms}
    region = [
        wave
        for wave in told[0].waves
        if wave.region
        and wave.kind is WaveKind.CREATE
        and wave.due == wave.posted == REGION_AT_S[0]
    ]
    _region(accounts, region, rates, times, costs)
    _split(accounts, rates)
    peak = _workers(waves(accounts, region, rates, times, costs), costs, args.workers)
    _day(waves(accounts, told[0].waves, rates, times, costs))
    database(told, args.members, peak, args.workers)
    memory(len(accounts), args.workers, args.process_mb)


def _planned(
    args: argparse.Namespace, accounts: Sequence[Account], where: Where | None
) -> Measured:
    with folder() as name:
        path = where or Path(name, "vestnik.db")
        return run(measured(path, args.seed, accounts, args.rows, args.wishes, args.ledger))


def waves(
    accounts: Sequence[Account],
    planned: Iterable[Planned],
    rates: Rates,
    times: float,
    costs: dict[str, float],
    *,
    pays: bool = False,
) -> list[Wave]:
    """Return a sample's waves as the whole country's; with `pays` large Telegram accounts pay for their rate."""
    by_id = {account.id: account for account in accounts}
    made: list[Wave] = []
    for one in planned:
        account = by_id[one.account]
        rate = (rates.alone if one.kind is WaveKind.DIGEST else rates.post)[account.network]
        if pays and account.network == "telegram" and account.members >= PAID_FROM:
            rate = rates.paid
        made.append(
            Wave(
                account.id,
                one.lane,
                one.due,
                one.recipients * times,
                rate,
                costs[account.network],
                what=f"{account.network}: {_what(one)}",
            )
        )
    return made


def _what(one: Planned) -> str:
    if one.kind is WaveKind.DIGEST:
        return "selections of 19:00"
    if one.due > one.posted + 1:
        return "kept for 8:00 by night hours"
    if one.region:
        return f"region-wide of {_clock(one.posted)}"
    return "posts of organizations, 9:00 to 18:00"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // HOUR_S}:{int(seconds) // 60 % 60:02}"


def _country(accounts: Sequence[Account]) -> None:
    lines = []
    for network in PACES:
        sizes = sorted((a.members for a in accounts if a.network == network), reverse=True)
        middle = f"{statistics.median(sizes):,.0f}"
        first = ", ".join(f"{size:,}" for size in sizes[:3])
        lines.append((network, f"{len(sizes)}", f"{sum(sizes):,}", first, middle, f"{sizes[-1]:,}"))
    table(("network", "accounts", "members", "largest", "median", "smallest"), lines)


def _accounts(seed: int, minutes: float, wholes: Sequence[int]) -> Rates:
    """Simulate one account of each kind, and whole ones to see whether multiplying is right."""
    free = {
        network: fly(pace, pack=PACKS[network], seed=seed, seconds=minutes * 60)
        for network, pace in PACES.items()
    }
    seconds = min(_PAID_S, minutes * 60)
    bought = fly(paid(PACES["telegram"], PAID_PER_S), pack=1, seed=seed, seconds=seconds)
    exact = {n: fly(PACES["telegram"], pack=1, seed=seed + 1, recipients=n) for n in wholes}
    lines = [_flown(f"{network}, free", flown) for network, flown in free.items()]
    lines.append(_flown("telegram, paid", bought))
    lines += [_flown(f"telegram, free, all of {n:,}", flown) for n, flown in exact.items()]
    heads = (
        "account",
        "simulated",
        "recipients/s",
        "of the rate",
        "429 of the judge",
        "of the weather",
    )
    table(heads, lines)
    for n, flown in exact.items():
        expected = n / free["telegram"].per_s
        print(
            f"{n:,} recipients: {span(flown.seconds)} call by call, {span(expected)} by arithmetic "
            f"({expected / flown.seconds - 1:+.1%})"
        )
    post = {network: flown.per_s for network, flown in free.items()}
    return Rates(post, {n: rate / PACKS[n] for n, rate in post.items()}, bought.per_s)


def _flown(name: str, flown: Flown) -> tuple[str, ...]:
    return (
        name,
        span(flown.seconds),
        f"{flown.per_s:,.1f}",
        f"{flown.share:.1%}",
        f"{flown.refused}",
        f"{flown.planted}",
    )


def _region(
    accounts: Sequence[Account],
    region: Sequence[Planned],
    rates: Rates,
    times: float,
    costs: dict[str, float],
) -> None:
    lines = []
    for name, pays in (("free", False), ("paid", True)):
        all_ = waves(accounts, region, rates, times, costs, pays=pays)
        drain(all_)
        lines += [(name, *line) for line in lateness(all_)]
        if pays:
            stars = sum(
                wave.recipients * STARS * (1 - PACES["telegram"].account_per_s / wave.per_s)
                for wave in all_
                if wave.per_s == rates.paid
            )
    table(("limits", *LATENESS), lines)
    print(f"paid: {stars:,.0f} Stars for this one post")


def _split(accounts: Sequence[Account], rates: Rates) -> None:
    sizes = [account.members for account in accounts if account.network == "telegram"]
    lines = []
    for most in (max(sizes), 500_000, 250_000, 100_000, 50_000, 25_000, 10_000):
        parts = [-(-size // most) for size in sizes]
        last = max(size / part for size, part in zip(sizes, parts, strict=True))
        lines.append((f"{most:,}", f"{sum(parts)}", span(last / rates.post["telegram"])))
    table(
        ("largest Telegram account", "Telegram accounts", "last recipient of a post to all"), lines
    )


def _workers(region: Sequence[Wave], costs: dict[str, float], chosen: int) -> dict[str, float]:
    """Tell when the region-wide post is done with so many processes; returns recipients a second of the `chosen`."""
    lines = []
    for number in (1, 2, 4, 8, 16, 32, 64):
        used = drain(region, number * BUSY * 1000)
        last = {
            network: max(w.end - w.due for w in region if w.what.startswith(network))
            for network in costs
        }
        spans = [span(one) for one in last.values()]
        lines.append((f"{number}", *spans, f"{used / 1000:.1f}"))
    table(("workers", *(f"{n}: last recipient" for n in costs), "cores used at most"), lines)
    print(
        f"nobody waits for a worker from {most_at_once(region) / 1000 / BUSY:.0f} workers on, "
        f"at {', '.join(f'{ms} ms ({network})' for network, ms in costs.items())} of CPU a recipient"
    )
    busy = {wave.account: wave for wave in region}
    at_peak = shared(busy, chosen * BUSY * 1000)
    return {
        network: sum(per_s for a, per_s in at_peak.items() if busy[a].what.startswith(network))
        for network in costs
    }


def _day(day: Sequence[Wave]) -> None:
    drain(day)
    table(LATENESS, lateness(day))
    load: dict[int, float] = {}
    for wave in day:
        load[wave.account] = load.get(wave.account, 0) + wave.recipients / wave.per_s
    print(
        f"{sum(one > DAY_S for one in load.values())} accounts have more than a day's work in a day; "
        f"the busiest {max(load.values()) / HOUR_S:.1f} h, the median {span(statistics.median(load.values()))}"
    )
