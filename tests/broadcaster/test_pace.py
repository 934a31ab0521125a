"""How fast an account goes, judged by the harshest reading of the platform's limiter."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.chat_pace import ChatPace
from broadcaster.pace import TALK_MS, AccountPace, Flight
from core.clock import MovableClock
from core.messenger import Pace
from core.words import ChatKind

TELEGRAM_LIKE = Pace(account_per_s=30, chat_per_s=1, chat_burst=3, group_per_min=20)


def run(pace: AccountPace, clock: MovableClock, calls: int, lags: list[int]) -> list[int]:
    """Send so many calls, each as early as allowed plus its lag in ms; return the moments."""
    moments = []
    for n in range(calls):
        clock.set(max(clock.now(), pace.ready_at()) + (lags[n % len(lags)] if lags else 0))
        pace.take()
        pace.sent()
        moments.append(clock.now())
    return moments


def fly(
    pace: AccountPace, clock: MovableClock, calls: int, ways: Sequence[int], back: int = 30
) -> list[int]:
    """Send so many calls as early as allowed, each with its way there in ms; return when they arrive."""
    arrivals: list[int] = []
    landing: list[tuple[int, int, Flight]] = []
    for n in range(calls):
        while (at := pace.ready_at()) > clock.now():
            if landing and landing[0][0] <= at:
                moment, _, flight = heappop(landing)
                clock.set(max(moment, clock.now()))
                pace.answered(flight)
            else:
                clock.set(at)
        pace.take()
        way = ways[n % len(ways)]
        arrivals.append(clock.now() + way)
        heappush(landing, (clock.now() + way + back, n, pace.sent()))
    for moment, _, flight in sorted(landing):
        clock.set(max(moment, clock.now()))
        pace.answered(flight)
    return arrivals


def fullest_second(arrivals: Sequence[int]) -> int:
    """Return the most arrivals that any one second holds, by a window that slides."""
    ordered = sorted(arrivals)
    return max(bisect_left(ordered, moment + 1000) - n for n, moment in enumerate(ordered))


@given(st.lists(st.integers(0, 120), max_size=40))
def test_no_second_ever_holds_more_than_the_platform_allows(lags: list[int]) -> None:
    clock = MovableClock(1_000_000, frozen=True)
    moments = run(AccountPace(TELEGRAM_LIKE, clock), clock, 150, lags)
    assert fullest_second(moments) <= 30


@given(st.lists(st.integers(30, 400), max_size=60))
def test_nor_does_a_second_of_the_platform_however_long_calls_are_on_their_way(
    ways: list[int],
) -> None:
    clock = MovableClock(1_000_000, frozen=True)
    assert fullest_second(fly(AccountPace(TELEGRAM_LIKE, clock), clock, 150, [30, *ways])) <= 30


@pytest.mark.parametrize(
    ("ways", "at_least"),
    [
        pytest.param([30], 0.997, id="always as long"),
        pytest.param([30, 31, 30, 32, 30, 30], 0.995, id="a calm host"),
        pytest.param([30] * 25 + [90], 0.99, id="now and then a late one"),
    ],
)
def test_nearly_all_of_the_rate_is_used(ways: list[int], at_least: float) -> None:
    clock = MovableClock(1_000_000, frozen=True)
    arrivals = fly(AccountPace(TELEGRAM_LIKE, clock), clock, 1_900, ways)
    used = bisect_left(sorted(arrivals), arrivals[0] + 60_000)
    assert used >= at_least * 30 * 60
    assert fullest_second(arrivals) <= 30


def test_slots_that_were_taken_count_before_their_calls_leave() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 28, [])
    for _ in range(2):
        assert pace.ready_at(talk=True) <= clock.now()
        pace.take()
    assert pace.ready_at(talk=True) > clock.now()
    clock.advance(2_000)  # they never left
    assert pace.ready_at() <= clock.now()


def test_one_call_without_an_answer_costs_one_place_and_halts_nobody() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    arrivals = fly(
        AccountPace(TELEGRAM_LIKE, clock), clock, 600, [30] * 100 + [25_000] + [30] * 600
    )
    others = sorted(arrivals[:100] + arrivals[101:])
    assert max(b - a for a, b in pairwise(others)) < 300
    assert others[-1] - others[0] < 600 / 28.5 * 1000
    assert fullest_second(arrivals) <= 30


def test_a_way_that_has_become_longer_is_the_usual_one_soon() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    fly(pace, clock, 300, [30])
    fly(pace, clock, 600, [800])
    arrivals = fly(pace, clock, 600, [800])
    assert arrivals[-1] - arrivals[0] < 600 / 29.5 * 1000


@pytest.mark.parametrize("between", ["take and sent", "sent and the next"])
def test_a_clock_put_back_silences_nobody_whenever_it_comes(between: str) -> None:
    clock = MovableClock(1_000_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 100, [])
    clock.set(pace.ready_at())
    pace.take()
    if between == "take and sent":
        clock.advance(-3_600_000)
        pace.answered(pace.sent())
    else:
        pace.answered(pace.sent())
        clock.advance(-3_600_000)
    assert pace.ready_at() - clock.now() <= 1_100
    assert pace.ready_at(talk=True) - clock.now() <= 1_100


def test_an_answer_to_a_person_waits_for_the_next_slot_at_most() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 100, [])
    assert pace.ready_at(talk=True) - clock.now() <= 1000 / 30 + 1
    clock.set(pace.ready_at(talk=True))
    pace.take()
    pace.sent()
    assert pace.ready_at(talk=True) > clock.now(), "the limit stands for talk too"


@pytest.mark.parametrize("throng", [0, 160], ids=["evenly", "in throngs"])
def test_while_people_talk_a_place_in_every_second_is_theirs(throng: int) -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 200, [0] * 24 + [throng])
    pace.take(talk=True)
    pace.sent()
    run(pace, clock, 60, [0] * 24 + [throng])
    for _ in range(60):
        run(pace, clock, 7, [0] * 24 + [throng])
        assert pace.ready_at(talk=True) <= clock.now()
        pace.take(talk=True)
        pace.sent()
    clock.advance(TALK_MS)
    run(pace, clock, 100, [])
    assert pace.ready_at(talk=True) > clock.now(), "nobody talks any more: nothing is wasted"


def test_of_a_slow_account_no_place_is_kept_free() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(Pace(account_per_s=1, chat_per_s=1, chat_burst=1, group_per_min=20), clock)
    pace.take(talk=True)
    pace.sent()
    moments = run(pace, clock, 3, [])
    assert moments[-1] - moments[0] < 2_100


def test_beside_slow_work_an_answer_leaves_at_once() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 20, [])
    assert pace.ready_at(talk=True) <= clock.now() < pace.ready_at()


def test_a_pause_asked_for_by_the_platform_is_kept_and_widens_the_spacing() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    pace.take()
    pace.hold(clock.now() + 7_000)
    assert pace.ready_at() == 1_007_000
    clock.set(1_007_000)
    before = clock.now()
    pace.take()
    assert pace.ready_at() - before > 1000 / 30


def test_refusals_that_may_be_a_chats_own_slow_the_others_down_by_little() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    account = AccountPace(TELEGRAM_LIKE, clock)
    for _ in range(40):
        account.hold(clock.now())
        clock.advance(1_200)
    began = clock.now()
    for _ in range(100):
        account.take()
        clock.set(max(clock.now(), account.ready_at()))
    assert clock.now() - began <= 100 * 1000 / 30 / 0.95


def test_a_private_chat_bursts_and_then_waits() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    for _ in range(3):
        assert chats.ready_at(1, ChatKind.PRIVATE) <= clock.now()
        chats.take(1, ChatKind.PRIVATE)
    assert chats.ready_at(1, ChatKind.PRIVATE) == 1_003_200
    assert chats.ready_at(2, ChatKind.PRIVATE) <= clock.now()


def test_what_is_on_its_way_for_long_counts_from_its_answer() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    for _ in range(3):
        taken = chats.take(1, ChatKind.PRIVATE)
    clock.advance(700)
    chats.answered(1, ChatKind.PRIVATE, taken)
    assert chats.ready_at(1, ChatKind.PRIVATE) == 1_003_900


def test_an_answer_leaves_alone_what_was_sent_before() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    chats.take(1, ChatKind.PRIVATE)
    clock.advance(100)
    chats.take(1, ChatKind.PRIVATE)
    taken = chats.take(1, ChatKind.PRIVATE)
    clock.advance(100)
    chats.answered(1, ChatKind.PRIVATE, taken)
    assert chats.ready_at(1, ChatKind.PRIVATE) == 1_003_200
    chats.answered(2, ChatKind.PRIVATE, taken)  # a chat that is not remembered any more


def test_a_group_gets_twenty_a_minute_and_an_album_weighs_its_items() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    chats.take(1, ChatKind.GROUP, weight=10)
    chats.take(1, ChatKind.GROUP, weight=10)
    assert chats.ready_at(1, ChatKind.GROUP) >= 1_060_000


def test_a_clock_that_is_put_back_silences_nobody() -> None:
    clock = MovableClock(10_000_000, frozen=True)
    account, chats = AccountPace(TELEGRAM_LIKE, clock), ChatPace(TELEGRAM_LIKE, clock)
    for _ in range(30):
        account.take()
        account.sent()
        chats.take(1, ChatKind.PRIVATE)
    account.hold(clock.now() + 60_000)
    clock.set(1_000_000)
    assert account.ready_at() <= clock.now()
    assert chats.ready_at(1, ChatKind.PRIVATE) <= clock.now()


def test_a_pause_from_before_the_clock_was_put_back_is_over() -> None:
    clock = MovableClock(10_000_000, frozen=True)
    account, chats = AccountPace(TELEGRAM_LIKE, clock), ChatPace(TELEGRAM_LIKE, clock)
    account.pause(clock.now() + 3_000)
    chats.hold(1, clock.now() + 120_000)
    assert account.held_until > clock.now()
    clock.set(1_000_000)
    assert account.held_until <= clock.now()
    assert account.ready_at() <= clock.now()
    assert chats.ready_at(1, ChatKind.PRIVATE) <= clock.now()


def test_only_a_nearly_full_second_makes_a_refusal_the_accounts() -> None:
    clock = MovableClock(10_000_000, frozen=True)
    account = AccountPace(TELEGRAM_LIKE, clock)
    account.sent(23)
    assert not account.is_full()
    account.sent(1)
    assert account.is_full()
    clock.advance(1_100)
    assert not account.is_full()


def test_a_chat_is_remembered_as_long_as_its_limit_looks_back() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    for chat_id in range(10_000):
        chats.take(chat_id, ChatKind.PRIVATE)
        clock.advance(33)
    assert len(chats) < 3_500 / 33
    assert chats.ready_at(9_999, ChatKind.PRIVATE) <= clock.now()
