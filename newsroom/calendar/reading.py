"""From a phrase to the moment it means, or to the question that it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from newsroom.calendar import context, tokens
from newsroom.calendar.agreement import pick
from newsroom.calendar.dates import TOO_FAR, Pick
from newsroom.calendar.hours import slots_of
from newsroom.calendar.items import Found, Span, Style
from newsroom.calendar.local import moments_at, whole_minute
from newsroom.calendar.missing import ask_hour, ask_number
from newsroom.calendar.refusal import is_no_time, refusal
from newsroom.calendar.saying import question
from newsroom.calendar.scan import scan
from newsroom.calendar.when import NOTHING, PASSED, Grain, When, answer
from newsroom.calendar.words import Mark

_DAY = timedelta(days=1)
_LONGEST_SPAN = 20 * 366 * 24 * 60  # minutes
_NEXT_NIGHT = "Это уже следующие сутки."
_CONFLICT = "Срок и названный день или час не сходятся."


def read_when(text: str, now: datetime, *, day: date | None = None) -> When:
    """Read when a post is to be published; counts from `now`, the message's own (aware) time.

    With `day` the phrase answers «во сколько?» and may be only an hour. Never raises on a text.
    """
    line = tokens.read(text)
    if line is None:
        return NOTHING
    found = scan(line)
    context.settle(found, day_is_known=day is not None)
    if is_no_time(found):
        return NOTHING
    refused = refusal(found)
    if refused is not None:
        return When(None, refused)
    for span in found.spans:
        if span.minutes or (span.full_days and not found.clocks):
            return _after(span, found, now, day)
    picked = _day_of(found, now, day)
    if found.eithers or found.loose:
        return ask_number(found, picked, now)
    if found.clocks:
        return _at_hour(found, picked, now)
    return ask_hour(found, picked, _doubts(found), now)


def _day_of(found: Found, now: datetime, day: date | None) -> Pick | None:
    if context.has_day(found):
        return pick(found.days, found.spans, now)
    return None if day is None else Pick((day,), later=day + _DAY)


def _doubts(found: Found) -> list[str]:
    """Return why an understood moment must still be confirmed."""
    doubts = []
    if Mark.VAGUE in found.marks or any(span.loose for span in found.spans):
        doubts.append("Нужно точное время.")
    if Mark.BOUND in found.marks:
        doubts.append("Нужен сам момент публикации, а не «до», «с» или «после».")
    if found.unknown:
        doubts.append("Не все слова поняты.")
    if found.doubtful:
        doubts.append("Запись можно понять по-разному.")
    return doubts


def _at_hour(found: Found, picked: Pick | None, now: datetime) -> When:
    """Return the moment of a day (today, if none is named) and an hour."""
    slots = slots_of(found.clocks, found.parts)
    passed = PASSED
    if picked is None:
        tonight = slots.without_next_night
        passed = PASSED if tonight is slots else _NEXT_NIGHT
        slots = tonight
        picked = Pick((now.date(),), later=now.date() + _DAY)
    grain = _grain(found)
    if not picked.dates or len(picked.dates) > 3:
        return When(None, question([picked.why or PASSED], ()), grain=grain)
    moments = moments_at(picked.dates, slots.slots, now, found.zones)
    reasons = [why for why in (picked.why, slots.why) if why]
    reasons += _dates_in_disguise(found, picked.dates)
    if moments.has_passed:
        reasons.append(passed)
        later = () if picked.later is None else (picked.later,)
        moments = moments_at(later, slots.slots, now, found.zones)
    return answer([*reasons, *moments.reasons, *_doubts(found)], moments.at, grain, now)


def _dates_in_disguise(found: Found, dates: Sequence[date]) -> list[str]:
    """Ask about hours that repeat the day: «завтра 24», «завтра 05.12» said the day before."""
    days = {day.day for day in dates}
    shapes = {(day.day, day.month) for day in dates}
    return [f"{hour} — это час или число?" for hour in {found.loose_hour} & days] + [
        f"{either.first}.{either.second:02} — это дата или время?"
        for either in found.clock_eithers
        if (either.first, either.second) in shapes and not either.at
    ]


def _grain(found: Found) -> Grain:
    is_exact = any(clock.has_minutes or clock.style is Style.FIGURES for clock in found.clocks)
    return Grain.MINUTE if is_exact else Grain.HOUR


def _after(span: Span, found: Found, now: datetime, day: date | None) -> When:
    """Return the moment a span of minutes leads to; days in it count 24 hours."""
    minutes = span.minutes + (span.days + span.full_days) * 24 * 60
    if span.months or minutes > _LONGEST_SPAN:
        return When(None, TOO_FAR)
    instant = now.astimezone(UTC) + timedelta(minutes=minutes)
    moment = whole_minute(instant.astimezone(now.tzinfo))
    reasons = [] if _agrees(moment, found, now, day) else [_CONFLICT]
    grain = Grain.MINUTE if span.minutes % 60 else Grain.HOUR
    return answer([*reasons, *_doubts(found)], (moment,), grain, now)


def _agrees(moment: datetime, found: Found, now: datetime, day: date | None) -> bool:
    """Tell whether a day or an hour beside the span means the same moment."""
    if found.clocks or found.parts or found.zones:
        return False
    picked = pick(found.days, [], now) if found.days else None
    if picked is None:
        return day is None or moment.date() == day
    return moment.date() in picked.dates
