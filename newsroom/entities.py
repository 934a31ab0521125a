"""Entities put in order: inside the text, no white space at their edges, nested, merged, sorted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from core.richtext import Entity, RichText, Style

# Outermost first. A style of blocks is never cut for the sake of one inside a line.
_RANK = {style: rank for rank, style in enumerate((Style.QUOTE, Style.PRE, Style.LINK))}


def tidy(rich: RichText) -> RichText:
    """Return the same text with sound entities, whatever the given ones were.

    Offsets are code points. Ranges outside the text are clipped, empty ones dropped, white space
    at the edges let go, touching equal ones merged, half-overlapping ones cut so that they nest.
    Of two links over the same letters the one that begins first keeps them.
    """
    if not rich.entities:
        return rich
    merged = merge(rich)
    result = _nested(merged)
    if len(result.entities) == len(merged.entities):
        return result
    # Pieces that lost white space between them nest otherwise: once more, so that it is for good.
    return _nested(merge(result))


def _nested(rich: RichText) -> RichText:
    pieces = _sound(rich.text, _nest(rich.entities))
    return RichText(rich.text, tuple(sorted(pieces, key=order)))


def merge(rich: RichText) -> RichText:
    """Return the same text with every letter under each style once at most; half overlaps stay."""
    last: dict[Style, int] = {}
    result: list[Entity] = []
    for entity in sorted(_sound(rich.text, rich.entities), key=order):
        index = last.get(entity.style, -1)
        if index < 0 or result[index].end < entity.offset:
            last[entity.style] = len(result)
            result.append(entity)
            continue
        before = result[index]
        if (before.url, before.language) == (entity.url, entity.language):
            result[index] = replace(before, length=max(before.end, entity.end) - before.offset)
        elif entity.end > before.end:
            last[entity.style] = len(result)
            result.append(replace(entity, offset=before.end, length=entity.end - before.end))
    return RichText(rich.text, tuple(sorted(_sound(rich.text, result), key=order)))


def _rank(entity: Entity) -> int:
    return _RANK.get(entity.style, len(_RANK))


def order(entity: Entity) -> tuple[int, int, int, str]:
    """Return the key that puts entities in the order of their starts, outer before inner."""
    return entity.offset, -entity.length, _rank(entity), entity.style


def _sound(text: str, entities: Iterable[Entity]) -> list[Entity]:
    result = []
    for entity in entities:
        start, end = max(entity.offset, 0), min(entity.end, len(text))
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        url = entity.url if entity.style is Style.LINK else None
        if start >= end or (entity.style is Style.LINK and not url):
            continue
        language = entity.language if entity.style is Style.PRE else None
        result.append(Entity(start, end - start, entity.style, url, language))
    return result


def _nest(entities: Sequence[Entity]) -> list[Entity]:
    """Return them cut where they half overlap; needs each style open once at most."""
    starting: dict[int, list[Entity]] = {}
    for entity in entities:
        starting.setdefault(entity.offset, []).append(entity)
    result: list[Entity] = []
    opened: list[Entity] = []  # outermost first, at most one of a style
    for at in sorted({p for e in entities for p in (e.offset, e.end)}):
        new = starting.get(at, [])
        keep = next((i for i, e in enumerate(opened) if _must_close(e, at, new)), len(opened))
        closed = opened[keep:]
        result += [replace(e, length=at - e.offset) for e in closed if e.offset < at]
        again = [replace(e, offset=at, length=e.end - at) for e in closed if e.end > at]
        opened[keep:] = sorted(again + new, key=lambda e: (-e.end, _rank(e)))
    return result


def _must_close(entity: Entity, at: int, new: Sequence[Entity]) -> bool:
    return entity.end <= at or any(
        entity.end < other.end and _rank(entity) > _rank(other) for other in new
    )


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` (code points) becomes `new`; with start == end it is put in."""

    start: int
    end: int
    new: str


def change(rich: RichText, changes: Sequence[Change]) -> RichText:
    """Return it with all changes made; they must be sorted and may not overlap.

    What is put in at the edge of an entity stays outside of it; what replaces belongs to it.
    """
    keys = [(c.start, c.end) for c in changes]
    moved = list(accumulate((len(c.new) - (c.end - c.start) for c in changes), initial=0))

    def start_of(at: int) -> int:
        count = bisect_right(keys, (at, at))
        if count and changes[count - 1].end > at:
            return changes[count - 1].start + moved[count - 1]
        return at + moved[count]

    def end_of(at: int) -> int:
        count = bisect_left(keys, (at, at))
        if count and changes[count - 1].end > at:
            last = changes[count - 1]
            return last.start + moved[count - 1] + len(last.new)
        return at + moved[count]

    pieces: list[str] = []
    done = 0
    for item in changes:
        pieces += (rich.text[done : item.start], item.new)
        done = item.end
    pieces.append(rich.text[done:])
    ranges = ((e, start_of(e.offset), end_of(e.end)) for e in rich.entities)
    kept = (replace(e, offset=start, length=end - start) for e, start, end in ranges if end > start)
    return RichText("".join(pieces), tuple(kept))
