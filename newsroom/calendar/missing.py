"""Phrases that name no hour, or only a number: what to ask and which moments to offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from newsroom.calendar.agreement import pick
from newsroom.calendar.context import as_clock, compact
from newsroom.calendar.dates import Pick
from newsroom.calendar.hours import LATE, OFFERED, OFFERED_ON_TWO, Slot, slots_of
from newsroom.calendar.items import Clock, Date, Found, MonthDay
from newsroom.calendar.local import future, moments_at
from newsroom.calendar.saying import hour_question, question
from newsroom.calendar.when import NOTHING, PASSED, Grain, When, answer, is_far
from newsroom.calendar.words import Mark, Part

_DAY = timedelta(days=1)
_NOON = (Slot(time(12)),)
_EXACTLY = "Во сколько именно?"
_MOST_DATES = 3  # of more days (a whole week) none is offered


def ask_hour(found: Found, picked: Pick | None, doubts: Sequence[str], now: datetime) -> When:
    """Ask for the hour of a day; it is kept in the answer if it is sure."""
    part = found.parts[0] if len(set(found.parts)) == 1 else None
    if picked is None:  # a part of the day alone
        offered = _offered((now.date(),), part, now) or _offered((now.date() + _DAY,), part, now)
        return When(None, question([_EXACTLY], offered), offered, Grain.DAY)
    if not picked.dates or len(picked.dates) > _MOST_DATES:
        return When(None, question([picked.why or _EXACTLY], ()), grain=Grain.DAY)
    offered = _offered(picked.dates, part, now)
    if picked.why is not None:
        return answer([picked.why, _EXACTLY], offered, Grain.DAY, now)
    day = picked.dates[0]
    if part is not None and not offered:
        later = _offered((picked.later or day + _DAY,), part, now)
        return answer([PASSED, _EXACTLY], later, Grain.DAY, now)
    is_sure = Mark.BOUND not in found.marks and part is not Part.NIGHT
    if not is_sure or any(is_far(moment, now) for moment in offered):
        return answer([*doubts, _EXACTLY], offered, Grain.DAY, now)
    return When(None, hour_question(day), offered, Grain.DAY, day)


def _offered(days: Sequence[date], part: Part | None, now: datetime) -> tuple[datetime, ...]:
    """Return the usual hours of days that are still ahead."""
    hours = OFFERED_ON_TWO if part is None and len(days) > 1 else OFFERED[part]
    slots = [Slot(time(hour)) for hour in hours]
    if part is Part.NIGHT:
        slots = [Slot(time(1)), Slot(time(23)), Slot(time(1), 1)]
    moments = moments_at(days, slots, now).at
    if not moments and part is None:
        moments = moments_at(days[:1], [Slot(time(LATE))], now).at
    return moments


def ask_number(found: Found, picked: Pick | None, now: datetime) -> When:
    """Ask what a number is, an hour (of the day that is named, if one is) or a day."""
    clock, day, said = _readings(found)
    moments: tuple[datetime, ...] = ()
    if clock is not None:
        tonight = [slot for slot in slots_of([clock], []).slots if slot.shift == 0]
        for dates in [picked.dates] if picked else [(now.date(),), (now.date() + _DAY,)]:
            moments = moments or moments_at(dates, tonight, now).at
    if day is not None:
        moments = future([*moments, *moments_at(pick([day], [], now).dates, _NOON, now).at], now)
    if not moments:
        return NOTHING
    return answer([said], moments, Grain.HOUR, now)


def _readings(found: Found) -> tuple[Clock | None, Date | MonthDay | None, str]:
    if found.eithers:
        either = found.eithers[0]
        shape = f"{either.first}.{either.second:02}"
        return as_clock(either), Date(either.first, either.second), f"{shape} — это дата или время?"
    number = found.loose[0].value
    clock = Clock(number) if number <= 24 else compact(number)
    day = MonthDay(number) if 1 <= number <= 31 else None
    return clock, day, f"{number} — это час или число?"
