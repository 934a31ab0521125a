"""How fast an account goes, judged by the harshest reading of the platform's limiter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.pace import AccountPace, ChatPace
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


@given(st.lists(st.integers(0, 120), max_size=40))
def test_no_second_ever_holds_more_than_the_platform_allows(lags: list[int]) -> None:
    clock = MovableClock(1_000_000, frozen=True)
    moments = run(AccountPace(TELEGRAM_LIKE, clock), clock, 150, lags)
    for n, moment in enumerate(moments[:-30]):
        assert moments[n + 30] - moment >= 1000


def test_a_calm_host_uses_the_rate_it_is_given() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    moments = run(AccountPace(TELEGRAM_LIKE, clock), clock, 1000, [])
    assert moments[-1] - moments[0] <= 36_000


def test_an_answer_need_not_wait_for_a_fan_out() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    pace = AccountPace(TELEGRAM_LIKE, clock)
    run(pace, clock, 100, [])
    assert pace.ready_at() > clock.now()
    assert pace.ready_at(talk=True) <= clock.now()
    pace.take()
    pace.sent()
    assert pace.ready_at(talk=True) > clock.now(), "the limit stands for talk too"


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
    chats.answered(1, taken)
    assert chats.ready_at(1, ChatKind.PRIVATE) == 1_003_900


def test_an_answer_leaves_alone_what_was_sent_before() -> None:
    clock = MovableClock(1_000_000, frozen=True)
    chats = ChatPace(TELEGRAM_LIKE, clock)
    chats.take(1, ChatKind.PRIVATE)
    clock.advance(100)
    chats.take(1, ChatKind.PRIVATE)
    taken = chats.take(1, ChatKind.PRIVATE)
    clock.advance(100)
    chats.answered(1, taken)
    assert chats.ready_at(1, ChatKind.PRIVATE) == 1_003_200
    chats.answered(2, taken)  # a chat that is not remembered any more


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


def test_only_a_nearly_full_second_makes_a_refusal_the_accounts() -> None:
    clock = MovableClock(10_000_000, frozen=True)
    account = AccountPace(TELEGRAM_LIKE, clock)
    account.sent(23)
    assert not account.is_full()
    account.sent(1)
    assert account.is_full()
    clock.advance(1_100)
    assert not account.is_full()
