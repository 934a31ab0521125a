"""Phrases about time: a table of what each means, and what is true of any phrase at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from calendar_phrases import TABLES
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom.calendar import Grain, When, read_when, say_when

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 11, 23, 12, tzinfo=MOSCOW)  # a Monday
ZONES = tuple(
    map(ZoneInfo, ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka", "Europe/Berlin"))
)


@dataclass(frozen=True)
class Case:
    """A phrase, the moment it was said at, the day that was asked about, and the answer."""

    phrase: str
    now: datetime
    day: date | None
    answer: str


def cases() -> Iterator[Case]:
    """Yield every line of the tables."""
    for table in TABLES:
        now, day = NOON, None
        for line in filter(None, table.splitlines()):
            if line.startswith("@"):
                moment, zone, *asked = line[1:].split()
                now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
                day = date.fromisoformat(asked[0]) if asked else None
            else:
                phrase, answer = line.rsplit("|", 1)
                yield Case(phrase.strip(), now, day, answer.strip())


CASES = tuple(cases())


def shown(when: When) -> str:
    """Return an answer as the tables write it."""
    if when.at is not None:
        return f"{when.at:%Y-%m-%d %H:%M}"
    if when.ask is None:
        return "-"
    return " ".join(["?", ", ".join(f"{choice:%Y-%m-%d %H:%M}" for choice in when.choices)]).strip()


def check(when: When, now: datetime) -> None:
    """Assert what is true of every answer."""
    assert when.at is None or when.ask is None
    moments = when.choices if when.at is None else (when.at,)
    assert when.at is None or not when.choices
    assert when.ask is not None or when.day is None
    for moment in moments:
        assert moment.astimezone(UTC) > now.astimezone(UTC)
        assert moment.tzinfo is now.tzinfo
        assert (moment.second, moment.microsecond) == (0, 0)
    instants = [moment.astimezone(UTC) for moment in when.choices]
    assert instants == sorted(set(instants))
    if when.at is not None:
        assert when.grain in (Grain.MINUTE, Grain.HOUR)


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len({(case.phrase, case.now, case.day) for case in CASES}) >= 300


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.phrase} @{case.now:%d.%m %H:%M}")
def test_a_phrase_means(case: Case) -> None:
    when = read_when(case.phrase, case.now, day=case.day)
    check(when, case.now)
    if case.answer.startswith("? day"):
        assert when.ask is not None
        assert (when.day, when.grain) == (date.fromisoformat(case.answer.split()[-1]), Grain.DAY)
    else:
        assert shown(when) == case.answer


VARIATIONS = {
    "capitals": str.upper,
    "title": str.title,
    "wide spaces": lambda text: "  " + text.replace(" ", " \u00a0\t ") + "\n",
    "zero width": lambda text: "\u200b".join(text) + "\ufeff",
    "long dashes": lambda text: text.replace("-", "–"),
    "yo": lambda text: text.replace("е", "ё") if "днем" in text else text,
    "wrapped": lambda text: f"«{text}»!",
    "polite": lambda text: f"Пожалуйста, {text}",
}


@pytest.mark.parametrize("variation", VARIATIONS.values(), ids=list(VARIATIONS))
def test_capitals_spaces_and_politeness_change_nothing(variation: object) -> None:
    assert callable(variation)
    for case in CASES:
        if case.phrase[0].isalpha():
            said = read_when(variation(case.phrase), case.now, day=case.day)
            assert said == read_when(case.phrase, case.now, day=case.day), case.phrase


@pytest.mark.parametrize(
    ("phrase", "grain"),
    [
        ("завтра в 18:00", Grain.MINUTE), ("завтра в 18", Grain.HOUR), ("через 5 минут", Grain.MINUTE),
        ("через 2 часа", Grain.HOUR), ("завтра в 6 вечера", Grain.HOUR), ("завтра", Grain.DAY),
        ("завтра в 18 ч 30 мин", Grain.MINUTE), ("завтра в 6", Grain.HOUR), ("25.11", Grain.DAY),
        ("по пятницам", None), ("привет", None),
    ],
)  # fmt: skip
def test_the_grain_is_as_fine_as_the_words(phrase: str, grain: Grain | None) -> None:
    assert read_when(phrase, NOON).grain is grain


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("31 ноября в 10", "31 ноября не бывает"),
        ("завтра в 18:75", "18:75"),
        ("завтра", "вторник, 24 ноября 2026"),
        ("в пятницу 24 ноября в 18:00", "24 ноября 2026 — это вторник"),
        ("собрание завтра в 18:00", "Понял так: вторник, 24 ноября 2026, 18:00"),
        ("сегодня в 9:00", "уже прошло"),
    ],
)
def test_a_question_says_what_is_wrong(phrase: str, words: str) -> None:
    assert words in (read_when(phrase, NOON).ask or "")


def test_a_night_question_names_both_days() -> None:
    asked = read_when("завтра в 18:00", NOON.replace(day=24, hour=1)).ask or ""
    assert "вторник, 24 ноября" in asked
    assert "среда, 25 ноября" in asked


def test_an_hour_that_comes_twice_is_asked_with_its_offset() -> None:
    now = datetime(2026, 10, 24, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    when = read_when("завтра в 2:30", now)
    assert [choice.utcoffset() for choice in when.choices] == [
        timedelta(hours=2),
        timedelta(hours=1),
    ]
    assert "02:30 (UTC+2) или 02:30 (UTC+1)" in (when.ask or "")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOON.replace(hour=18), "понедельник, 23 ноября 2026, 18:00 (московское время)"),
        (datetime(2027, 5, 1, 9, 5, tzinfo=ZoneInfo("Asia/Omsk")), "суббота, 1 мая 2027, 09:05 (омское время)"),
        (datetime(2027, 5, 1, 9, 5, tzinfo=ZoneInfo("Asia/Chita")), "суббота, 1 мая 2027, 09:05 (UTC+9)"),
        (datetime(2027, 5, 1, 9, 5, tzinfo=ZoneInfo("Asia/Kolkata")), "суббота, 1 мая 2027, 09:05 (UTC+5:30)"),
        (datetime(2027, 1, 1, 9, 5, tzinfo=ZoneInfo("America/New_York")), "пятница, 1 января 2027, 09:05 (UTC−5)"),
    ],
)  # fmt: skip
def test_a_moment_is_said_with_weekday_date_and_zone(moment: datetime, said: str) -> None:
    assert say_when(moment) == said


def test_near_days_are_said_by_name_but_not_at_night() -> None:
    evening = NOON.replace(hour=18)
    assert say_when(evening, NOON) == f"сегодня, {say_when(evening)}"
    assert (
        say_when(evening + timedelta(days=1), NOON) == f"завтра, {say_when(evening + timedelta(1))}"
    )
    assert say_when(evening + timedelta(days=2), NOON) == say_when(evening + timedelta(days=2))
    assert say_when(evening, NOON.replace(hour=2)) == say_when(evening)


nows = st.builds(
    lambda naive, zone: naive.replace(tzinfo=zone),
    st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
WORDS = sorted({word for case in CASES for word in case.phrase.split()})
phrases = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text("0123456789:.-/, ", max_size=6)), max_size=8).map("".join),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(phrases, nows, st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2040, 1, 1))))
def test_any_text_is_answered_soundly(text: str, now: datetime, day: date | None) -> None:
    check(read_when(text, now, day=day), now)


@settings(max_examples=200, deadline=None)
@given(nows, st.integers(5, 300 * 24 * 60), st.booleans())
def test_a_said_moment_is_read_back(now: datetime, minutes: int, near: bool) -> None:
    ahead = (now.astimezone(UTC) + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    moment = ahead.astimezone(now.tzinfo)
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    back = read_when(say_when(moment, now if near else None), now)
    if (moment.hour, moment.minute) == (0, 0) or twice:
        assert moment.astimezone(UTC) in [choice.astimezone(UTC) for choice in back.choices]
    else:
        assert back.at == moment


@settings(max_examples=200, deadline=None)
@given(nows, st.integers(1, 59), st.integers(1, 48))
def test_a_span_is_counted_in_real_time_and_rounded_up(now: datetime, minutes: int, hours: int) -> None:  # fmt: skip
    at = read_when(f"через {hours} ч {minutes} мин", now).at
    assert at is not None
    late = at.astimezone(UTC) - now.astimezone(UTC) - timedelta(hours=hours, minutes=minutes)
    assert timedelta() <= late < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\x00", "\ud800", "завтра " * 1000, "1" * 5000, "в " * 2500, "-" * 5000, "1:" * 2500,
        "через " + "9" * 100 + " дней", "пол" * 1700, "два " * 30, "1.1." * 30, "\u0301" * 5000, "🙏" * 5000,
        "через 999999999 месяцев", "25.11.9999 10:00", "1 января 0001 10:00", "через 999999999 часов",
    ],
    ids=lambda text: f"{text[:12]!r}×{len(text)}",
)  # fmt: skip
def test_hostile_texts_are_answered_at_once(text: str) -> None:
    started = time.perf_counter()
    when = read_when(text, NOON)
    assert time.perf_counter() - started < 1
    assert when.at is None
    check(when, NOON)


def test_a_long_text_is_no_time() -> None:
    news = "Завтра в 18:00 в Доме профсоюзов. " + "Приглашаем всех членов профсоюза. " * 4
    assert read_when(news, NOON) == When(None, None)


def test_junk_between_the_letters_changes_nothing() -> None:
    assert read_when("зав\u00adтра\u200e в \u202e18:00", NOON).at == NOON.replace(day=24, hour=18)
    assert read_when("за\u0301втра в 18∶00", NOON).at == NOON.replace(day=24, hour=18)
    assert read_when("зaвтpa в 18:00", NOON).at == NOON.replace(day=24, hour=18)  # Latin a, p
