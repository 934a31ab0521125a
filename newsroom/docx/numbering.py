"""Numbers and bullets before paragraphs, counted like Word counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from newsroom.docx.markup import Attributes, number
from newsroom.letters import without_junk

LEVELS = 9
BULLET = "• "
_INDENT = "\u2003"  # an em space: messengers do not fold it
_PLACE = re.compile(r"%([1-9])")
_LONGEST = 40  # code points of a level's pattern
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_ALPHABETS = {
    "Letter": "abcdefghijklmnopqrstuvwxyz",
    "russian": "абвгдежзиклмнопрстуфхцчшщэюя",  # without ё, й, ъ, ы, ь, as Word counts
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    shape: str = "decimal"
    pattern: str = ""
    style: str | None = None
    restarts: bool = True


@dataclass(slots=True)
class _Abstract:
    """A list as it was designed; several lists may be made of it and count together."""

    levels: dict[int, _Level] = field(default_factory=dict)
    named: str | None = None
    same_as: str | None = None


@dataclass(slots=True)
class _List:
    abstract: str = ""
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering:
    """Reads numbering.xml (as a listener) and counts the paragraphs of its lists."""

    def __init__(self) -> None:
        """Start without lists, as a document may be."""
        self._abstracts: dict[str, _Abstract] = {}
        self._lists: dict[str, _List] = {}
        self._abstract: _Abstract | None = None
        self._list: _List | None = None
        self._level = 0
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()

    def start(self, name: str, attributes: Attributes) -> None:
        """Take an element of numbering.xml."""
        value = attributes.get("w:val", "")
        match name:
            case "w:abstractNum":
                self._abstract, self._list = _Abstract(), None
                self._abstracts[attributes.get("w:abstractNumId", "")] = self._abstract
            case "w:num":
                self._list, self._abstract = _List(), None
                self._lists[attributes.get("w:numId", "")] = self._list
            case "w:abstractNumId" if self._list is not None:
                self._list.abstract = value
            case "w:styleLink" if self._abstract is not None:
                self._abstract.named = value
            case "w:numStyleLink" if self._abstract is not None:
                self._abstract.same_as = value
            case "w:lvlOverride" | "w:lvl":
                self._level = _bounded(number(attributes.get("w:ilvl")))
                if name == "w:lvl":
                    self._levels()[self._level] = _Level()
            case "w:startOverride" if self._list is not None:
                self._list.starts[self._level] = number(value) or 0
            case "w:start" | "w:numFmt" | "w:lvlText" | "w:pStyle" | "w:lvlRestart":
                self._of_level(name, value)

    def _levels(self) -> dict[int, _Level]:
        holder = self._abstract or self._list
        return holder.levels if holder is not None else {}

    def _of_level(self, name: str, value: str) -> None:
        levels = self._levels()
        level = levels.get(self._level)
        if level is None:
            return
        if name == "w:start":
            level = replace(level, start=number(value) or 0)
        elif name == "w:numFmt":
            level = replace(level, shape=value)
        elif name == "w:lvlText":
            level = replace(level, pattern=without_junk(value[:_LONGEST]))
        elif name == "w:pStyle":
            level = replace(level, style=value)
        else:
            level = replace(level, restarts=value != "0")
        levels[self._level] = level

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Pass over text: lists are written in attributes."""

    def link_styles(self) -> None:
        """Give the lists that are named by a style the levels of the list that the style is."""
        by_style = {a.named: a.levels for a in self._abstracts.values() if a.named is not None}
        for abstract in self._abstracts.values():
            if not abstract.levels and abstract.same_as in by_style:
                abstract.levels = by_style[abstract.same_as]

    def level_of_style(self, list_id: str, style: str | None) -> int | None:
        """Return the level of a list that paragraphs of a style have by that list's own word."""
        levels = self._levels_of(list_id).items()
        return next((i for i, level in levels if style and level.style == style), None)

    def marker(self, list_id: str, level: int | None) -> str | None:
        """Count a paragraph and return what stands before its text, indented; None if there is no such list."""
        if list_id not in self._lists:
            return None
        depth = _bounded(level)
        levels = self._levels_of(list_id)
        counts = self._count(list_id, levels, depth)
        here = levels.get(depth, _Level())
        indent = _INDENT * depth
        if here.shape == "bullet":
            return indent + BULLET
        if here.shape == "none" or not here.pattern.strip():
            return ""
        shown = _PLACE.sub(lambda m: _written(counts, levels, int(m.group(1)) - 1), here.pattern)
        # «1.2.3.» shows its depth by itself.
        return f"{indent if len(_PLACE.findall(here.pattern)) < 2 else ''}{shown.strip()} "

    def _levels_of(self, list_id: str) -> dict[int, _Level]:
        made = self._lists.get(list_id, _List())
        designed = self._abstracts.get(made.abstract, _Abstract()).levels
        return {**designed, **made.levels} if made.levels else designed

    def _count(self, list_id: str, levels: dict[int, _Level], depth: int) -> list[int | None]:
        made = self._lists[list_id]
        counts = self._counts.setdefault(made.abstract, [None] * LEVELS)
        if list_id not in self._begun:
            self._begun.add(list_id)
            for at, first in made.starts.items():
                counts[at] = first - 1
        before = counts[depth]
        counts[depth] = levels.get(depth, _Level()).start if before is None else before + 1
        for deeper in range(depth + 1, LEVELS):
            if levels.get(deeper, _Level()).restarts:
                counts[deeper] = None
        return counts


def _bounded(level: int | None) -> int:
    return min(max(level or 0, 0), LEVELS - 1)


def _written(counts: list[int | None], levels: dict[int, _Level], at: int) -> str:
    level = levels.get(at, _Level())
    count = counts[at]
    return _shaped(level.start if count is None else count, level.shape)


def _shaped(count: int, shape: str) -> str:
    if shape == "none":
        return ""
    if shape == "decimalZero":
        return f"{count:02}"
    if shape in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        return _roman(count) if shape == "lowerRoman" else _roman(count).upper()
    for name, alphabet in _ALPHABETS.items():
        if name in shape and 0 < count <= 3 * len(alphabet):
            repeats, index = divmod(count - 1, len(alphabet))
            letters = alphabet[index] * (repeats + 1)
            return letters.upper() if "pper" in shape else letters
    return str(count)


def _roman(count: int) -> str:
    result = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        result += letters * times
    return result
