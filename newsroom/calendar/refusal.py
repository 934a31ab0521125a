"""Phrases about time that name no moment to publish at, and what is said to them."""

from __future__ import annotations

from newsroom.calendar.context import YEARS, compact
from newsroom.calendar.items import Found, Month, Year
from newsroom.calendar.words import Mark

_DAY_AND_HOUR = "Напишите один день и одно время, например: завтра в 18:00."
_SENTENCES = {
    Mark.REPEATED: f"Публикацию по расписанию одной фразой задать нельзя. {_DAY_AND_HOUR}",
    Mark.NEGATED: f"Напишите, когда публиковать, а не когда нельзя. {_DAY_AND_HOUR}",
    Mark.PAST: f"Это уже в прошлом. {_DAY_AND_HOUR}",
    Mark.RANGE: f"Нужен один момент, а не промежуток. {_DAY_AND_HOUR}",
    Mark.BETWEEN: f"Нужен один момент, а не промежуток. {_DAY_AND_HOUR}",
    Mark.NOW: "Чтобы опубликовать сразу, не нужно назначать время: нажмите кнопку публикации. "
    "А если позже, напишите, когда именно.",
    Mark.LATER: f"Когда именно? {_DAY_AND_HOUR}",
}
_LONE = (Mark.REPEATED, Mark.NOW, Mark.LATER, Mark.PAST, Mark.RANGE)
_FEW_UNKNOWN = 4  # words: more of them around a day, and the phrase is news, not an order


def is_no_time(found: Found) -> bool:
    """Tell whether the phrase is about something else."""
    if found.clocks or found.problems or any(span.minutes for span in found.spans):
        return False
    days = [day for day in found.days if not isinstance(day, Month | Year)]
    if days or found.spans or found.eithers:
        return found.unknown > _FEW_UNKNOWN
    if found.days:  # «в мае», «в 2027 году»
        return found.unknown > 0
    weak = bool(found.parts) or any(mark in _LONE for mark in found.marks)
    numbers = [one.value for one in found.loose]
    lone_number = bool(numbers) and not found.unknown and all(map(_may_be_asked, numbers))
    return not lone_number and not (weak and found.unknown < 2)


def _may_be_asked(number: int) -> bool:
    return number <= 31 or (number not in YEARS and compact(number) is not None)


def refusal(found: Found) -> str | None:
    """Return what to say to a phrase that can give no moment, or None."""
    if found.problems:
        return found.problems[0]
    for mark, sentence in _SENTENCES.items():
        if mark in found.marks:
            return sentence
    is_range = found.marks.count(Mark.BOUND) > 1 or len(found.spans) > 1
    return _SENTENCES[Mark.RANGE] if is_range or _is_several(found) else None


def _is_several(found: Found) -> bool:
    times = len(found.clocks) + len(found.eithers) + len(found.loose)
    marks = set(found.marks)
    several_times = times > 1 and marks & {Mark.AND, Mark.DASH}
    several_days = len(found.days) > 1 and Mark.AND in marks
    return Mark.OR in marks or bool(several_times or several_days)
