"""The text of a page as it is read: white space folded like in a browser, breaks between blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.richtext import Entity, RichText, Style

_RUN = re.compile(r"[ \t\n\r\f\xa0\u0085\u2028\u2029]{2,}|[\t\n\r\f\u0085\u2028\u2029]")
_BAR = " | "
_BLOCKS = (Style.QUOTE, Style.PRE)
_WIDEST = 1000  # code points of white space before a letter: more is an attack on the memory
_FOLDED = " \xa0"  # no-break spaces are kept, but a run of blanks is one


@dataclass(slots=True)
class Mark:
    """A style that is open; `start` (code points) is known once a letter stands under it."""

    style: Style
    url: str | None = None
    language: str | None = None
    start: int | None = None


class Flow:
    """Takes pieces of text and breaks between blocks in order; `finish` gives the whole."""

    def __init__(self) -> None:
        """Start with an empty page."""
        self.length = 0  # code points written
        self._pieces: list[str] = []
        self._entities: list[Entity] = []
        self._waiting: list[Mark] = []  # opened, no letter seen yet
        self._breaks = 0
        self._exact = False  # the breaks are those of a pre: not to be folded to one empty line
        self._blank = ""
        self._before = ""  # goes before the next letter: «• » of a list, « | » of a table
        self._block_end = -1  # where the last quote or pre ended

    @property
    def last(self) -> str:
        """Return the letter before what comes next, or a space."""
        if not self._pieces or self._breaks or self._blank or self._before:
            return " "
        return self._pieces[-1][-1]

    def open(self, mark: Mark) -> Mark:
        """Put a style over all that comes until `close`."""
        self._waiting.append(mark)
        return mark

    def close(self, mark: Mark) -> None:
        """End a style; marks are closed in the opposite order of opening."""
        if mark.start is None:
            self._waiting.pop()
        else:
            length = self.length - mark.start
            self._entities.append(Entity(mark.start, length, mark.style, mark.url, mark.language))
            if mark.style in _BLOCKS:
                self._block_end = self.length

    def block(self, breaks: int) -> None:
        """Begin or end a block: at least so many line breaks around it (2 is an empty line)."""
        if breaks and not self._before:
            self._breaks, self._blank = max(self._breaks, breaks), ""

    def item(self, marker: str, *, first: bool) -> None:
        """Begin an item of a list on a new line; items stand without empty lines between."""
        self._breaks = max(self._breaks, 1) if first else 1
        self._blank, self._before = "", marker

    def end_item(self) -> None:
        """Forget the marker of an item, or the bar of a cell, that had no text."""
        self._before = ""

    def cell(self) -> None:
        """Go on to the next cell of a row that already has text."""
        if self._block_end == self.length:  # a quote wants its lines for itself
            self.block(1)
        else:
            self._breaks, self._blank, self._before = 0, "", _BAR

    def line_break(self) -> None:
        """Take a br."""
        if not self._before:
            self._breaks += 1
            self._blank = ""

    def text(self, text: str) -> None:
        """Take running text; blanks are folded."""
        text = _RUN.sub(_fold, text)
        core = text.lstrip(_FOLDED).rstrip()
        if not core:
            self._add_blank(text)
            return
        start = text.index(core[0])
        self._add_blank(text[:start])
        self._write(core)
        self._add_blank(text[start + len(core) :])

    def exact_text(self, text: str) -> None:
        """Take text of a pre: line breaks and blanks inside lines are kept."""
        for number, line in enumerate(text.split("\n")):
            # What stands before the first letter would be outside of the trimmed entity.
            fresh = any(mark.style is Style.PRE for mark in self._waiting)
            if number and not fresh:
                self._breaks += 1
                self._exact, self._blank = True, ""
            core = line.strip()
            start = line.index(core[0]) if core else len(line)
            self._blank = "" if fresh else (self._blank + line[:start])[:_WIDEST]
            if core:
                self._write(core)
                self._blank = line[start + len(core) :]

    def end_exact(self) -> None:
        """End a pre: empty lines at its end count like those of running text."""
        self._breaks, self._exact = min(self._breaks, 2), False

    def finish(self) -> RichText:
        """Return all that was taken; white space at the end was never written."""
        return RichText("".join(self._pieces), tuple(self._entities))

    def _add_blank(self, blank: str) -> None:
        self._blank = _RUN.sub(_fold, self._blank + blank)[:_WIDEST]

    def _write(self, core: str) -> None:
        blocks = [mark for mark in self._waiting if mark.style in _BLOCKS]
        before = self._before
        if before == _BAR and blocks:
            before, self._breaks = "", 1
        self._put(self._lead(before) if self.length else "")
        for mark in blocks:
            mark.start = self.length  # the marker of an item belongs to a quote in it
        self._put(before)
        for mark in self._waiting:
            mark.start = self.length if mark.start is None else mark.start
        self._put(core)
        self._waiting.clear()
        self._breaks, self._exact, self._blank, self._before = 0, False, "", ""

    def _lead(self, before: str) -> str:
        if self._exact:
            return "\n" * self._breaks + self._blank
        # Wide spaces are not folded: they indent a line.
        blank = self._blank.lstrip(_FOLDED) if self._breaks else self._blank
        return "\n" * min(self._breaks, 2) + ("" if before else blank)

    def _put(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self.length += len(piece)


def _fold(match: re.Match[str]) -> str:
    return "\xa0" if match.group().strip("\xa0") == "" else " "
