"""What each HTML element means for a message; walks a parsed tree without recursion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from core.richtext import Style
from newsroom import links
from newsroom.html_flow import Flow, Mark
from newsroom.html_tame import TAMED
from newsroom.letters import without_junk

Attributes = Mapping[str, str | None]


def _each(names: str, value: int = 1) -> dict[str, int]:
    return dict.fromkeys(names.split(), value)


_DROPPED = _each(
    "script style iframe form template svg math head title meta link object embed applet audio video"
    " canvas map select button textarea input datalist noembed noframes frameset"
)
_STYLES = {
    tag: style
    for style, tags in {
        Style.BOLD: "b strong h1 h2 h3 h4 h5 h6",
        Style.ITALIC: "i em",
        Style.UNDERLINE: "u ins",
        Style.STRIKETHROUGH: "s strike del",
        Style.SPOILER: "tg-spoiler",
        Style.CODE: "code tt kbd samp",
        Style.QUOTE: "blockquote",
        Style.PRE: "pre",
    }.items()
    for tag in tags.split()
}
# How many line breaks stand at least before and after; 2 is an empty line.
_BREAKS = _each(
    "div section article main header footer aside nav address center details summary figcaption"
    " caption fieldset legend blockquote pre tr dt dd hgroup body html"
) | _each("p h1 h2 h3 h4 h5 h6 table figure hr dl", 2)
_CSS_STYLES = (
    (Style.BOLD, re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)),
    (Style.ITALIC, re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.IGNORECASE)),
    (Style.UNDERLINE, re.compile(r"text-decoration[^;]*:[^;]*underline", re.IGNORECASE)),
    (Style.STRIKETHROUGH, re.compile(r"text-decoration[^;]*:[^;]*line-through", re.IGNORECASE)),
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_INDENT = "\u2003"  # an em space: browsers and messengers do not fold it
_DEEPEST = 8  # a line cannot be indented for ever


@dataclass(slots=True)
class _List:
    number: int | None  # of the next item; None for bullets
    items: int = 0


@dataclass(slots=True)
class _Open:
    """An element whose children are being read, and what to do at its end."""

    tag: str
    marks: list[Mark] = field(default_factory=list)
    row_start: int = 0


class TreeReader:
    """Reads one tree into a Flow and a list of picture addresses."""

    def __init__(self, base_url: str | None) -> None:
        """Start empty; relative addresses are resolved against `base_url`."""
        self.flow = Flow()
        self.images: dict[str, None] = {}  # in order, without doubles
        self._base_url = base_url
        self._lists: list[_List] = []
        self._rows: list[int] = []
        self._pre = 0
        self._silent = 0  # inside noscript: pictures only
        self._digits: dict[int, int] | None = None

    def read(self, root: LexborNode) -> None:
        """Read the whole tree in document order; the depth of the tree costs no stack."""
        opened: list[tuple[_Open, LexborNode | None]] = []
        node: LexborNode | None = root
        while True:
            if node is None:
                if not opened:
                    return
                element, node = opened.pop()
                self._leave(element)
                continue
            following = node.next if opened else None
            if node.is_text_node:
                self._text(node.text_content or "")
            elif node.is_element_node:
                entered = self._enter(node)
                if entered is not None:
                    opened.append((entered, following))
                    node = node.first_child
                    continue
            node = following

    def _text(self, text: str) -> None:
        text = without_junk(text, self.flow.last)
        if self._silent or not text:
            return
        if self._digits is not None and text.isdigit():
            text = text.translate(self._digits)
        if self._pre:
            self.flow.exact_text(text)
        else:
            self.flow.text(text)

    def _enter(self, node: LexborNode) -> _Open | None:
        """Take an element's start; None when its children are not to be read."""
        tag = (node.tag or "").removeprefix(TAMED)
        attributes = node.attributes
        css = attributes.get("style") or ""
        if tag in _DROPPED or "hidden" in attributes or _HIDDEN.search(css):
            return None
        if tag == "br":
            self.flow.line_break()
            return None
        if tag == "img":
            self._image(attributes)
            return None
        element = _Open(tag)
        self._begin(tag, attributes, element)
        styles = (
            {_STYLES[tag]} if tag in _STYLES and not (tag == "code" and self._pre > 0) else set()
        )
        if tag in ("span", "font", "p", "div", "td"):
            styles |= {style for style, pattern in _CSS_STYLES if css and pattern.search(css)}
        if "tg-spoiler" in (attributes.get("class") or "").split():
            styles.add(Style.SPOILER)
        url = links.link(attributes.get("href"), self._base_url) if tag == "a" else None
        language = _language(node) if tag == "pre" else None
        marks = [Mark(style, language=language) for style in sorted(styles)]
        marks += [Mark(Style.LINK, url=url)] if url else []
        element.marks = [self.flow.open(mark) for mark in marks]
        if tag == "pre":
            self._pre += 1
        return element

    def _begin(self, tag: str, attributes: Attributes, element: _Open) -> None:
        flow = self.flow
        if tag in ("ul", "ol", "menu", "dir"):
            flow.block(1 if self._lists else 2)
            start = _number(attributes.get("start"), 1) if tag == "ol" else None
            self._lists.append(_List(start))
        elif tag == "li":
            self._item(attributes)
        elif tag in ("td", "th"):
            if self._rows and flow.length > self._rows[-1]:
                flow.cell()
        else:
            flow.block(_BREAKS.get(tag, 0))
        if tag == "tr":
            self._rows.append(flow.length)
        elif tag == "q":
            flow.text("«")
        elif tag == "noscript":
            self._silent += 1
        elif tag in ("sup", "sub"):
            self._digits = _RAISED if tag == "sup" else _LOWERED

    def _item(self, attributes: Attributes) -> None:
        place = self._lists[-1] if self._lists else _List(None)
        marker = "• "
        if place.number is not None:
            number = _number(attributes.get("value"), place.number)
            marker, place.number = f"{number}. ", number + 1
        indent = _INDENT * min(len(self._lists) - 1, _DEEPEST)
        self.flow.item(indent + marker, first=place.items == 0)
        place.items += 1

    def _leave(self, element: _Open) -> None:
        tag, flow = element.tag, self.flow
        for mark in reversed(element.marks):
            flow.close(mark)
        if tag in ("ul", "ol", "menu", "dir"):
            self._lists.pop()
            flow.block(1 if self._lists else 2)
        elif tag == "li":
            flow.end_item()
            flow.block(1)
        elif tag == "tr":
            flow.end_item()
            if flow.length > self._rows.pop():
                flow.item("", first=False)
        elif tag == "pre":
            self._pre -= 1
            flow.end_exact()
        elif tag == "q":
            flow.text("»")
        elif tag == "noscript":
            self._silent -= 1
        elif tag in ("sup", "sub"):
            self._digits = None
        flow.block(_BREAKS.get(tag, 0))

    def _image(self, attributes: Attributes) -> None:
        # Blog engines put a picture in place of each emoji; its alt is the letter itself.
        if {"emoji", "wp-smiley"} & set((attributes.get("class") or "").split()):
            self._text((attributes.get("alt") or "")[:16])
            return
        url = links.picture(attributes, self._base_url)
        if url is not None:
            self.images.setdefault(url)


def _number(value: str | None, default: int) -> int:
    try:
        return int((value or "").strip()[:9])
    except ValueError:
        return default


def _language(pre: LexborNode) -> str | None:
    code = pre.first_child
    if code is None or code.tag != "code":
        return None
    names = (code.attributes.get("class") or "").split()
    return next((n.removeprefix("language-") for n in names if n.startswith("language-")), None)
