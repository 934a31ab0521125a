"""Numbers tied by signs: 18:00, 25.11, 25.11.2026, 2026-11-25; and those that are no time at all."""

from __future__ import annotations

from dataclasses import replace

from newsroom.calendar import words
from newsroom.calendar.items import Clock, Date, Either, Item, Problem, Style
from newsroom.calendar.tokens import Kind, Line
from newsroom.calendar.words import Mark

Taken = tuple[Item | None, int]
"""What was read (None: numbers of another kind) and how many tokens it took."""

NO_TIME = "Времени {} не бывает: в сутках 24 часа, в часе 60 минут."
NO_DATE = "Даты {} не бывает."
_TIMED = frozenset(words.UNITS) | frozenset(words.MONTHS) | {"числа", "число"}


def is_clock(hour: int, minute: int) -> bool:
    """Tell whether there is such a time; 24:00 ends a day."""
    return (0 <= hour <= 23 and 0 <= minute <= 59) or (hour == 24 and minute == 0)


def counts_something(line: Line, index: int) -> bool:
    """Tell whether the token at an index makes the number before it a quantity («18 человек»)."""
    word = line.word(index)
    if line.sign(index):
        return line.sign(index) in words.MEASURE_SIGNS
    return bool(word) and word not in words.KNOWN and not is_zone_word(word)


def is_measure(line: Line, index: int) -> bool:
    """Tell whether the token at an index can only follow a quantity («руб», %)."""
    return line.word(index) in words.MEASURES or line.sign(index) in words.MEASURE_SIGNS


def is_zone_word(word: str) -> bool:
    """Tell whether a word is about a time zone, as in «18:00 utc+5»."""
    return word in {"utc", "gmt", "мск", "msk"} or word.endswith(("ское", "скому"))


def read_run(line: Line, index: int) -> Taken | None:
    """Read numbers tied by one kind of sign; None if there is only one number."""
    numbers, sign, end = _run(line, index)
    if len(numbers) == 1:
        return None
    taken = end - index
    if is_measure(line, end) or line.sign(index - 1) in ("№", "#"):
        return None, taken
    if len(numbers) == 2:
        item = _pair(line, numbers, sign, end)
        is_at = line.word(index - 1) in ("в", "к")
        return replace(item, at=is_at) if isinstance(item, Either) else item, taken
    if len(numbers) == 3:
        item = _triple(numbers, sign)
        with_year = isinstance(item, Date) and line.word(end) in words.YEAR
        return item, taken + 1 if with_year else taken
    return None, taken


def _run(line: Line, index: int) -> tuple[list[str], str, int]:
    numbers, sign = [line[index].text], ""
    while True:
        found = line.sign(index + 1)
        tied = found == ":" or (line[index + 1].glued and line[index + 2].glued)
        follows = line[index + 2].kind is Kind.NUMBER and line[index + 2].figures
        if not found or found not in ".:/-," or not tied or not follows or found != (sign or found):
            return numbers, sign, index + 1
        sign = found
        numbers.append(line[index + 2].text)
        index += 2


def _pair(line: Line, numbers: list[str], sign: str, end: int) -> Item | None:
    left, right = numbers
    if len(left) > 2 or len(right) > 2:
        return None
    first, second = int(left), int(right)
    if sign == ":":
        return _clock(first, second) if len(right) == 2 else None
    if sign == "-":
        return _hyphened(line, numbers, end)
    if sign == "/":
        return _slashed(line, numbers, end)
    if sign == ",":
        may_be_time = len(right) == 2 and is_clock(first, second)
        return Either(first, second) if may_be_time and not counts_something(line, end) else None
    return _dotted(line, numbers, end)


def _clock(hour: int, minute: int) -> Clock | Problem:
    if not is_clock(hour, minute):
        return Problem(NO_TIME.format(f"{hour}:{minute:02}"))
    return Clock(hour, minute, Style.FIGURES, has_minutes=True)


def _is_date(day: int, month: int) -> bool:
    return 1 <= day <= 31 and 1 <= month <= 12


def _dotted(line: Line, numbers: list[str], end: int) -> Item | None:
    first, second = int(numbers[0]), int(numbers[1])
    is_time = len(numbers[1]) == 2 and is_clock(first, second)
    is_date = _is_date(first, second)
    if is_time and (line.word(end) in words.HOUR or line.word(end) in words.GENITIVES):
        return _clock(first, second)
    if is_date and line.word(end) in words.YEAR:
        return Date(first, second)
    if counts_something(line, end) and (len(numbers[1]) == 1 or (is_time and is_date)):
        return None
    if is_time and is_date:
        return Either(first, second)
    if is_date:
        return Date(first, second)
    if is_time:
        return _clock(first, second)
    if len(numbers[1]) == 1 or first > 39:
        return None
    shape = f"{numbers[0]}.{numbers[1]}"
    looks_like_time = second > 31 or second == 0
    return Problem((NO_TIME if looks_like_time else NO_DATE).format(shape))


def _hyphened(line: Line, numbers: list[str], end: int) -> Item | None:
    first, second = int(numbers[0]), int(numbers[1])
    is_time_only = len(numbers[1]) == 2 and (second == 0 or second > 24)
    if is_time_only and line.word(end) in words.HOUR:
        return _clock(first, second)
    if line.word(end) in _TIMED or line.word(end) in words.GENITIVES:
        return Mark.RANGE
    if counts_something(line, end):
        return None
    if is_time_only and is_clock(first, second):
        return _clock(first, second)
    if first > 24 and _is_date(first, second):
        return Date(first, second)
    if len(numbers[1]) == 2 and first > second and is_clock(first, second):
        # Nothing lasts from 18 to 15.
        return Either(first, second) if _is_date(first, second) else _clock(first, second)
    if is_time_only and second == 0 and first < 40:
        return _clock(first, second)
    if is_time_only and first <= 24:
        return _clock(first, second)  # «18-60», to be refused
    return Mark.RANGE if first <= 31 and second <= 31 else None


def _slashed(line: Line, numbers: list[str], end: int) -> Item | None:
    first, second = int(numbers[0]), int(numbers[1])
    if counts_something(line, end) or (first, second) == (24, 7):
        return None
    if _is_date(first, second):
        return Date(first, second)
    return Problem(NO_DATE.format("/".join(numbers)))


def _triple(numbers: list[str], sign: str) -> Item | None:
    values = [int(number) if len(number) <= 4 else -1 for number in numbers]
    lengths = [len(number) for number in numbers]
    if -1 in values:
        return None
    if sign == ":":
        return _with_seconds(values) if max(lengths) <= 2 else None
    if sign == ",":
        return None
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        year, month, day = values
    elif max(lengths[:2]) <= 2 and lengths[2] in (2, 4):
        day, month, year = values
        year += 2000 if lengths[2] == 2 else 0
    else:
        return None
    if _is_date(day, month) and year >= 1:
        return Date(day, month, year)
    return Problem(NO_DATE.format(sign.join(numbers))) if max(lengths) == 4 else None


def _with_seconds(values: list[int]) -> Item | None:
    hour, minute, second = values
    if second > 59 or not is_clock(hour, minute):
        return Problem(NO_TIME.format(":".join(f"{value:02}" for value in values)))
    # A post goes out at a whole minute: the next one is asked for rather than chosen.
    return _clock(hour, minute) if second == 0 else Problem(_NO_SECONDS)


_NO_SECONDS = "Секунды указать нельзя: время публикации задаётся с точностью до минуты."
