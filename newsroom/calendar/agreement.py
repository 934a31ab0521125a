"""The day on which all the words for days in a phrase agree, or those between which to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from newsroom.calendar.dates import Pick, of_span, of_weekday, passed, pick_of
from newsroom.calendar.items import Date, Day, Month, MonthDay, Span, Weekday, Year
from newsroom.calendar.words import MONTH_NAMES, WEEKDAY_NAMES, Which

_WEEK = timedelta(days=7)


def pick(items: Sequence[Day], spans: Sequence[Span], now: datetime) -> Pick:
    """Return the days on which all the words for days agree, or those between which to choose."""
    merged = _merged(items, now.date())
    weekdays = [i for i in merged if isinstance(i, Weekday) and i.which is Which.PLAIN]
    others = [pick_of(i, now) for i in merged if i not in weekdays]
    others += [of_span(span, now.date(), weekdays) for span in spans]
    if not others and len({day.number for day in weekdays}) == 1:
        return of_weekday(weekdays[0], now)
    if not others:
        return _conflict([of_weekday(day, now) for day in weekdays], [], now.date())
    if any(not one.dates for one in others):
        return Pick((), next(one.why for one in others if not one.dates))
    return _agreed(others, weekdays, now.date())


def _agreed(picks: Sequence[Pick], weekdays: Sequence[Weekday], today: date) -> Pick:
    common = set(picks[0].dates).intersection(*(one.dates for one in picks[1:]))
    for weekday in weekdays:
        common = {day for day in common if day.weekday() == weekday.number}
    if not common:
        return _conflict(picks, weekdays, today)
    dates = tuple(sorted(common))
    narrowed = len(dates) == 1 and any(len(one.dates) > 1 for one in picks)
    if narrowed and dates[0] < today:
        return Pick((), passed(dates[0]))
    why = next((one.why for one in picks if one.why), None)
    is_sure = len(dates) == 1 and (narrowed or any(one.is_sure for one in picks))
    later = next((one.later for one in picks if one.later), None)
    return Pick(dates[:4], None if is_sure else why, later)


def _conflict(picks: Sequence[Pick], weekdays: Sequence[Weekday], today: date) -> Pick:
    named = {day for one in picks for day in one.dates[:2]}
    nearest = {
        _closest(day, weekday.number, today)
        for weekday in weekdays
        for day in named
        if day.weekday() != weekday.number
    }
    dates = tuple(sorted(day for day in named | nearest if day >= today))[:4]
    if weekdays and len(named) == 1:
        (day,) = named
        said = f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
        return Pick(dates, f"{said} — это {WEEKDAY_NAMES[day.weekday()]}.")
    return Pick(dates, "Названы разные дни.")


def _closest(day: date, weekday: int, today: date) -> date:
    """Return the day of the week that is closest to a day and not in the past."""
    before = day - timedelta(days=(day.weekday() - weekday) % 7)
    after = before + _WEEK
    return before if day - before < after - day and before >= today else after


def _merged(items: Sequence[Day], today: date) -> list[Day]:
    """Return them with months and years put into the dates they belong to."""
    months = [item for item in items if isinstance(item, Month)]
    years = [item for item in items if isinstance(item, Year)]
    rest: list[Day] = [item for item in items if not isinstance(item, Month | Year)]
    for month in months:
        days = [item for item in rest if isinstance(item, MonthDay)]
        if days:
            rest[rest.index(days[0])] = _in_month(days[0], month, today)
        else:
            rest.append(month)
    for year in years:
        dates = [item for item in rest if isinstance(item, Date) and item.year is None]
        number = year.number if year.number is not None else today.year + (year.shift or 0)
        if dates:
            rest[rest.index(dates[0])] = replace(dates[0], year=number)
        else:
            rest.append(year)
    return list(dict.fromkeys(rest))


def _in_month(day: MonthDay, month: Month, today: date) -> Date:
    if month.number is not None:
        return Date(day.day, month.number)
    year, index = divmod(today.year * 12 + today.month - 1 + (month.shift or 0), 12)
    return Date(day.day, index + 1, year)
