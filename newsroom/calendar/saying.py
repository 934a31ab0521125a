"""How moments and questions about them are put into Russian."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from newsroom.calendar.words import MONTH_NAMES, WEEKDAY_NAMES
from newsroom.calendar.zones import name_of, offset_of

NIGHT_ENDS = 5  # o'clock: until then «завтра» may mean either of two days
SAMPLE = "Напишите день и время, например: завтра в 18:00 или 25 ноября в 9:30."
ACCUSATIVE = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье",
)  # fmt: skip


def say_when(moment: datetime, now: datetime | None = None) -> str:
    """Return a moment with weekday, date and zone: «понедельник, 23 ноября 2026, 18:00 (московское время)».

    With `now` the words «сегодня» and «завтра» go before, except at night, when they would mislead.
    """
    said = f"{say_day(moment.date())}, {moment:%H:%M} ({name_of(moment)})"
    if now is None or now.hour < NIGHT_ENDS:
        return said
    local = now if moment.tzinfo is None else now.astimezone(moment.tzinfo)
    ahead = (moment.date() - local.date()).days
    near = {0: "сегодня, ", 1: "завтра, "}.get(ahead, "")
    return near + said


def say_day(day: date) -> str:
    """Return a day with its weekday: «понедельник, 23 ноября 2026»."""
    return f"{WEEKDAY_NAMES[day.weekday()]}, {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def capital(text: str) -> str:
    """Return it as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def say_days(days: Sequence[date]) -> str:
    """Return days as a choice: «вторник, 24 ноября 2026, или среда, 25 ноября 2026»."""
    return ", или ".join(say_day(day) for day in days)


def question(reasons: Sequence[str], choices: Sequence[datetime]) -> str:
    """Return the reasons with what to do next: confirm the only choice, take one of them, or say it again."""
    if not choices:
        next_step = SAMPLE
    elif len(choices) == 1:
        next_step = f"Понял так: {say_when(choices[0])}. Верно?"
    elif len({choice.date() for choice in choices}) == 1:
        hours = " или ".join(_hours(choices))
        next_step = f"{capital(say_day(choices[0].date()))}: {hours}?"
    else:
        days = (say_day(choice.date()) for choice in choices)
        moments = (f"{day}, {hour}" for day, hour in zip(days, _hours(choices), strict=True))
        next_step = f"Выберите: {'; '.join(moments)}."
    return " ".join([*dict.fromkeys(reasons), next_step])


def _hours(choices: Sequence[datetime]) -> list[str]:
    """Return the hours; one that comes twice, when the clock goes back, is told by its offset."""
    walls = [choice.replace(tzinfo=None, fold=0) for choice in choices]
    return [
        f"{choice:%H:%M}" + (f" ({offset_of(choice)})" if walls.count(wall) > 1 else "")
        for choice, wall in zip(choices, walls, strict=True)
    ]


def hour_question(day: date) -> str:
    """Return «Во сколько?» that names the day, so that a wrong one is seen."""
    return f"Во сколько? День: {say_day(day)}."
