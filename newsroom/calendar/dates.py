"""Which days the words for days mean, counted from the message's own day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta

from newsroom.calendar.items import (
    Date,
    Day,
    Month,
    MonthDay,
    Relative,
    Span,
    Week,
    Weekday,
    Weekend,
    Year,
)
from newsroom.calendar.saying import ACCUSATIVE, NIGHT_ENDS, capital, say_day, say_days
from newsroom.calendar.words import MONTH_NAMES, RELATIVE, WEEKDAY_NAMES, Which

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_LAST = date(MAXYEAR - 20, 1, 1)
TOO_FAR = "Так далеко Вестник не планирует."
_EDGE = "Сейчас ночь на понедельник: какая неделя имеется в виду?"
_LONGEST_SPAN = 20 * 366  # days


@dataclass(frozen=True, slots=True)
class Pick:
    """The days a phrase may mean; a sure one has no `why`. `later` is offered when its hour has passed."""

    dates: tuple[date, ...]
    why: str | None = None
    later: date | None = None

    @property
    def is_sure(self) -> bool:
        """Tell whether there is nothing to ask about the day."""
        return self.why is None


def pick_of(item: Day, now: datetime) -> Pick:
    match item:
        case Relative():
            return _of_relative(item, now)
        case Weekday():
            return of_weekday(item, now)
        case Week():
            return _of_week(item, now)
        case Weekend():
            return _of_weekend(item, now.date())
        case Date():
            return _of_date(item, now.date())
        case MonthDay():
            return _of_month_day(item, now.date())
        case Month() | Year():
            return Pick((), "Какого числа?")


def _of_relative(item: Relative, now: datetime) -> Pick:
    today = now.date()
    day = today + item.days * _DAY
    if item.days < 0:
        return Pick((), passed(day))
    if now.hour < NIGHT_ENDS:
        days = (day - _DAY, day)
        word = next(form for form, number in RELATIVE.items() if number == item.days)
        return Pick(days, f"Сейчас ночь, и «{word}» можно понять двояко: {say_days(days)}.")
    return Pick((day,), later=day + _DAY if item.days == 0 else None)


def _mondays(now: datetime, shift: int) -> tuple[date, ...]:
    """Return the first day of a week; on the night to Monday there are two readings."""
    today = now.date()
    monday = today - today.weekday() * _DAY + shift * _WEEK
    is_edge = now.hour < NIGHT_ENDS and today.weekday() == 0
    return (monday - _WEEK, monday) if is_edge else (monday,)


def _of_week(item: Week, now: datetime) -> Pick:
    days = tuple(monday + n * _DAY for monday in _mondays(now, item.shift) for n in range(7))
    return Pick(days, "В какой день недели?" if len(days) == 7 else _EDGE)


def _of_weekend(item: Weekend, today: date) -> Pick:
    saturday = today - today.weekday() * _DAY + 5 * _DAY + item.shift * _WEEK
    days = tuple(day for day in (saturday, saturday + _DAY) if day >= today)
    return Pick(days, "В какой из выходных дней?")


def of_weekday(item: Weekday, now: datetime) -> Pick:
    today = now.date()
    nearest = today + (item.number - today.weekday()) % 7 * _DAY
    if item.which is Which.NEXT:
        return _of_next(item, nearest, now)
    if item.which is Which.THIS:
        days = tuple(monday + item.number * _DAY for monday in _mondays(now, 0))
        if len(days) == 1 and days[0] < today:
            why = passed(days[0])
            return Pick((nearest,), why)
        if len(days) > 1:
            return Pick(days[1:], _EDGE)
    if nearest == today:
        name = WEEKDAY_NAMES[item.number]
        return Pick((today, today + _WEEK), f"Сегодня {name}: сегодня или через неделю?")
    return Pick((nearest,))


def _of_next(item: Weekday, nearest: date, now: datetime) -> Pick:
    of_next_week = {monday + item.number * _DAY for monday in _mondays(now, 1)}
    dates = tuple(sorted(of_next_week | {nearest + _WEEK}))
    if len(dates) == 1:
        return Pick(dates)
    name = ACCUSATIVE[item.number].split(" ", 1)[1]
    return Pick(dates, f"Следующую неделю для слова «{name}» можно посчитать по-разному.")


def passed(day: date) -> str:
    return f"{capital(say_day(day))} — этот день уже прошёл."


def exists(year: int, month: int, day: int) -> date | None:
    """Return the date if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _of_date(item: Date, today: date) -> Pick:
    name = f"{item.day} {MONTH_NAMES[item.month - 1]}"
    day = exists(item.year or today.year, item.month, item.day)
    again = exists(today.year + 1, item.month, item.day)
    if item.year is not None:
        if day is None:
            return Pick((), f"{name} {item.year} не бывает.")
        if day < today:
            return Pick((), passed(day))
        return Pick((day,)) if day < _LAST else Pick((), TOO_FAR)
    if day is None:
        is_leap_day = (item.day, item.month) == (29, 2)
        why = f"В {today.year} году нет дня {name}." if is_leap_day else f"{name} не бывает."
        return Pick(() if again is None else (again,), why)
    if day < today:
        why = f"{name} {today.year} уже прошло."
        return Pick(() if again is None else (again,), why)
    return Pick((day,), later=again if day == today else None)


def _of_month_day(item: MonthDay, today: date) -> Pick:
    this_month = exists(today.year, today.month, item.day)
    later = _next_with(item.day, today)
    if this_month is None:
        return Pick((later,), f"В этом месяце нет {item.day} числа.")
    if this_month < today:
        return Pick((later,), passed(this_month))
    return Pick((this_month,), later=later if this_month == today else None)


def _next_with(number: int, today: date) -> date:
    """Return the day of that number in the next month that has it."""
    for months in range(1, 4):
        year, index = divmod(today.year * 12 + today.month - 1 + months, 12)
        day = exists(year, index + 1, number)
        if day is not None:
            return day
    raise ValueError(number)  # every number up to 31 comes within two months


def of_span(span: Span, today: date, weekdays: Sequence[Weekday]) -> Pick:
    """Return the day of a span without minutes; with a weekday a span of weeks moves that weekday."""
    if span.every_other:
        days = (today + _DAY, today + 2 * _DAY)
        return Pick(days, "«Через день» — это завтра или послезавтра?")
    ahead = span.days + span.full_days
    if ahead > _LONGEST_SPAN or span.months > 240:
        return Pick((), TOO_FAR)
    year, index = divmod(today.year * 12 + today.month - 1 + span.months, 12)
    day = exists(year, index + 1, today.day)
    if day is None:
        why = f"{today.day} {MONTH_NAMES[index]} {year} не бывает. Назовите число."
        return Pick((), why)
    day += ahead * _DAY
    if len(weekdays) == 1 and span.days and span.days % 7 == 0 and not span.months:
        return _weeks_and_weekday(weekdays[0], span.days * _DAY, today)
    return Pick((day,))


def _weeks_and_weekday(weekday: Weekday, ahead: timedelta, today: date) -> Pick:
    in_that_week = today - today.weekday() * _DAY + weekday.number * _DAY + ahead
    after_nearest = today + (weekday.number - today.weekday()) % 7 * _DAY + ahead
    dates = tuple(sorted({in_that_week, after_nearest}))
    return Pick(dates, None if len(dates) == 1 else "Недели можно посчитать по-разному.")
