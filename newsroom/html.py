"""HTML of feeds and sites to rich text, and rich text back to a safe subset of HTML."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from html import escape

from selectolax.lexbor import LexborHTMLParser

from core.richtext import Entity, RichText, Style
from newsroom import letters, links
from newsroom.entities import tidy
from newsroom.html_flow import Flow
from newsroom.html_tame import tame
from newsroom.html_tree import TreeReader

# Old engines write an emoji as two references, one for each half.
_HALF = re.compile(r"&#(?:[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2})|0*(5[5-7]\d{3}));?")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_TAGS = {
    Style.BOLD: "b",
    Style.ITALIC: "i",
    Style.UNDERLINE: "u",
    Style.STRIKETHROUGH: "s",
    Style.SPOILER: "tg-spoiler",
    Style.CODE: "code",
    Style.PRE: "pre",
    Style.QUOTE: "blockquote",
    Style.LINK: "a",
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a reader sees of a piece of HTML: its text, and absolute addresses of its pictures."""

    text: RichText
    images: tuple[str, ...] = ()


def clean(html: str, base_url: str | None = None) -> Cleaned:
    """Return what a browser would show, as text with sound entities; never raises for bad HTML.

    Relative addresses are resolved against `base_url`; links other than http(s), mailto and tel
    keep their text only. No-break spaces stay what they are; a run of blanks becomes one.
    """
    html = letters.whole(_HALF.sub(_half, html))
    if "<![CDATA[" in html:
        html = _CDATA.sub("", html)
    root = LexborHTMLParser(tame(letters.line_feeds(html))).root
    reader = TreeReader(base_url)
    if root is not None:
        reader.read(root)
    text = _without_code_around_pre(reader.flow.finish().strip())
    return Cleaned(tidy(text), tuple(reader.images))


def _without_code_around_pre(rich: RichText) -> RichText:
    """Return it with no letter under both: a pre inside a code is just a pre."""
    blocks = sorted((e.offset, e.end) for e in rich.entities if e.style is Style.PRE)
    if not blocks:
        return rich

    def touches(entity: Entity) -> bool:
        before = bisect_left(blocks, (entity.end, 0))
        return before > 0 and blocks[before - 1][1] > entity.offset

    kept = (e for e in rich.entities if e.style is not Style.CODE or not touches(e))
    return RichText(rich.text, tuple(kept))


def from_plain(text: str) -> RichText:
    """Return text that has no markup: lines are kept, at most one empty line in a row."""
    flow = Flow()
    for line in letters.without_junk(letters.line_feeds(letters.whole(text))).split("\n"):
        flow.text(line)
        flow.line_break()
    return flow.finish().strip()


def _half(match: re.Match[str]) -> str:
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    return chr(code) if 0xD800 <= code <= 0xDFFF else match.group()


def to_html(rich: RichText) -> str:
    """Return it in the subset a b blockquote br code i pre s tg-spoiler u, everything escaped.

    `clean` reads the same back, provided that quotes and pre stand on lines of their own and no
    white space is there that HTML folds. A link that `clean` would not keep is text only.
    """
    writer = _Writer()
    opened: list[Entity] = []
    done = 0
    for entity in (*tidy(rich).entities, Entity(len(rich.text), 0, Style.BOLD)):
        while opened and opened[-1].end <= entity.offset:
            writer.text(rich.text[done : opened[-1].end])
            done = opened[-1].end
            writer.close(opened.pop())
        writer.text(rich.text[done : entity.offset])
        done = entity.offset
        if entity.length and (entity.style is not Style.LINK or links.link(entity.url, None)):
            writer.open(entity)
            opened.append(entity)
    return "".join(writer.pieces)


class _Writer:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._pre = 0
        self._after_block = False

    def text(self, text: str) -> None:
        if not text:
            return
        if self._after_block:  # the end of the block is itself a line break
            text = text.removeprefix("\n")
        self._after_block = False
        escaped = escape(text)
        self.pieces.append(escaped if self._pre else escaped.replace("\n", "<br>"))

    def open(self, entity: Entity) -> None:
        self._pre += entity.style is Style.PRE
        tag = _TAGS[entity.style]
        self.pieces.append(f'<a href="{escape(entity.url or "")}">' if tag == "a" else f"<{tag}>")
        if _language(entity):
            self.pieces.append(f'<code class="language-{_language(entity)}">')

    def close(self, entity: Entity) -> None:
        self._pre -= entity.style is Style.PRE
        self._after_block |= entity.style in (Style.PRE, Style.QUOTE)
        ending = "</code>" if _language(entity) else ""
        self.pieces.append(f"{ending}</{_TAGS[entity.style]}>")


def _language(entity: Entity) -> str | None:
    fits = entity.style is Style.PRE and _LANGUAGE.fullmatch(entity.language or "")
    return entity.language if fits else None
