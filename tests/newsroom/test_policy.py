"""When a post reaches a chat, as a table of wishes and moments (all wall times are Moscow's)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.words import Mode
from newsroom.policy import Choice, How, Wish, after_night, choose, next_digest

MOSCOW = ZoneInfo("Europe/Moscow")


def at(text: str) -> int:
    """Return «2026-11-22 18:00» of Moscow in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=MOSCOW).timestamp() * 1000)


def member(mode: Mode = Mode.DIGEST, **changes: object) -> Wish:
    """Return a union member's default wish."""
    wish: dict[str, object] = {
        "mode": mode,
        "digest_minute": 19 * 60,
        "zone": MOSCOW,
        "night_from": 21 * 60,
        "night_to": 8 * 60,
    }
    return Wish(**(wish | changes))  # type: ignore[arg-type]


def channel(mode: Mode = Mode.AT_ONCE, **changes: object) -> Wish:
    """Return a channel's default wish: three a day, an hour apart."""
    wish: dict[str, object] = {
        "mode": mode,
        "digest_minute": 19 * 60,
        "zone": MOSCOW,
        "day_limit": 3,
        "gap_s": 3600,
    }
    return Wish(**(wish | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wish", "urgent", "now", "how", "due"),
    [
        (member(), False, "2026-11-22 12:00", How.DIGEST, "2026-11-22 19:00"),
        (member(), False, "2026-11-22 19:00", How.DIGEST, "2026-11-23 19:00"),
        (member(), True, "2026-11-22 12:00", How.ALONE, "2026-11-22 12:00"),
        (member(), True, "2026-11-22 23:30", How.ALONE, "2026-11-23 08:00"),
        (member(Mode.AT_ONCE), False, "2026-11-22 12:00", How.ALONE, "2026-11-22 12:00"),
        (member(Mode.AT_ONCE), False, "2026-11-23 03:00", How.ALONE, "2026-11-23 08:00"),
        (
            member(Mode.AT_ONCE, night_from=None, night_to=None),
            False,
            "2026-11-23 03:00",
            How.ALONE,
            "2026-11-23 03:00",
        ),
        (
            member(digest_minute=21 * 60 + 30),
            False,
            "2026-11-22 12:00",
            How.DIGEST,
            "2026-11-23 08:00",
        ),
        (channel(), False, "2026-11-22 03:00", How.ALONE, "2026-11-22 03:00"),
        (channel(Mode.ASK), False, "2026-11-22 12:00", How.ASK, "2026-11-22 12:00"),
    ],
)
def test_a_post_is_due_as_the_chat_wished(
    wish: Wish, urgent: bool, now: str, how: How, due: str
) -> None:
    assert choose(wish, urgent=urgent, now=at(now)) == Choice(how, at(due))


def test_only_urgent_means_only_urgent() -> None:
    wish = member(Mode.URGENT_ONLY)
    assert choose(wish, urgent=False, now=at("2026-11-22 12:00")).how is How.NOT
    assert choose(wish, urgent=True, now=at("2026-11-22 12:00")).how is How.ALONE


@pytest.mark.parametrize(
    ("before", "how", "due"),
    [
        ([], How.ALONE, "2026-11-22 12:00"),
        (["2026-11-22 11:30"], How.ALONE, "2026-11-22 12:30"),
        (["2026-11-22 09:00"], How.ALONE, "2026-11-22 12:00"),
        (["2026-11-22 12:00", "2026-11-22 13:00"], How.ALONE, "2026-11-22 14:00"),
        (
            ["2026-11-22 08:00", "2026-11-22 09:00", "2026-11-22 10:00"],
            How.DIGEST,
            "2026-11-22 19:00",
        ),
        (
            ["2026-11-21 10:00", "2026-11-21 11:00", "2026-11-21 12:00"],
            How.ALONE,
            "2026-11-22 12:00",
        ),
        (["2026-11-22 23:30"], How.DIGEST, "2026-11-22 19:00"),
    ],
)
def test_a_channel_is_filled_by_its_gap_and_ceiling(before: list[str], how: How, due: str) -> None:
    moments = [at(moment) for moment in before]
    choice = choose(channel(), urgent=False, now=at("2026-11-22 12:00"), moments=moments)
    assert choice == Choice(how, at(due))


def test_urgent_news_pass_a_full_channel() -> None:
    moments = [at("2026-11-22 11:59")] * 3
    now = at("2026-11-22 12:00")
    assert choose(channel(), urgent=True, now=now, moments=moments) == Choice(How.ALONE, now)


def test_night_and_selection_follow_the_chats_own_zone() -> None:
    vladivostok = member(zone=ZoneInfo("Asia/Vladivostok"))  # seven hours ahead of Moscow
    assert next_digest(vladivostok, at("2026-11-22 11:00")) == at("2026-11-22 12:00")
    assert after_night(vladivostok, at("2026-11-22 15:00")) == at("2026-11-23 01:00")


@pytest.mark.parametrize(
    ("day", "due_utc"),
    [
        ("2026-03-28T12:00", "2026-03-29T01:30"),  # 02:30 does not exist: read in winter time
        ("2026-10-24T12:00", "2026-10-25T00:30"),  # 02:30 comes twice: the first
    ],
)
def test_a_clock_change_neither_loses_nor_doubles_a_selection(day: str, due_utc: str) -> None:
    berlin = Wish(Mode.DIGEST, 2 * 60 + 30, ZoneInfo("Europe/Berlin"))
    now = int(datetime.fromisoformat(day).replace(tzinfo=berlin.zone).timestamp() * 1000)
    due = next_digest(berlin, now)
    found = datetime.fromtimestamp(due / 1000, ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M")
    assert found == due_utc
    assert next_digest(berlin, due) > due + 20 * 3_600_000
