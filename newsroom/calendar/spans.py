"""«через …»: «через 2 часа 30 минут», «через полтора часа», «через неделю», «минут через десять»."""

from __future__ import annotations

from dataclasses import replace

from newsroom.calendar import words
from newsroom.calendar.days import month_at
from newsroom.calendar.figures import Taken, counts_something, read_run
from newsroom.calendar.items import Problem, Span
from newsroom.calendar.tokens import Line
from newsroom.calendar.words import Mark, Unit

_HOW_MUCH = "Через сколько? Напишите число, например: через 20 минут, через 2 часа, через 3 дня."
_NOT_AHEAD = "Время публикации должно быть впереди: укажите число больше нуля."
_NO_HALF = "Дни, недели и месяцы считаем целыми. Назовите дату и время, например 25 ноября в 18:00."
_ONE_AND_HALF = frozenset({"полтора", "полторы", "полутора"})
_HALF_HOUR = frozenset({"полчаса", "получаса", "полчасика"})
_SIZES = {
    Unit.MINUTE: Span(minutes=1),
    Unit.HOUR: Span(minutes=60),
    Unit.FULL_DAY: Span(full_days=1),
    Unit.DAY: Span(days=1),
    Unit.WEEK: Span(days=7),
    Unit.MONTH: Span(months=1),
    Unit.YEAR: Span(months=12),
}


def read_span(line: Line, index: int) -> Taken | None:
    """Read a span at an index; None when none begins there."""
    if line.word(index) in words.THROUGH:
        return _through(line, index)
    return _turned(line, index)


def _turned(line: Line, index: int) -> Taken | None:
    """Read «минут через десять»: a span that was not meant exactly."""
    unit = words.UNITS.get(line.word(index))
    if unit is None or line.word(index + 1) not in words.THROUGH:
        return None
    number = line.number(index + 2)
    if number is None or line.word(index + 3) in words.UNITS:
        return None
    if line.sign(index + 3) == "-" and line.number(index + 4) is not None:
        return Mark.RANGE, 5
    return _loosely(unit, number), 3


def _loosely(unit: Unit, number: int) -> Span | Problem:
    return replace(_SIZES[unit].times(number), loose=True) if number else Problem(_NOT_AHEAD)


def _through(line: Line, index: int) -> Taken | None:
    at = index + 1
    if line.sign(at) == "-" and line.number(at + 1) is not None:
        return Problem(_NOT_AHEAD), 3
    total, parts = Span(), 0
    while True:
        joined = 1 if parts and line.word(at) == "и" else 0
        found = _quantity(line, at + joined, alone=parts == 0)
        if found is None:
            break
        item, length = found
        at += joined + length
        if not isinstance(item, Span):
            return item, at - index
        # «через 3 дня 18 часов» may want an hour, not a length.
        mixed = bool(total.days and item.minutes and not joined)
        total, parts = (
            replace(total.plus(item), loose=total.loose or item.loose or mixed),
            parts + 1,
        )
    if not parts:
        return _unfinished(line, index)
    if line.sign(at) == "-" and _goes_on(line, at + 1):
        return Mark.RANGE, at + 2 - index
    return _minutes_alone(line, index, at, total)


def _minutes_alone(line: Line, index: int, at: int, total: Span) -> Taken:
    """Add the «двадцать» of «через час двадцать»."""
    number = line.number(at)
    stands_alone = number is not None and (
        month_at(line, at + 1) is None
        and line.word(at + 1) not in words.HOUR
        and line.word(at + 1) not in ("числа", "число")
        and line.number(at + 1) is None
        and read_run(line, at) is None
        and not counts_something(line, at + 1)
    )
    whole_hours = total == Span(minutes=total.minutes) and total.minutes % 60 == 0
    if number is not None and 1 <= number <= 59 and whole_hours and stands_alone:
        return total.plus(Span(minutes=number)), at + 1 - index
    if total == Span(days=1) and line.word(at - 1) == "день" and line.number(at - 2) is None:
        return Span(every_other=True), at - index
    return total, at - index


