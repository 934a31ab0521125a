"""What is reckoned for a whole country: the shares, the simulated account, the queues, the planned sample."""

from __future__ import annotations

import argparse
import asyncio
import math
from collections import Counter
from dataclasses import replace

import pytest

from bench import scale
from bench.scale import Rates, waves
from bench.scale_country import draw, zipf
from bench.scale_disk import HOUR_S, PACES, REGION_AT_S, Measured, Planned, measured
from bench.scale_pace import Weather, fly, paid
from bench.scale_queue import Wave, drain, shared
from broadcaster.courier import IN_AIR
from core.words import Lane, WaveKind
from tests.support.database import fresh_where

CALM = Weather(late_ms=0, jitter_ms=0, slow=0, refused_every_s=math.inf)
PEOPLE, LEDGER = 400, 50


# Shares


@pytest.mark.parametrize(("total", "parts"), [(100, 1), (100, 3), (30, 10), (20_000_000, 124)])
def test_zipf_divides_all_of_it_and_the_nth_is_an_nth_of_the_largest(
    total: int, parts: int
) -> None:
    sizes = zipf(total, parts)
    assert (len(sizes), sum(sizes)) == (parts, total)
    assert min(sizes) >= 1
    for n, size in enumerate(sizes, 1):
        assert size == pytest.approx(sizes[0] / n, abs=parts)


def test_a_country_is_drawn_from_its_seed_and_leaves_nobody_out() -> None:
    accounts = draw(7, 50_000, 12, 40)
    assert draw(7, 50_000, 12, 40) == accounts != draw(8, 50_000, 12, 40)
    assert (len(accounts), sum(account.members for account in accounts)) == (40, 50_000)
    assert {account.organization for account in accounts} == set(range(2, 14))
    assert Counter(account.network for account in accounts) == {"telegram": 24, "vk": 16}


# One account, call by call


def test_in_calm_weather_an_account_reaches_its_rate_and_is_never_refused() -> None:
    flown = fly(PACES["telegram"], pack=1, seed=1, seconds=60, weather=CALM)
    assert flown.refused == flown.planted == 0
    assert 0.99 < flown.share <= 1.01  # the judge counts whole windows, the first begins full


def test_a_whole_account_takes_as_long_as_multiplying_says_whatever_the_weather() -> None:
    rate = fly(PACES["telegram"], pack=1, seed=1, seconds=120).per_s
    whole = fly(PACES["telegram"], pack=1, seed=2, recipients=6_000)
    assert whole.messages == 6_000
    assert whole.seconds == pytest.approx(6_000 / rate, rel=0.04)


