"""Passages of a rich text: where a phrase or a paragraph stands, and putting another in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.richtext import Entity, RichText
from newsroom.entities import Change, change, tidy

Span = tuple[int, int]  # code points, the end is behind the last

_PARAGRAPH_END = re.compile(r"\n(?:[^\S\n]*\n)+")
_LINE_END = re.compile(r"\n")
# Signs that people do not tell apart when they type; one for one, so that offsets stay.
_ALIKE = str.maketrans(
    {"ё": "е", "Ё": "Е"}
    | dict.fromkeys("«»„“”‟‹›‘’‚'`", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("\xa0\u202f\u2007\u2009\t", " ")
)


def folded(text: str) -> str:
    """Return it with case, ё, dashes, quotes and blanks made equal; as long as it was."""
    text = text.translate(_ALIKE)
    lower = text.lower()
    return lower if len(lower) == len(text) else text  # «İ» alone becomes two


def paragraphs(text: str) -> list[Span]:
    """Return the paragraphs: what stands between empty lines or, when there are none, the lines."""
    ends = list(_PARAGRAPH_END.finditer(text)) or list(_LINE_END.finditer(text))
    starts = [0, *(m.end() for m in ends)]
    spans = zip(starts, [*(m.start() for m in ends), len(text)], strict=True)
    return [(start, end) for start, end in spans if text[start:end].strip()]


def places(texts: Sequence[str], phrase: str) -> list[list[Span]]:
    """Return where the phrase stands in each text, overlapping ones too.

    Where it occurs letter by letter only these places count, else those that are equal when folded.
    """
    found = [_places(text, phrase) for text in texts]
    if not any(found):
        found = [_places(folded(text), folded(phrase)) for text in texts]
    return [[(at, at + len(phrase)) for at in row] for row in found]


def _places(text: str, phrase: str) -> list[int]:
    result: list[int] = []
    at = text.find(phrase) if phrase else -1
    while at >= 0:
        result.append(at)
        at = text.find(phrase, at + 1)
    return result


def apart(spans: Sequence[Span]) -> list[Span]:
    """Return the spans without those that overlap the one kept before them."""
    result: list[Span] = []
    for span in spans:
        if not result or result[-1][1] <= span[0]:
            result.append(span)
    return result


def put(rich: RichText, spans: Sequence[Span], new: RichText) -> RichText:
    """Return it with `new` in place of each span; spans are sorted and do not overlap.

    Formatting that covers a span whole covers what is put there; that inside of a span goes with
    it; that which only touches a span stays on the letters outside of it.
    """
    kept = tuple(e for e in (_outside(e, spans) for e in rich.entities) if e is not None)
    changed = change(
        RichText(rich.text, kept), [Change(start, end, new.text) for start, end in spans]
    )
    added: list[Entity] = []
    moved = 0
    for start, end in spans:
        added += (replace(e, offset=e.offset + start + moved) for e in new.entities)
        moved += len(new.text) - (end - start)
    return tidy(RichText(changed.text, (*changed.entities, *added)))


def _outside(entity: Entity, spans: Sequence[Span]) -> Entity | None:
    start, end = entity.offset, entity.end
    for left, right in spans:
        if right <= start or end <= left or (start <= left and right <= end):
            continue
        if left <= start and end <= right:
            return None
        if left <= start:
            start = right
        else:
            end = left
    return replace(entity, offset=start, length=end - start)


def with_blanks(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans widened so that cutting them out leaves no double blank and no empty line."""
    result: list[Span] = []
    for span in spans:
        start, end = _with_blanks(text, *span)
        result.append((max(start, result[-1][1]) if result else start, end))
    return result


def _with_blanks(text: str, start: int, end: int) -> Span:
    before, after = text[start - 1 : start] or "\n", text[end : end + 1] or "\n"
    if before == "\n" and after == "\n":
        gap = _PARAGRAPH_END.match(text, end)
        if gap and (start < 2 or text[:start].rstrip(" \t\xa0").endswith("\n\n")):
            return start, gap.end()
        return start, min(end + 1, len(text))
    if before.isspace() and after.isspace() and after != "\n":
        return start, end + 1
    if before.isspace() and before != "\n" and (after == "\n" or after in ".,;:!?…)»"):
        return start - 1, end
    return start, end


def without_paragraphs(rich: RichText, numbers: Sequence[int]) -> RichText:
    """Return it without the paragraphs of these numbers (from 1; they must be there)."""
    spans = paragraphs(rich.text)
    cut: list[Span] = []
    for number in sorted(set(numbers)):
        start, end = spans[number - 1]
        if number < len(spans):
            cut.append((start, spans[number][0]))
        else:
            left = spans[number - 2][1] if number > 1 else start
            # The gap before it may have gone with the paragraph before.
            cut.append((max(left, cut[-1][1]) if cut else left, end))
    return put(rich, cut, RichText()).strip()
