"""Numbers that only the rest of the phrase explains: 18.11, or a lone 18."""

from __future__ import annotations

from newsroom.calendar.figures import NO_TIME, is_clock
from newsroom.calendar.items import Clock, Date, Either, Found, Loose, MonthDay, Style, Weekday
from newsroom.calendar.words import Mark

YEARS = range(1900, 2100)


def settle(found: Found, *, day_is_known: bool) -> None:
    """Turn numbers into hours and days where the rest of the phrase makes them so.

    What stays in `found.eithers` and `found.loose` has to be asked. `day_is_known` says that the
    day was named before and only its hour is awaited.
    """
    _settle_eithers(found, day_is_known=day_is_known)
    _settle_loose(found, day_is_known=day_is_known)


def has_day(found: Found) -> bool:
    """Tell whether a day is named."""
    return bool(found.days) or any(not span.minutes for span in found.spans)


def has_hour(found: Found) -> bool:
    """Tell whether a time of day is named, or an exact span."""
    return bool(found.clocks) or any(span.minutes for span in found.spans)


def may_be_date(either: Either) -> bool:
    """Tell whether the numbers can be a day and a month."""
    return 1 <= either.first <= 31 and 1 <= either.second <= 12


def as_clock(either: Either) -> Clock:
    """Return the numbers read as hours and minutes."""
    return Clock(either.first, either.second, Style.FIGURES, has_minutes=True)


def compact(number: int) -> Clock | None:
    """Return 1830 read as 18:30."""
    hour, minute = divmod(number, 100)
    is_time = 100 <= number <= 2359 and is_clock(hour, minute)
    return Clock(hour, minute, Style.FIGURES, has_minutes=True) if is_time else None


def _settle_eithers(found: Found, *, day_is_known: bool) -> None:
    eithers, found.eithers = found.eithers, []
    is_pair = len(eithers) == 2 and may_be_date(eithers[0])
    if is_pair and not has_hour(found) and not has_day(found):
        found.days.append(Date(eithers[0].first, eithers[0].second))
        found.clocks.append(as_clock(eithers[1]))
        found.doubtful = True
        return
    for either in eithers:
        if not may_be_date(either):
            found.clocks.append(as_clock(either))
            found.doubtful = True
        elif has_hour(found):
            _put_date(found, either)
        elif _names_weekday_only(found) and not either.at:
            found.eithers.append(either)  # «пятница, 18.12»: the weekday of that date?
        elif has_day(found) or day_is_known:
            found.clocks.append(as_clock(either))
            found.clock_eithers.append(either)
        else:
            found.eithers.append(either)


def _names_weekday_only(found: Found) -> bool:
    return bool(found.days) and all(isinstance(day, Weekday) for day in found.days)


def _put_date(found: Found, either: Either) -> None:
    if has_day(found) and not _names_weekday_only(found):
        found.unknown += 1
    else:
        found.days.append(Date(either.first, either.second))


def _settle_loose(found: Found, *, day_is_known: bool) -> None:
    if len(found.loose) > 1:
        if not {Mark.OR, Mark.AND, Mark.DASH} & set(found.marks):
            found.unknown += len(found.loose)
            found.loose = []
        return
    for one in found.loose:
        hour_is_missing = not has_hour(found) and not found.eithers
        day = has_day(found) or day_is_known
        if hour_is_missing and (day or (not one.weak and (found.parts or found.zones))):
            _as_hour(found, one)
        elif _may_be_day(found, one):
            found.days.append(MonthDay(one.value))
            found.doubtful = True
        elif one.weak or day or not hour_is_missing:
            found.unknown += 1
        else:
            return
    found.loose = []


def _may_be_day(found: Found, one: Loose) -> bool:
    """Tell whether a number beside an hour is a day: «25 в 18:00», «пт 27 18:00»."""
    open_day = not has_day(found) or _names_weekday_only(found)
    return has_hour(found) and open_day and 1 <= one.value <= 31 and not one.weak


def _as_hour(found: Found, one: Loose) -> None:
    clock = Clock(one.value) if one.value <= 24 else compact(one.value)
    if clock is not None:
        found.clocks.append(clock)
        found.loose_hour = one.value
        # «пятница 13» may be a day of the month.
        is_beside_weekday = any(isinstance(day, Weekday) for day in found.days)
        found.doubtful = found.doubtful or one.value > 24 or is_beside_weekday
    elif 25 <= one.value <= 31 and found.days:
        found.days.append(MonthDay(one.value))
    elif not found.days and one.value < 100:
        found.problems.append(NO_TIME.format(f"{one.value}:00"))
    else:
        found.unknown += 1
