"""Letters that may stand in a message: halves of surrogate pairs, controls and invisible junk go."""

from __future__ import annotations

import re
from dataclasses import replace

from core.richtext import RichText
from newsroom.entities import Change, change

_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?")
_LINE_SEPARATOR = re.compile("[\u2028\u2029]")
# Controls (tab, line feed, form feed and next line are white space); the soft hyphen; spaces of no
# width; marks that turn the writing round.
_JUNK = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_STRAY_JOINER = re.compile("(?<=[\\w\\s])[\u200c\u200d]+")


def whole(text: str) -> str:
    """Return it with pairs of surrogates joined and lone ones removed, so that it can be encoded."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def line_feeds(text: str) -> str:
    """Return it with every end of line written as a line feed."""
    return _LINE_END.sub("\n", text)


def without_junk(text: str, before: str = " ") -> str:
    """Return it without controls, soft hyphens and other letters nobody sees.

    A joiner stays only behind a sign, as in an emoji; `before` is the letter in front of the text.
    """
    text = _JUNK.sub("", text)
    if "\u200d" in text or "\u200c" in text:
        text = _STRAY_JOINER.sub("", before + text)[len(before) :]
    return text


def sound(rich: RichText) -> RichText:
    """Return it without what no messenger takes: controls and halves of surrogate pairs."""
    text = rich.text
    changes = [
        Change(m.start(), m.end(), "\n" if _ends_line(m.group(), text, m.end()) else "")
        for m in _UNSENDABLE.finditer(text)
    ]
    entities = tuple(replace(e, url=whole(e.url)) if e.url else e for e in rich.entities)
    return change(RichText(text, entities), changes)


def readable(rich: RichText) -> RichText:
    """Return it sound, with one kind of line end and without letters nobody sees."""
    rich = sound(rich)
    lines = [Change(m.start(), m.end(), "\n") for m in _LINE_SEPARATOR.finditer(rich.text)]
    rich = change(rich, lines)
    rich = change(rich, [Change(m.start(), m.end(), "") for m in _JUNK.finditer(rich.text)])
    # A blank in front stands for the letter before the text, as in `without_junk`.
    joiners = (m.span() for m in _STRAY_JOINER.finditer(" " + rich.text))
    return change(rich, [Change(start - 1, end - 1, "") for start, end in joiners])


def _ends_line(char: str, text: str, behind: int) -> bool:
    return char in "\x0b\x0c\x85" or (char == "\r" and text[behind : behind + 1] != "\n")
