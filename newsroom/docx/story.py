"""Gathers letters into paragraphs, paragraphs into cells and text boxes, and all of them into blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.richtext import Style
from newsroom.docx.markup import Attributes, number
from newsroom.docx.numbering import BULLET, Numbering
from newsroom.docx.page import TEXT, Block, Kind, Piece, row
from newsroom.docx.styles import Look, Styles, switch
from newsroom.docx.symbols import without_boxes

_ROOM = TEXT + 1000  # code points kept: some will be folded away
_NO_LIST = "0"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_DIGITS = {"superscript": _RAISED, "subscript": _LOWERED}


@dataclass(slots=True)
class _Run:
    style: str | None = None
    own: dict[str, bool] = field(default_factory=dict)
    digits: dict[int, int] | None = None


@dataclass(slots=True)
class _Paragraph:
    pieces: list[Piece]
    boxes: list[Block] = field(default_factory=list)  # of the text boxes that hang on it
    run: _Run = field(default_factory=_Run)
    style: str | None = None
    list_id: str | None = None
    level: int | None = None
    joins_next: bool = False


class Story:
    """The text as it comes, with all paragraphs, cells and boxes that are still open."""

    def __init__(self, styles: Styles, lists: Numbering) -> None:
        """Start empty."""
        self.blocks: list[Block] = []
        self.is_cut = False
        self.has_rows = False
        self._styles, self._lists = styles, lists
        self._letters = 0
        self._paragraphs: list[_Paragraph] = []
        self._joined: list[Piece] = []  # of a paragraph that goes on in the next
        self._sinks = [self.blocks]
        self._rows: list[list[list[Block]]] = []

    def begin_paragraph(self) -> None:
        """Open a paragraph, maybe inside another one that holds a text box."""
        self._paragraphs.append(_Paragraph(self._joined))
        self._joined = []

    def end_paragraph(self) -> None:
        """Close the innermost paragraph and put it where it belongs."""
        paragraph = self._paragraphs.pop()
        if paragraph.joins_next:
            self._joined = paragraph.pieces
        else:
            self._put(paragraph)
        self._sinks[-1].extend(paragraph.boxes)

    def _put(self, paragraph: _Paragraph) -> None:
        marker = self._marker(paragraph)
        if any(not piece.text.isspace() for piece in paragraph.pieces):
            kind = Kind.PARAGRAPH if marker is None else Kind.ITEM
            self._sinks[-1].append(Block(tuple(paragraph.pieces), kind, marker or ""))
        elif self._rows and marker and not marker.endswith(BULLET):
            # The column «№» of a table is often nothing but automatic numbers.
            self._sinks[-1].append(Block((Piece(marker.strip()),)))

    def _marker(self, paragraph: _Paragraph) -> str | None:
        of_style, level_of_style = self._styles.numbering(paragraph.style)
        list_id = paragraph.list_id or of_style
        if list_id is None or list_id == _NO_LIST:
            return None
        level = paragraph.level
        if level is None:
            level = self._lists.level_of_style(list_id, paragraph.style)
        return self._lists.marker(list_id, level_of_style if level is None else level)

    def set(self, place: list[str], attributes: Attributes) -> None:
        """Take a property of the paragraph or run that is open; `place` ends with the names around it."""
        if not self._paragraphs:
            return
        paragraph = self._paragraphs[-1]
        value = attributes.get("w:val", "")
        match place:
            case [*_, "w:r" | "m:r", "w:rPr", name]:
                self._set_run(paragraph.run, name, attributes)
            case [*_, "w:p", "w:pPr", "w:pStyle"]:
                paragraph.style = value
            case [*_, "w:pPr", "w:numPr", "w:numId"]:
                paragraph.list_id = value
            case [*_, "w:pPr", "w:numPr", "w:ilvl"]:
                paragraph.level = number(value)
            case [*_, "w:pPr", "w:framePr"]:
                # A first letter set large is a paragraph of its own before the rest of its word.
                paragraph.joins_next |= attributes.get("w:dropCap", "none") != "none"
            case [*_, "w:pPr", "w:rPr", "w:del" | "w:moveFrom"]:
                paragraph.joins_next = True

    @staticmethod
    def _set_run(run: _Run, name: str, attributes: Attributes) -> None:
        found = switch(name, attributes)
        if found is not None:
            run.own[found[0]] = found[1]
        elif name == "w:rStyle":
            run.style = attributes.get("w:val")
        elif name == "w:vertAlign":
            run.digits = _DIGITS.get(attributes.get("w:val", ""))

    def change_run(self) -> None:
        """Begin or end a run: no properties are set."""
        if self._paragraphs:
            self._paragraphs[-1].run = _Run()

    def look(self) -> Look:
        """Return how letters look that come here; outside of a paragraph they are hidden."""
        if not self._paragraphs:
            return Look(hidden=True)
        paragraph = self._paragraphs[-1]
        return self._styles.look(paragraph.style, paragraph.run.style, paragraph.run.own)

    def say(self, text: str, url: str | None) -> bool:
        """Take letters of the open run, and tell whether a reader sees any of them."""
        look = self.look()
        text = without_boxes(text)
        if look.hidden or not text:
            return False
        paragraph = self._paragraphs[-1]
        room = _ROOM - self._letters
        self.is_cut |= len(text) > room
        text = text[: max(room, 0)]
        if not text:
            return True
        self._letters += len(text)
        if paragraph.run.digits is not None and text.isdecimal():
            text = text.translate(paragraph.run.digits)
        styles = look.styles - {Style.UNDERLINE} if url else look.styles
        paragraph.pieces.append(Piece(text, styles, url))
        return not text.isspace()

    def begin_row(self) -> None:
        """Open a row of a table."""
        self._rows.append([])

    def end_row(self) -> None:
        """Close the innermost row and put it where the table stands."""
        cells = self._rows.pop()
        self.has_rows |= sum(bool(cell) for cell in cells) > 1
        self._sinks[-1].extend(row(cells))

    def begin_cell(self) -> None:
        """Open a cell: its paragraphs are kept together."""
        self._sinks.append([])

    def end_cell(self) -> None:
        """Close the innermost cell."""
        self._finish_joined()
        cell = self._sinks.pop()
        if self._rows:
            self._rows[-1].append(cell)
        else:
            self._sinks[-1].extend(cell)

    def begin_box(self) -> None:
        """Open a text box: its paragraphs come behind the one that it hangs on."""
        self._sinks.append(self._paragraphs[-1].boxes if self._paragraphs else self._sinks[-1])

    def end_box(self) -> None:
        """Close the innermost text box."""
        self._finish_joined()
        self._sinks.pop()

    def finish(self) -> list[Block]:
        """Return the blocks of the whole text."""
        self._finish_joined()
        return self.blocks

    def _finish_joined(self) -> None:
        if any(not piece.text.isspace() for piece in self._joined):
            self._sinks[-1].append(Block(tuple(self._joined)))
        self._joined = []
