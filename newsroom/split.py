"""Long text cut into parts where it hurts least; lengths are code points."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from core.richtext import Entity, RichText
from newsroom.entities import order, tidy
from newsroom.grapheme import may_cut

_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE_END = re.compile(r"\n")
_SENTENCE_END = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++)[»”\"')\]]*+(?=\s++[«„“\"'(\[—–-]*+\s?(?P<next>\S))"
)
_SPACE = re.compile(r"[^\S\xa0\u202f]")
_NO_BREAK = re.compile(r"[\xa0\u202f]")
_URL = re.compile(r"(?:https?|tg|mailto|tel):[^\s«»<>\"]+", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"\w*\Z")
# A full stop after these ends no sentence.
_SHORT = frozenset(("обл", "стр", "тыс", "млн", "млрд", "руб", "коп", "тел", "зав", "зам", "проф"))
# A boundary in the first quarter of a part would leave the part nearly empty.
_LEAST = 4


def split(text: RichText, limit: int, first_limit: int | None = None) -> tuple[RichText, ...]:
    """Return the text in parts of at most `limit` code points, the first of `first_limit`.

    Cut at an empty line, else a line end, a sentence end, a space, else between letters, and never
    inside an address that fits into one part. White space at the seams goes, nothing else does;
    styles are cut and go on. No part is empty. ValueError when a limit is not positive.
    """
    if limit < 1 or (first_limit is not None and first_limit < 1):
        raise ValueError(f"limits must be positive: {limit}, {first_limit}")
    ranges = list(_ranges(text.text, limit, limit if first_limit is None else first_limit))
    return tuple(_slices(tidy(text), ranges))


def last_piece(text: str, room: int) -> int | None:
    """Return where the last paragraph, line or sentence begins that leaves at most `room` behind it.

    None when there is no such place; a place between words, near the middle, is the last resort.
    """
    for cuts in _SOFT_CUTS:
        fitting = [at for at in cuts(text, 1, len(text) - 1) if len(text[at:].strip()) <= room]
        if fitting:
            return fitting[-1]
    places = _SPACE_CUTS(text, 1, len(text) - 1)
    fitting = [at for at in places if len(text) - at - 1 <= room and may_cut(text, at + 1)]
    return min(fitting, key=lambda at: abs(at - len(text) // 2), default=None)


def _ranges(text: str, limit: int, room: int) -> Iterator[tuple[int, int]]:
    end = len(text.rstrip())
    start = _skip_space(text, 0)
    while start < end:
        if end - start <= room:
            yield start, end
            return
        cut = _best_cut(text, start, room, limit)
        yield start, start + len(text[start:cut].rstrip())
        start, room = _skip_space(text, cut), limit


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _best_cut(text: str, start: int, room: int, limit: int) -> int:
    highest = start + room
    least = start + max(room // _LEAST, 1)
    ways = ((_SOFT_CUTS, least), ((_SPACE_CUTS, _NO_BREAK_CUTS), start + 1))
    for ways_to_cut, lowest in ways:
        for cuts in ways_to_cut:
            for at in reversed(list(cuts(text, lowest, highest))):
                # A mark above a letter may stand on a space and belongs to it.
                if may_cut(text, _skip_space(text, at), start):
                    return at
    return _hard_cut(text, start, highest, limit)


def _hard_cut(text: str, start: int, highest: int, limit: int) -> int:
    cut = highest
    for match in _URL.finditer(text, start, highest + limit + 1):
        if match.start() < cut < match.end():
            fits = match.end() - match.start() <= limit
            cut = match.start() if fits and match.start() > start else cut
            break
    while cut > start and not may_cut(text, cut, start):
        cut -= 1
    return cut if cut > start else highest


def _cuts_at(pattern: re.Pattern[str]) -> Callable[[str, int, int], Iterator[int]]:
    def cuts(text: str, lowest: int, highest: int) -> Iterator[int]:
        # The match itself may stand beyond the last place: it is white space and goes.
        for match in pattern.finditer(text, lowest, highest + 2):
            if match.start() <= highest:
                yield match.start()

    return cuts


def _sentence_cuts(text: str, lowest: int, highest: int) -> Iterator[int]:
    """Yield the ends of sentences from `lowest` to `highest` (code points)."""
    for match in _SENTENCE_END.finditer(text, max(lowest - 8, 0), highest + 8):
        if not lowest <= match.end() <= highest:
            continue
        word = _WORD_BEFORE.search(text, max(0, match.start() - 12), match.start())
        if match["stop"] == "." and not _ends_sentence(word.group() if word else "", match["next"]):
            continue
        yield match.end()


def _ends_sentence(word: str, following: str) -> bool:
    if following.isalpha() and following.islower():
        return False
    # «А. С. Пушкин», «г. Тверь», «им. Ленина», «ул. Мира»
    initial = word.isalpha() and (len(word) == 1 or (len(word) == 2 and not word.isupper()))
    return not initial and word.lower() not in _SHORT


_SPACE_CUTS, _NO_BREAK_CUTS = _cuts_at(_SPACE), _cuts_at(_NO_BREAK)
_SOFT_CUTS = (_cuts_at(_EMPTY_LINE), _cuts_at(_LINE_END), _sentence_cuts)


def _slices(text: RichText, ranges: list[tuple[int, int]]) -> Iterator[RichText]:
    """Yield each range with its entities, in one pass over both."""
    waiting = iter(text.entities)
    entity = next(waiting, None)
    going_on: list[Entity] = []
    for start, end in ranges:
        while entity is not None and entity.offset < end:
            going_on.append(entity)
            entity = next(waiting, None)
        inside = sorted((_cut(e, start, end) for e in going_on if e.end > start), key=order)
        yield RichText(text.text[start:end], tuple(inside))
        going_on = [e for e in going_on if e.end > end]


def _cut(entity: Entity, start: int, end: int) -> Entity:
    low, high = max(entity.offset, start), min(entity.end, end)
    return replace(entity, offset=low - start, length=high - low)
