"""From tokens to what was found in them, in one pass from left to right."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

from newsroom.calendar import words, zones
from newsroom.calendar.clocks import read_clock, with_part
from newsroom.calendar.days import read_day
from newsroom.calendar.figures import Taken, read_run
from newsroom.calendar.items import (
    Clock,
    Date,
    Either,
    Found,
    Item,
    Loose,
    Month,
    MonthDay,
    Problem,
    Relative,
    Span,
    Week,
    Weekday,
    Weekend,
    Year,
    Zone,
)
from newsroom.calendar.spans import read_span
from newsroom.calendar.tokens import Kind, Line
from newsroom.calendar.words import Mark, Part

_HARMLESS_SIGNS = frozenset(".,;:!?()[]{}«»\"'“”„…/*~|`<>_№#")
_HALVES = MappingProxyType(
    {
        "первой": Part.MORNING,
        "первую": Part.MORNING,
        "второй": Part.AFTERNOON,
        "вторую": Part.AFTERNOON,
    }
)
_PERIODS = (
    words.WEEK | words.MONTH | words.YEAR | frozenset(words.MONTHS) | {"дня", "часа", "минут"}
)
_EVERY_WHAT = frozenset({"день", "дня", "неделю", "месяц", "год", "час", "утро", "вечер", "ночь"})


def scan(line: Line) -> Found:
    """Return everything found in a phrase."""
    found, index = Found(), 0
    while index < len(line):
        item, length = _read(line, index)
        if isinstance(item, _Nothing):
            pass
        elif item is None:
            found.unknown += length
        else:
            _put(found, item)
            _bound(found, line, index, item)
        index += length
    return found


class _Nothing:
    """Marks tokens that change nothing."""


_NOTHING = _Nothing()


def _read(line: Line, index: int) -> tuple[Item | _Nothing | None, int]:
    taken = _rules(line, index)
    if taken is not None:
        return taken
    token = line[index]
    if token.kind is Kind.SIGN:
        return _sign(line, index), 1
    if token.kind is not Kind.WORD:
        return None, 1
    return _word(line, index)


def _rules(line: Line, index: int) -> Taken | None:
    token = line[index]
    if token.kind is Kind.SIGN:
        return zones.read_offset(line, index)
    if token.kind is Kind.NUMBER and token.figures:
        taken = read_run(line, index)
        if taken is not None:
            return with_part(line, index, taken)
    for rule in (read_span, read_day, read_clock, zones.read_zone):
        taken = rule(line, index)
        if taken is not None:
            return taken
    return None


def _sign(line: Line, index: int) -> Item | _Nothing | None:
    sign = line[index].text
    if sign == "-":
        return Mark.DASH
    is_emoji = unicodedata.category(sign[0]) in ("So", "Sk") and sign not in words.MEASURE_SIGNS
    return _NOTHING if sign in _HARMLESS_SIGNS or is_emoji else None


def _word(line: Line, index: int) -> tuple[Item | _Nothing | None, int]:
    word = line[index].text
    part = _part(line, index)
    if part is not None:
        return part
    if words.MARKS.get(word) is Mark.EVERY:
        return _every(line, index)
    if word in ("начале", "середине", "конце", "течение", "течении"):
        return (Mark.LATER, 2) if line.word(index + 1) in _PERIODS else (None, 1)
    if word in words.MARKS:
        return words.MARKS[word], 1
    if word in ("t", "т") and line[index].glued and line[index + 1].glued:
        return _NOTHING, 1  # 2026-11-25T18:00
    if word in words.FILLERS or word in words.AT:
        return _NOTHING, 1
    if word in words.BOUNDS and _is_temporal(_next(line, index)):
        return _NOTHING, 1  # the mark is put with the item
    return None, 1


def _part(line: Line, index: int) -> tuple[Item, int] | None:
    if line.word(index) in ("после", "до") and line.word(index + 1) == "обеда":
        return (Part.AFTERNOON if line.word(index) == "после" else Part.MORNING), 2
    if line.word(index) in _HALVES and line.word(index + 1) in words.HALF:
        return (_HALVES[line.word(index)], 3) if line.word(index + 2) == "дня" else None
    part = words.ADVERBS.get(line.word(index))
    return None if part is None else (part, 1)


def _every(line: Line, index: int) -> tuple[Item | None, int]:
    behind = index + 2 if line.word(index + 1) == "в" else index + 1
    word = line.word(behind)
    if (
        line[behind].kind is Kind.ORDINAL
        or word in _EVERY_WHAT
        or word in words.WEEKDAYS
        or word in words.WEEKEND
    ):
        return Mark.REPEATED, 1
    if line.number(index + 1) is not None and line.word(index + 2) in words.UNITS:
        return Mark.REPEATED, 3
    return None, 1


def _next(line: Line, index: int) -> Item | None:
    """Return what stands behind a preposition."""
    behind = index + 2 if line.word(index + 1) in words.AT else index + 1
    taken = _rules(line, behind) or _part(line, behind)
    return None if taken is None else taken[0]


def _is_temporal(item: Item | None) -> bool:
    return item is not None and not isinstance(item, Zone | Loose)


def _bound(found: Found, line: Line, index: int, item: Item) -> None:
    """Note that «до», «после», «с» stands before an item, so that it is not the moment itself."""
    before = index - 1 if line.word(index - 1) not in words.AT else index - 2
    if line.word(before) not in words.BOUNDS or not _is_temporal(item):
        return
    if isinstance(item, Part) and line.word(before) in ("с", "со"):
        return  # «с утра»
    found.marks.append(Mark.BOUND)


def _put(found: Found, item: Item) -> None:
    match item:
        case Relative() | Weekday() | Week() | Weekend() | Date() | MonthDay() | Month() | Year():
            found.days.append(item)
        case Span():
            found.spans.append(item)
        case Clock():
            found.clocks.append(item)
        case Part():
            found.parts.append(item)
        case Either():
            found.eithers.append(item)
        case Loose():
            found.loose.append(item)
        case Zone():
            found.zones.append(item)
        case Problem():
            found.problems.append(item.sentence)
        case Mark():
            found.marks.append(item)
