"""Times of day in words: «в 18 часов 30 минут», «полседьмого», «без четверти семь», «в час дня»."""

from __future__ import annotations

from dataclasses import replace

from newsroom.calendar import words
from newsroom.calendar.days import month_at
from newsroom.calendar.figures import (
    NO_TIME,
    Taken,
    counts_something,
    is_clock,
    is_measure,
    read_run,
)
from newsroom.calendar.items import Clock, Either, Item, Loose, Problem, Style
from newsroom.calendar.numerals import HALVES, Case
from newsroom.calendar.tokens import Kind, Line

_BY_FIGURES = "Напишите время цифрами, например 18:30."


def read_clock(line: Line, index: int) -> Taken | None:
    """Read a time of day at an index; None when none begins there."""
    for rule in (_noon, _half, _quarter, _less, _past_the_hour, _in_hour, _one_oclock, _numbered):
        taken = rule(line, index)
        if taken is not None:
            return with_part(line, index, taken)
    return None


def with_part(line: Line, index: int, taken: Taken) -> Taken:
    """Add «вечера» and the like, and an hour's word after figures («18:00 ч»)."""
    item, length = taken
    if not isinstance(item, Clock):
        return taken
    if item.style is Style.FIGURES and line.word(index + length) in words.HOUR:
        length += 1
    part = words.GENITIVES.get(line.word(index + length))
    if part is None or item.part is not None:
        return item, length
    return replace(item, part=part), length + 1


def _noon(line: Line, index: int) -> Taken | None:
    if line.word(index) in words.NOON:
        return Clock(12, style=Style.FIGURES), 1
    if line.word(index) in words.MIDNIGHT:
        return Clock(0, style=Style.FIGURES), 1
    return None


def _half(line: Line, index: int) -> Taken | None:
    """Read «полседьмого», «пол-седьмого», «половина седьмого»."""
    ahead = HALVES.get(line.word(index))
    if ahead is not None:
        return _dial(ahead - 1, 30), 1
    if line.word(index) not in words.HALF:
        return None
    at = index + 2 if line.sign(index + 1) == "-" else index + 1
    hour = _hour_ahead(line, at)
    return None if hour is None else (_dial(hour - 1, 30), at + 1 - index)


def _quarter(line: Line, index: int) -> Taken | None:
    hour = _hour_ahead(line, index + 1) if line.word(index) in words.QUARTER else None
    return None if hour is None else (_dial(hour - 1, 15), 2)


def _hour_ahead(line: Line, index: int) -> int | None:
    """Return the hour of «половина седьмого»; «седьмого ноября» is a day."""
    hour = line.ordinal(index, Case.GENITIVE)
    is_hour = hour is not None and 1 <= hour <= 12 and month_at(line, index + 1) is None
    return hour if is_hour else None


def _dial(hour: int, minute: int) -> Clock:
    return Clock(hour % 12, minute, Style.DIAL, has_minutes=True)


def _less(line: Line, index: int) -> Taken | None:
    """Read «без десяти семь», «без четверти час», «без 5 минут шесть»."""
    if line.word(index) != "без":
        return None
    minutes = 15 if line.word(index + 1) in words.QUARTER else line.number(index + 1)
    if minutes is None:
        return None
    at = index + 3 if line.word(index + 2) in words.MINUTE else index + 2
    hour = 1 if line.word(at) in words.ONE_HOUR else line.number(at)
    if hour is None or not 1 <= hour <= 24 or not 1 <= minutes <= 30:
        return Problem(_BY_FIGURES), at - index
    if month_at(line, at + 1) is not None:
        return Problem(_BY_FIGURES), at + 1 - index
    if hour > 12:
        return Clock(hour - 1, 60 - minutes, has_minutes=True), at + 1 - index
    end = at + 2 if line.word(at + 1) in words.HOUR and line.word(at) not in words.HOUR else at + 1
    return _dial(hour - 1, 60 - minutes), end - index


def _past_the_hour(line: Line, index: int) -> Taken | None:
    """Read «десять минут седьмого»; without «минут» it may be an hour and a day, so it is asked."""
    minute = line.number(index)
    if minute is None or not 1 <= minute <= 59:
        return None
    named = line.word(index + 1) in words.MINUTE
    at = index + 2 if named else index + 1
    hour = _hour_ahead(line, at)
    if hour is None:
        return None
    if named:
        return _dial(hour - 1, minute), at + 1 - index
    if line[index].figures or line[at].figures:
        return None
    return Problem(_BY_FIGURES), at + 1 - index


def _in_hour(line: Line, index: int) -> Taken | None:
    """Refuse «в седьмом часу»: it is no moment."""
    hour = line.ordinal(index, Case.HOUR)
    inside = hour is not None and line.word(index + 1) in words.HOUR
    return (Problem(_BY_FIGURES), 2) if inside else None


