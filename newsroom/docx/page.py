"""Paragraphs put together to one rich text: blanks folded, empty lines between, styles over their letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from core.richtext import Entity, RichText, Style
from newsroom.entities import Change, change, tidy
from newsroom.grapheme import may_cut
from newsroom.letters import without_junk

TEXT = 100_000  # code points
_LETTER = 100  # code points; no letter as people see it is longer, but for an attack
_BLANKS = re.compile(r"[ \t\n\r\f\xa0\u0085\u2028\u2029]+")
_CELLS = " — "
_STOPS = (".", ",", ":", ";", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters of one look; «\\n» is a line break."""

    text: str
    styles: frozenset[Style] = frozenset()
    url: str | None = None


class Kind(Enum):
    """What a block is; items and rows stand without empty lines among themselves."""

    PARAGRAPH = 1
    ITEM = 2
    ROW = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A line or several that belong together; `marker` stands before the text of an item."""

    pieces: tuple[Piece, ...]
    kind: Kind = Kind.PARAGRAPH
    marker: str = ""


def row(cells: Iterable[Sequence[Block]]) -> list[Block]:
    """Return a row of a table as one line; a row with one full cell is just what stands in the cell."""
    full = [cell for cell in cells if cell]
    if len(full) < 2:
        return [block for cell in full for block in cell]
    pieces: list[Piece] = []
    for number, cell in enumerate(full):
        if number:
            pieces.append(Piece(_CELLS))
        pieces += _one_line(cell)
    return [Block(tuple(pieces), Kind.ROW)]


def _one_line(cell: Sequence[Block]) -> list[Piece]:
    pieces: list[Piece] = []
    for number, block in enumerate(cell):
        if number:
            ended = pieces[-1].text.rstrip().endswith(_STOPS)
            pieces.append(Piece(" " if ended else "; "))
        if block.marker.strip():
            pieces.append(Piece(block.marker.strip() + " "))
        # Made anew only where needed: tables may nest, and each would copy all the pieces again.
        pieces += (
            replace(p, text=p.text.replace("\n", " ")) if "\n" in p.text else p
            for p in block.pieces
        )
    return pieces


def lay_out(blocks: Iterable[Block]) -> tuple[RichText, bool]:
    """Return the text of all blocks, and whether it was longer than `TEXT` and cut there."""
    texts: list[str] = []
    entities: list[Entity] = []
    length = 0
    before = Kind.PARAGRAPH
    for block in blocks:
        line = _line(block.pieces)
        if not line:
            continue
        is_tight = before is block.kind is not Kind.PARAGRAPH
        between = ("\n" if is_tight else "\n\n") if length else ""
        before = block.kind
        length += len(between) + len(block.marker)
        texts += (between, block.marker, line.text)
        entities += (replace(e, offset=e.offset + length) for e in line.entities)
        length += len(line.text)
    rich = tidy(RichText("".join(texts), tuple(entities)))
    if len(rich.text) <= TEXT:
        return rich, False
    at = TEXT
    while not may_cut(rich.text, at, TEXT - _LETTER) and at > TEXT - _LETTER:
        at -= 1
    return tidy(rich.slice(0, at).strip()), True


def _line(pieces: Iterable[Piece]) -> RichText:
    """Return the pieces without what nobody sees, and with one blank in a row and none at the edges."""
    texts: list[str] = []
    entities: list[Entity] = []
    touching: dict[tuple[Style, str | None], int] = {}  # by what they are: indices of the last ones
    at, last = 0, " "
    for piece in pieces:
        text = without_junk(piece.text, last)
        if not text:
            continue
        kinds: list[tuple[Style, str | None]] = [(style, None) for style in sorted(piece.styles)]
        kinds += [(Style.LINK, piece.url)] if piece.url else []
        for kind in kinds:
            index = touching.get(kind, -1)
            # Grown over blanks too: Word cuts a bold sentence into many runs.
            if index >= 0 and entities[index].end == at:
                entities[index] = replace(
                    entities[index], length=entities[index].length + len(text)
                )
            else:
                touching[kind] = len(entities)
                entities.append(Entity(at, len(text), *kind))
        texts.append(text)
        at, last = at + len(text), text[-1]
    rich = RichText("".join(texts), tuple(entities)).strip()
    folds = ((m, _fold(m.group())) for m in _BLANKS.finditer(rich.text))
    changes = [Change(m.start(), m.end(), new) for m, new in folds if new != m.group()]
    return change(rich, changes) if changes else rich


def _fold(blanks: str) -> str:
    if "\n" in blanks:
        return "\n" * min(blanks.count("\n"), 2)
    return "\xa0" if blanks.strip("\xa0") == "" else " "
