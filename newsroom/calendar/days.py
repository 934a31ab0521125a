"""Days in words: «завтра», «в следующую пятницу», «25 ноября», «25-го»."""

from __future__ import annotations

from newsroom.calendar import words
from newsroom.calendar.figures import Taken, is_measure
from newsroom.calendar.items import (
    Date,
    Item,
    Month,
    MonthDay,
    Problem,
    Relative,
    Week,
    Weekday,
    Weekend,
    Year,
)
from newsroom.calendar.numerals import Case
from newsroom.calendar.tokens import Kind, Line
from newsroom.calendar.words import Mark, Which

_SHIFTS = {Which.PLAIN: 0, Which.THIS: 0, Which.NEXT: 1}
_OF_DAY = (Case.GENITIVE, Case.DAY)


def read_day(line: Line, index: int) -> Taken | None:
    """Read a day or a part of one at an index; None when none begins there."""
    for rule in (_spaced, _date, _year, _month_day, _relative, _named, _month_alone):
        taken = rule(line, index)
        if taken is not None:
            return taken
    return None


def month_at(line: Line, index: int) -> tuple[int, int] | None:
    """Return a month written in words and the index behind it; a hyphen or «числа» may stand before."""
    if line.sign(index) == "-" and line[index].glued and line[index + 1].glued:
        index += 1
    if line.word(index) in ("числа", "число"):
        index += 1
    month = words.MONTHS.get(line.word(index))
    return None if month is None else (month, index + 1)


def _spaced(line: Line, index: int) -> Taken | None:
    """Read «25 11 2026» and «двадцать восьмого двенадцатого»."""
    day, month = line.ordinal(index, Case.GENITIVE), line.ordinal(index + 1, Case.GENITIVE)
    in_words = not line[index].figures and not line[index + 1].figures
    if in_words and day in range(1, 32) and month in range(1, 13):
        return Date(day or 0, month or 0), 2
    tokens = (line[index], line[index + 1], line[index + 2])
    if any(token.kind is not Kind.NUMBER or not token.figures for token in tokens):
        return None
    first, second, year = (token.value for token in tokens)
    fits = 1 <= first <= 31 and 1 <= second <= 12 and 1900 <= year <= 2999
    return (Date(first, second, year), 3) if fits else None


def _date(line: Line, index: int) -> Taken | None:
    number = line.number(index)
    day = number if number is not None else line.ordinal(index, *_OF_DAY)
    if day is None:
        return None
    several = _several_days(line, index)
    if several:
        return Mark.RANGE, several
    month = month_at(line, index + 1)
    if month is None:
        return None
    name = words.MONTH_NAMES[month[0] - 1]
    if not 1 <= day <= 31:
        return Problem(f"{day} {name} не бывает."), month[1] - index
    return Date(day, month[0]), month[1] - index


def _several_days(line: Line, index: int) -> int:
    """Return how many tokens «18 и 19 ноября» takes; 0 for another phrase."""
    joined = line.word(index + 1) in ("и", "или", "либо", "по") or line.sign(index + 1) in (
        "-",
        ",",
    )
    if line.word(index - 1) in words.AT and line.sign(index + 1) == ",":
        return 0  # «в 18, 19 ноября»
    second = line.number(index + 2)
    if second is None:
        second = line.ordinal(index + 2, *_OF_DAY)
    month = month_at(line, index + 3)
    return 0 if not joined or second is None or month is None else month[1] - index


def _month_day(line: Line, index: int) -> Taken | None:
    number = line.number(index)
    if number is not None and line.word(index + 1) in ("числа", "число", "числу"):
        if 1 <= number <= 31:
            return MonthDay(number), 2
        return Problem(f"{number} числа не бывает."), 2
    day = line.ordinal(index, *_OF_DAY)
    if day is None or not 1 <= day <= 31 or line.word(index + 1) in ("часу", "часа"):
        return None
    return MonthDay(day), 2 if line.word(index + 1) in ("числа", "число", "числу") else 1


def _relative(line: Line, index: int) -> Taken | None:
    if line.word(index) in ("после", "посля") and line.word(index + 1) == "завтра":
        return Relative(2), 2  # a slip of the pen
    days = words.RELATIVE.get(line.word(index))
    return None if days is None else (Relative(days), 1)


def _named(line: Line, index: int) -> Taken | None:
    """Read «пятница», «эту пятницу», «следующей неделе», «прошлую среду»."""
    which = words.WHICH.get(line.word(index), Which.PLAIN)
    at = index if which is Which.PLAIN else index + 1
    if line.word(index) in ("след", "сл") and line.sign(at) == ".":
        at += 1
    item = _of_which(line.word(at), which)
    return None if item is None else (item, at + 1 - index)


def _of_which(word: str, which: Which) -> Item | None:
    if which is Which.OTHER:
        is_period = word in words.WEEKDAYS or word in words.WEEK or word in words.WEEKEND
        return Mark.LATER if is_period else None
    if word in words.WEEKDAYS:
        past = which is Which.PAST
        return Mark.PAST if past else Weekday(words.WEEKDAYS[word], which)
    if word in words.WEEKEND:
        return Mark.PAST if which is Which.PAST else Weekend(_SHIFTS.get(which, 0))
    if which is Which.PLAIN:
        return None
    shift = _SHIFTS.get(which)
    if shift is not None and word in words.WEEK:
        return Week(shift)
    if shift is not None and word in words.MONTH:
        return Month(shift=shift)
    if shift is not None and word in words.YEAR:
        return Year(shift=shift)
    if word in words.UNITS or word in ("время", "дни", "часы"):
        return Mark.PAST if which is Which.PAST else Mark.LATER
    return None


def _year(line: Line, index: int) -> Taken | None:
    number = line.number(index)
    if number is None:
        number = line.ordinal(index, Case.GENITIVE, Case.HOUR)
    if number is None:
        return None
    short = line[index].figures and len(line[index].text) == 2
    if not (1900 <= number <= 2999 or short):
        return None
    named = line.word(index + 1) in words.YEAR
    after_month = words.MONTHS.get(line.word(index - 1)) is not None
    after_figures = line[index - 1].figures and line.sign(index - 2) != ""  # «25.11 2027»
    if named:
        return Year(number + (2000 if number < 100 else 0)), 2
    alone = not short and (after_month or after_figures) and not is_measure(line, index + 1)
    return (Year(number), 1) if alone else None


def _month_alone(line: Line, index: int) -> Taken | None:
    month = words.MONTHS.get(line.word(index))
    in_it = line.word(index - 1) in ("в", "на", "к")
    return (Month(number=month), 1) if month is not None and in_it else None