def _one_oclock(line: Line, index: int) -> Taken | None:
    """Read «час дня», «в час», «в час тридцать»."""
    if line.word(index) not in ("час", "часу", "часа"):
        return None
    if line.word(index + 1) in words.GENITIVES:
        return Clock(1), 1
    before = line.word(index - 1)
    if before not in words.AT | {"около"} or counts_something(line, index + 1):
        return None
    return _with_minutes(line, index, 1, 1)


def _numbered(line: Line, index: int) -> Taken | None:
    """Read «18 часов 30 минут», «восемнадцать тридцать», «6 вечера», «в 18»."""
    hour = line.number(index)
    if hour is None or line[index].value < 0:
        return None
    if line.word(index + 1) in words.HOUR:
        if line.word(index - 1) in words.DURING:
            return None, 2
        return _with_minutes(line, index, hour, 2)
    if line.word(index + 1) in words.GENITIVES and not _are_days(line, index, hour):
        return _checked(hour, 0, 1)
    if line.word(index + 1) in words.UNITS:
        return None, 2  # «10 минут», «5 дней»: a length
    pair = _minutes_behind(line, index, hour)
    if pair is not None:
        return pair
    return _alone(line, index, hour)


def _are_days(line: Line, index: int, number: int) -> bool:
    """Tell whether «2 дня» are two days; «в 2 дня» and «12 дня» are times."""
    counted = line.word(index + 1) == "дня" and number % 10 in (2, 3, 4) and number != 12
    return counted and line.word(index - 1) not in words.AT


def _alone(line: Line, index: int, number: int) -> Taken | None:
    """Read a number that only its preposition can make an hour."""
    before = line.word(index - 1)
    if counts_something(line, index + 1):
        may_be_hour = before in ("в", "к", "на") and not is_measure(line, index + 1)
        return (Loose(number, weak=True) if may_be_hour and number <= 24 else None), 1
    if before in ("в", "во", "к", "ко") or before in words.BOUNDS:
        if number <= 24:
            return Clock(number), 1
        if before in ("в", "во") and number <= 60:
            return Problem(NO_TIME.format(f"{number}:00")), 1
    is_room = line[index].figures and len(line[index].text) == 3
    return (Loose(number), 1) if number < 2400 and not is_room else (None, 1)


def _with_minutes(line: Line, index: int, hour: int, length: int) -> Taken:
    """Read the minutes behind «18 часов» or «час»."""
    at = index + length
    minute, taken = _minute(line, at)
    if taken == 0 and line.sign(at) == ".":  # «18 ч. 30 мин.»
        minute, taken = _minute(line, at + 1)
        taken += 1 if taken else 0
    if taken == 0:
        return _checked(hour, 0, length)
    return _checked(hour, minute, length + taken, has_minutes=True)


def _minute(line: Line, index: int) -> tuple[int, int]:
    """Return the minutes at an index and how many tokens they take; (0, 0) when it is another number."""
    if line.word(index) == "и" and line.word(index + 2) in words.MINUTE:
        minute, taken = _minute(line, index + 1)
        return minute, taken + 1 if taken else 0
    number = line.number(index)
    if number is None or read_run(line, index) is not None:
        return 0, 0
    if line.word(index + 1) in words.MINUTE:
        return number, 2
    if number == 0 and not line[index].figures and line.number(index + 1) in range(10):
        return int(line.number(index + 1) or 0), 2  # «ноль пять», «ноль ноль»
    two_figures = len(line[index].text) == 2 if line[index].figures else 10 <= number <= 59
    behind = index + 1
    belongs_elsewhere = (
        month_at(line, behind) is not None
        or line.word(behind) in words.HOUR
        or line.number(behind) is not None
        or (line.word(behind) in words.UNITS and line.word(behind) not in words.GENITIVES)
        or line.word(behind) in words.YEAR
        or counts_something(line, behind)
    )
    return (number, 1) if two_figures and not belongs_elsewhere else (0, 0)


def _minutes_behind(line: Line, index: int, hour: int) -> Taken | None:
    """Read «18 30» and «восемнадцать тридцать»."""
    if hour > 24 or line[index + 1].kind is not Kind.NUMBER:
        return None
    if line[index].figures is not line[index + 1].figures:
        return None
    minute, taken = _minute(line, index + 1)
    if taken == 0:
        return None
    item, length = _checked(hour, minute, 1 + taken, has_minutes=True)
    if not isinstance(item, Clock) or not line[index].figures:
        return item, length
    if hour >= 1 and 1 <= minute <= 12 and taken == 1 and not _is_part(line, index + length):
        return Either(hour, minute, line.word(index - 1) in ("в", "к")), length  # «18 12»
    return replace(item, style=Style.FIGURES), length  # «6 30» is 6:30


def _is_part(line: Line, index: int) -> bool:
    return line.word(index) in words.GENITIVES


def _checked(hour: int, minute: int, length: int, *, has_minutes: bool = False) -> Taken:
    item: Item = Clock(hour, minute, has_minutes=has_minutes)
    if not is_clock(hour, minute):
        item = Problem(NO_TIME.format(f"{hour}:{minute:02}") if hour < 10**6 else _BY_FIGURES)
    return item, length