def _unfinished(line: Line, index: int) -> Taken | None:
    """Refuse «через 30» and «через 2-3 часа»; «через дорогу» is no time."""
    at = index + 1
    if line.word(at) in words.UNITS and line.number(at + 1) is not None:
        return _loosely(words.UNITS[line.word(at)], line.number(at + 1) or 0), 3
    if line.number(at) is None:
        word = line.word(at)
        is_day = word in words.WEEKDAYS or word in words.FEW or word in words.UNITS
        return (Problem(_HOW_MUCH), 2) if is_day else None
    end = at + 1
    while line.number(end) is not None or line.sign(end) in ("-", ":", ".", ","):
        end += 1
    if line.word(end) in words.UNITS:
        ranged = line.sign(at + 1) == "-" or line.number(at + 1) is not None
        return (Mark.RANGE if ranged else Problem(_HOW_MUCH)), end + 1 - index
    return Problem(_HOW_MUCH), end - index


def _goes_on(line: Line, index: int) -> bool:
    return line.number(index) is not None or line.word(index) in _ONE_AND_HALF | words.FEW


def _quantity(line: Line, index: int, *, alone: bool) -> Taken | None:
    """Read one «2 часа»; a unit without a number may only stand first."""
    word = line.word(index)
    if word in _HALF_HOUR:
        return Span(minutes=30, loose=word == "полчасика"), 1
    if word == "полгода":
        return Span(months=6), 1
    hyphen = 1 if line.sign(index + 1) == "-" else 0
    if word == "пол" and line.word(index + 1 + hyphen) == "часа":
        return Span(minutes=30), 2 + hyphen
    if word in words.QUARTER and line.word(index + 1) == "часа":
        return Span(minutes=15), 2
    if word in words.FEW and line.word(index + 1) in words.UNITS:
        return Problem(_HOW_MUCH), 2
    if word in _ONE_AND_HALF:
        return _one_and_half(line, index)
    follows = line.number(index + 1) is not None and word != "час"  # «через час двадцать»
    if word in words.ONE_UNITS and alone and not follows:
        return _one(word), 1
    return _counted(line, index)


def _one(word: str) -> Span:
    return replace(_SIZES[words.UNITS[word]], loose=word in words.LOOSE_UNITS)


def _one_and_half(line: Line, index: int) -> Taken:
    unit = words.UNITS.get(line.word(index + 1))
    if unit is Unit.HOUR:
        return Span(minutes=90), 2
    if unit is Unit.FULL_DAY:
        return Span(minutes=36 * 60), 2
    return Problem(_NO_HALF), 2 if unit else 1


def _counted(line: Line, index: int) -> Taken | None:
    """Read «2 часа», «1,5 часа», «2 с половиной часа», «2 часа с половиной»."""
    number = line.number(index)
    if number is None:
        return None
    tenths, at = _decimal(line, index)
    before = _is_and_half(line, at)
    at += 2 if before else 0
    unit = words.UNITS.get(line.word(at))
    if unit is None:
        return None
    loose = line.word(at) in words.LOOSE_UNITS
    at += 1
    behind = _is_and_half(line, at)
    at += 2 if behind else 0
    tenths = 5 if before or behind else tenths
    if tenths and unit is not Unit.HOUR:
        return Problem(_NO_HALF), at - index
    size = _SIZES[unit].times(number).plus(Span(minutes=tenths * 6, loose=loose))
    return (Problem(_NOT_AHEAD) if size.is_empty else size), at - index


def _is_and_half(line: Line, index: int) -> bool:
    return line.word(index) == "с" and line.word(index + 1) == "половиной"


def _decimal(line: Line, index: int) -> tuple[int, int]:
    """Return the tenths of «1,5» and the index behind the number."""
    tied = line.sign(index + 1) in (",", ".") and line[index + 1].glued and line[index + 2].glued
    tenths = line[index + 2]
    if not tied or not tenths.figures or len(tenths.text) != 1:
        return 0, index + 1
    return tenths.value, index + 3
