"""The youth council says when, its chair approves, and it is out at its minute."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.words import ReviewState
from storage import tables
from tests.journeys.messages import labels
from tests.journeys.scene import to_hour
from tests.journeys.talking import CHAIR, NETWORKS, YOUTH, Talk, walk

pytestmark = pytest.mark.parametrize("network", NETWORKS)

NEWS = "Велопробег молодёжи\n\nСтартуем от площади Революции, финиш в парке."
DAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
HOUR_MS = 3_600_000
LATE_S = 2


async def plan(talk: Talk, phrase: str) -> int:
    """Let the author plan news and send them; returns the moment (ms UTC)."""
    await talk.write(NEWS, YOUTH)
    await talk.walk("Когда выйдет", person=YOUTH)
    await talk.write(phrase, YOUTH)
    await talk.walk("Верно", "Отправить", "Отправить", person=YOUTH)
    return int((await talk.row(tables.submission)).due_at)


async def left_at(talk: Talk) -> float:
    """Return when the one message left for the channel or the wall, seconds since 1970."""
    calls = await talk.town.calls("sendMessage", "wall.post")
    (out,) = [call for call in calls if any(str(c).startswith("-") for c in call["chats"])]
    return float(out["at"])


def test_what_is_planned_for_tomorrow_is_out_within_two_seconds_of_its_minute(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(YOUTH, CHAIR)
        place = await talk.place("youth")
        noon = await to_hour(talk.town, 12)
        await talk.write(NEWS, YOUTH)
        await talk.walk("Когда выйдет", person=YOUTH)
        await talk.write("завтра в 18:00", YOUTH)
        shown = (await talk.last(YOUTH))["text"]
        day = noon + timedelta(days=1)
        assert f"{day.day} {MONTHS.split()[day.month - 1]}" in shown
        assert DAYS[day.weekday()] in shown
        assert "18:00" in shown
        assert "по Москве" in shown or "московск" in shown
        await talk.walk("Верно", "Отправить", "Отправить", person=YOUTH)
        await talk.sees("Решает председатель совета или заместитель: Молодёжный совет.", YOUTH)
        await talk.walk("Одобрить", person=CHAIR)
        due = (await talk.row(tables.submission)).due_at
        assert due == int((day.replace(hour=18)).timestamp() * 1000)

        await talk.running.stop()
        await talk.to_moment(due - 3 * HOUR_MS)
        await talk.running.start()
        await talk.to_moment(due - 300)
        assert await talk.seen(1, place) == []
        await talk.published("Велопробег", place)
        assert 0 <= await left_at(talk) - due / 1000 <= LATE_S

    walk(tmp_path, network, journey)


def test_what_nobody_approved_is_reminded_of_not_published_and_gets_a_new_time_by_one_press(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(YOUTH, CHAIR)
        place = await talk.place("youth")
        due = await plan(talk, "послезавтра в 18:00")
        for count, before in enumerate((24 * HOUR_MS, 2 * HOUR_MS, HOUR_MS // 4), 1):
            await talk.to_moment(due - before - 60_000)
            assert await reminders(talk, CHAIR) == count - 1
            await talk.to_moment(due - before)
            await talk.sees("Ещё не утверждено", CHAIR, count=count)
        assert await reminders(talk, YOUTH) == 3
        await talk.to_moment(due)
        missed = await talk.sees("Не утверждено, не вышло", CHAIR)
        assert "Через час" in labels(missed)
        await talk.sees("Не утверждено, не вышло", YOUTH)
        assert await talk.seen(1, place) == []
        await talk.walk("Через час", person=CHAIR)
        again = await talk.row(tables.submission)
        assert 0 < again.due_at - due <= HOUR_MS + 120_000
        await talk.to_moment(again.due_at)
        await talk.published("Велопробег", place)
        await talk.sees("Уже решено: Человек 6.", YOUTH)

    walk(tmp_path, network, journey)


async def reminders(talk: Talk, person: int) -> int:
    """Count the reminders that a person got."""
    await talk.quiet()
    return sum("Ещё не утверждено" in m["text"] for m in await talk.seen(person))


def test_at_night_tomorrow_is_asked_back_and_what_has_passed_is_not_taken(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(YOUTH, CHAIR)
        night = await to_hour(talk.town, 2)
        await talk.write(NEWS, YOUTH)
        await talk.walk("Когда выйдет", person=YOUTH)
        await talk.write("завтра в 18:00", YOUTH)
        asked = await talk.last(YOUTH)
        days = [f"{(night + timedelta(days=n)):%d.%m}, 18:00" for n in (0, 1)]
        assert [any(day in label for label in labels(asked)) for day in days] == [True, True], asked
        assert (await talk.row(tables.submission)).due_at is None
        (second,) = [label for label in labels(asked) if days[1] in label]
        await talk.walk(second, person=YOUTH)
        due = (await talk.row(tables.submission)).due_at
        wanted = (night + timedelta(days=1)).replace(hour=18)
        assert due == int(wanted.timestamp() * 1000)

        await talk.walk("Другое время", person=YOUTH)
        await talk.write(f"{night - timedelta(days=3):%d.%m.%Y} в 12:00", YOUTH)
        assert "уже прошёл" in (await talk.last(YOUTH))["text"]
        await talk.write("когда рак на горе свистнет", YOUTH)
        assert "Не понял, когда." in (await talk.last(YOUTH))["text"]
        assert (await talk.row(tables.submission)).due_at == due

    walk(tmp_path, network, journey)


def test_the_chair_approves_the_week_at_once_and_moves_a_plan(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(YOUTH, CHAIR)
        place = await talk.place("youth")
        due = await plan(talk, "через 2 часа")
        await talk.say("/plan", CHAIR)
        await talk.walk("Утвердить всю неделю (1)", "Утвердить 1 новость", person=CHAIR)
        await talk.sees("Утверждена 1 новость.", CHAIR)
        await talk.walk("‹ Назад", person=CHAIR)
        (entry,) = [one for one in labels(await talk.last(CHAIR)) if "Велопробег" in one]
        await talk.walk(entry, "Перенести", person=CHAIR)
        await talk.write("через 3 часа", CHAIR)
        await talk.sees("переносит вашу новость", YOUTH)
        await talk.to_moment(due)
        assert await talk.seen(1, place) == []
        moved = (await talk.row(tables.submission)).due_at
        assert (await talk.row(tables.review)).state == ReviewState.APPROVED
        await talk.to_moment(moved)
        await talk.published("Велопробег", place)

    walk(tmp_path, network, journey)
