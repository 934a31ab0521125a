"""The messages of one submission made into one text with its title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.richtext import RichText, Style, join
from newsroom.entities import Change, change, tidy
from newsroom.letters import readable

MANUSCRIPT_LIMIT = 30_000  # code points, title and body together
TITLE_LIMIT = 120  # code points of a line that is taken for a title by itself

_TOO_BLANK = re.compile(r"\n(?:[^\S\n]*\n){3,}")
_PARAGRAPH_END = re.compile(r"\n(?:[^\S\n]*\n)+")
_NAMED_TITLE = re.compile(r"заголовок[^\S\n]*:\s*([^\n]*)", re.IGNORECASE)
_NO_TITLE_ENDS_SO = (".", ",", ";", ":", "…")


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A text as its author sent it; `title` is "" when none was recognised."""

    title: str
    body: RichText


def manuscript(pieces: Sequence[RichText]) -> Manuscript:
    """Return the texts and captions of one submission, in their order, as one text.

    No letter that can be seen is lost or doubled, except that of equal pieces one is kept and that
    the word «Заголовок:» in front of a title goes.
    """
    text = join(_distinct([cleaned(piece) for piece in pieces]), "\n\n")
    named = _NAMED_TITLE.match(text.text)
    if named and named.group(1).strip():
        body = text.slice(named.end(), len(text.text)).strip()
        if body:
            return Manuscript(named.group(1).strip(), tidy(body))
        return Manuscript("", tidy(text.slice(named.start(1), named.end(1)).strip()))
    first_end = _PARAGRAPH_END.search(text.text)
    if first_end and _is_heading(text.slice(0, first_end.start())):
        title = text.text[: first_end.start()].strip()
        return Manuscript(title, tidy(text.slice(first_end.end(), len(text.text)).strip()))
    return Manuscript("", tidy(text))


def too_long(manuscript: Manuscript) -> bool:
    """Tell whether title and body together are over `MANUSCRIPT_LIMIT` code points."""
    return len(manuscript.title) + len(manuscript.body.text) > MANUSCRIPT_LIMIT


def cleaned(rich: RichText) -> RichText:
    """Return it without letters nobody sees, white space at its ends and long runs of empty lines."""
    rich = readable(tidy(rich))
    blanks = [Change(m.start(), m.end(), "\n\n") for m in _TOO_BLANK.finditer(rich.text)]
    return tidy(change(rich, blanks).strip())


def _distinct(pieces: Sequence[RichText]) -> list[RichText]:
    """Return each text once, where it stands first; of equal ones the one with more formatting."""
    result: dict[str, RichText] = {}
    for piece in pieces:
        words = " ".join(piece.text.split())
        if words and (words not in result or len(piece.entities) > len(result[words].entities)):
            result[words] = piece
    return list(result.values())


def _is_heading(paragraph: RichText) -> bool:
    line = paragraph.text.strip()
    # A title is plain: a line that leads somewhere would lose its address.
    leads = any(e.style is Style.LINK for e in paragraph.entities)
    fits = len(line) <= TITLE_LIMIT and "\n" not in line and not leads
    return fits and not line.endswith(_NO_TITLE_ENDS_SO)