def test_a_run_is_repeated_exactly_by_its_seed() -> None:
    runs = [fly(PACES["telegram"], pack=1, seed=seed, seconds=30) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_who_is_sent_away_waits_and_nobody_is_lost() -> None:
    storm = replace(CALM, refused_every_s=10, refused_s=3)
    calm, stormy = (
        fly(PACES["telegram"], pack=1, seed=5, recipients=2_000, weather=weather)
        for weather in (CALM, storm)
    )
    assert calm.messages == stormy.messages == 2_000
    assert stormy.planted > 0
    # Calls in the air together are one refusal's pause.
    assert stormy.seconds > calm.seconds + 3


def test_a_call_of_a_community_serves_a_pack() -> None:
    one, pack = (fly(PACES["vk"], pack=n, seed=1, seconds=20, weather=CALM) for n in (1, 100))
    assert pack.messages == 100 * one.messages


def test_a_paid_rate_is_bounded_by_the_calls_in_the_air() -> None:
    trip_ms = 128
    flown = fly(
        paid(PACES["telegram"], 1000),
        pack=1,
        seed=1,
        seconds=10,
        weather=replace(CALM, trip_ms=trip_ms),
    )
    assert flown.per_s == pytest.approx(IN_AIR / trip_ms * 1000, rel=0.05)


# Queues


def ends(capacity: float, *described: tuple[int, int, float, float, float]) -> list[float]:
    """Drain waves given as account, lane, due, recipients, rate; each recipient costs one."""
    made = [Wave(*one, cost=1.0) for one in described]
    drain(made, capacity)
    return [wave.end for wave in made]


FREE = math.inf


@pytest.mark.parametrize(
    ("capacity", "described", "expected"),
    [
        (FREE, [(1, 6, 5, 100, 10)], [15]),
        # One after the other, the first due first; accounts do not wait for each other.
        (FREE, [(1, 6, 1, 100, 10), (1, 6, 0, 100, 10), (2, 6, 0, 100, 10)], [20, 10, 10]),
        # What is urgent goes before what was begun; selections go last.
        (FREE, [(1, 6, 0, 100, 10), (1, 4, 5, 50, 10)], [15, 10]),
        (FREE, [(1, 7, 0, 100, 10), (1, 6, 5, 50, 10)], [15, 10]),
        # Each wave at its own rate.
        (FREE, [(1, 6, 0, 100, 10), (1, 7, 0, 100, 1)], [10, 110]),
        # A capacity slows the fast first.
        (20, [(1, 6, 0, 100, 10), (2, 6, 0, 1000, 100)], [10, 55]),
        (10, [(1, 6, 0, 100, 10), (2, 6, 0, 100, 10)], [20, 20]),
    ],
)
def test_an_account_works_its_waves_off_in_the_order_of_its_lanes(
    capacity: float, described: list[tuple[int, int, float, float, float]], expected: list[float]
) -> None:
    assert ends(capacity, *described) == pytest.approx(expected)


@pytest.mark.parametrize("capacity", [1, 50, 1_000])
def test_a_capacity_is_used_up_or_nobody_is_slowed(capacity: float) -> None:
    busy = {n: Wave(n, 6, 0, 1, per_s=10.0 * n, cost=0.5) for n in range(1, 8)}
    rates = shared(busy, capacity)
    wanted = sum(wave.per_s * wave.cost for wave in busy.values())
    assert sum(rates[n] * wave.cost for n, wave in busy.items()) == pytest.approx(
        min(wanted, capacity)
    )
    assert all(0 < rates[n] <= wave.per_s for n, wave in busy.items())


def test_a_huge_queue_ends() -> None:
    """Moments are floats: a rest too small to be told must not keep the reckoning."""
    described = [(n % 7, 6, n / 3, 1e6 / 7 + n, 1000 / 3) for n in range(60)]
    assert max(ends(777.7, *described)) == pytest.approx(
        sum(recipients for _, _, _, recipients, _ in described) / 777.7, rel=0.05
    )


# The planned sample


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("scale")

    accounts = draw(1, 10_000, 4, 8)
    return asyncio.run(
        measured(fresh_where(folder), 1, accounts, PEOPLE, (0.5, 0.25, 0.25), LEDGER)
    )


def _total(told: Measured, kind: WaveKind, due: float, posted: float | None = None) -> int:
    return sum(
        wave.recipients
        for wave in told.waves
        if (wave.kind, wave.due) == (kind, due) and wave.region and posted in (None, wave.posted)
    )


def test_each_gets_a_post_to_all_at_once_or_in_the_evening(told: Measured) -> None:
    at_once = _total(told, WaveKind.CREATE, REGION_AT_S[0])
    evening = _total(told, WaveKind.DIGEST, 19 * HOUR_S)
    assert 0 < evening < at_once
    assert at_once + evening == PEOPLE


def test_whoever_sleeps_gets_the_evening_post_in_the_morning(told: Measured) -> None:
    late = REGION_AT_S[-1]
    awake = _total(told, WaveKind.CREATE, late)
    asleep = _total(told, WaveKind.CREATE, (24 + 8) * HOUR_S, late)
    evening = _total(told, WaveKind.DIGEST, (24 + 19) * HOUR_S)
    assert min(awake, asleep, evening) > 0
    assert awake + asleep + evening == PEOPLE


def test_what_is_measured_of_the_database_hangs_together(told: Measured) -> None:
    assert 0 < told.planned_bytes <= told.recorded_bytes
    assert told.subscriber_bytes > 0
    for cost in told.costs.values():
        assert cost.deliveries >= LEDGER
        assert 0 < cost.commits < cost.deliveries
        assert cost.log_bytes > 0
        assert cost.each_us[0] > 0
        assert told.kind == "PostgreSQL" or cost.each_us[1] == 0


def test_a_sample_stands_for_the_country_and_only_large_accounts_pay() -> None:
    accounts = [
        replace(draw(1, 100, 1, 1)[0], id=n, network=network, members=members)
        for n, (network, members) in enumerate(
            [("telegram", scale.PAID_FROM), ("telegram", scale.PAID_FROM - 1), ("vk", 10**6)], 1
        )
    ]
    planned = [Planned(n, WaveKind.CREATE, Lane.NEWS, True, 0, 0, 5) for n in (1, 2, 3)]
    planned.append(Planned(3, WaveKind.DIGEST, Lane.DIGEST, True, 0, 0, 5))
    rates = Rates({"telegram": 30, "vk": 2000}, {"telegram": 30, "vk": 20}, paid=1000)
    costs = {"telegram": 0.2, "vk": 0.1}
    made = waves(accounts, planned, rates, 100, costs, pays=True)
    assert [wave.per_s for wave in made] == [1000, 30, 2000, 20]
    assert [wave.recipients for wave in made] == [500] * 4
    assert [wave.cost for wave in made] == [0.2, 0.2, 0.1, 0.1]
    free = waves(accounts, planned, rates, 100, costs)
    assert [wave.per_s for wave in free] == [30, 30, 2000, 20]


def test_all_of_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """From the command's arguments to the last table."""
    scale.measure(
        argparse.Namespace(
            seed=1, members=50_000, organizations=3, accounts=6, rows=200, wishes=(0.6, 0.2, 0.2),
            workers=2, ledger=50, minutes=0.05, whole=[500], telegram_cpu_ms=0.2, vk_cpu_ms=0.1,
            process_mb=100, postgresql=False,
        )
    )  # fmt: skip
    said = capsys.readouterr().out
    for what in (
        "region-wide of 10:00",
        "kept for 8:00",
        "selections of 19:00",
        "workers",
        "SQLite",
    ):
        assert what in said
    assert "nan" not in said
