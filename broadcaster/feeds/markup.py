"""Reads XML as sites really write it: one forgiving pass that needs time and memory in proportion to the text.

Nothing is expanded or fetched: a document type with its entities is skipped, references name one
character each, so entity bombs and external entities have nothing to work on. feedparser is not used
because some of its expressions need the square of the input's length (a 200 kB author name
stops the whole process for minutes, as it keeps the interpreter's lock).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.entities import html5
from urllib.parse import urljoin

from core.errors import FeedError

_DEPTH = 100
_MARKS = 400_000  # tags, comments, stray «<»
_ATTRIBUTES = 60
# By the address of the namespace; a prefix that is not declared is taken as it stands.
_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://news.yandex.ru": "yandex",
    "http://turbo.yandex.ru": "turbo",
    "http://www.w3.org/1999/xhtml": "",
    "http://www.w3.org/xml/1998/namespace": "xml",
}
# HTML in a feed often leaves these open.
_VOID = frozenset({"br", "hr", "img", "wbr"})
# These hold text only, so the next of a feed's own elements ends one that was left open.
_LEAVES = frozenset(
    {"title", "link", "guid", "pubdate", "author", "category", "enclosure", "dc:date", "comments"}
)
_OWN = _LEAVES | {"item", "entry", "description", "content:encoded", "channel"}
_SPACE = " \t\r\n\f"
_NAME = re.compile(r"[^\s<>/=\"'&;!?]++")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s<>/=\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s<>\"']++)))?"
)
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z][A-Za-z0-9]{0,31}));")
_SUBSET_END = re.compile(r"\]\s*>")
# What XML forbids: controls, halves of pairs, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Node:
    """An element: `name` in lower case with its usual prefix («media:content»), children in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    base: str | None = None
    default: str = ""  # the prefix that names without one stand for

    def elements(self) -> Iterator[Node]:
        """Yield the child elements in order."""
        return (child for child in self.children if isinstance(child, Node))

    def text(self) -> str:
        """Return all text inside, entities already resolved, elements left out."""
        parts: list[str] = []
        _texts(self, parts)
        return "".join(parts)

    def markup(self) -> str:
        """Return what is inside as HTML."""
        parts: list[str] = []
        _markup(self, parts)
        return "".join(parts)


def scrub(text: str) -> str:
    """Return the text without characters that XML forbids; halves of pairs become U+FFFD."""
    return _FORBIDDEN.sub(lambda m: "\ufffd" if m.group() >= "\ud800" else "", text)


def read(text: str, base_url: str | None = None) -> Node:
    """Return a nameless node that holds the document; raises FeedError when nesting or number go beyond reason."""
    return _Reader(scrub(text), base_url).read()


def attributes(source: str) -> dict[str, str]:
    """Return the attributes written in `source`, names in lower case, the first of equal names."""
    return _attributes(source, 0)[0]


def resolve(text: str) -> str:
    """Replace references to characters; unknown ones stay as they are written."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return html5.get(name + ";", match.group())
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if 0x80 <= number <= 0x9F:  # meant as windows-1252, as browsers take it
        return bytes([number]).decode("cp1252", "replace")
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return scrub(chr(number))


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    for _ in range(_ATTRIBUTES):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            break
        name, *values = match.groups()
        found.setdefault(name.lower(), resolve(next((v for v in values if v is not None), "")))
        at = match.end()
    return found, at


class _Reader:
    def __init__(self, text: str, base_url: str | None) -> None:
        self._text = text
        self._root = Node("", base=base_url)
        self._open = [self._root]
        self._written: list[str] = [""]  # names of what is open without the default namespace
        self._counts: Counter[str] = Counter()
        self._prefixes: dict[str, str] = {}
        self._marks = 0
        self._subset_seen = False

    def read(self) -> Node:
        text, at = self._text, 0
        while True:
            start = text.find("<", at)
            if start < 0:
                self._say(resolve(text[at:]))
                return self._root
            if start > at:
                self._say(resolve(text[at:start]))
            at = self._mark(start)

    def _mark(self, start: int) -> int:
        """Take what begins with «<» at `start` and return where it ends."""
        text = self._text
        self._marks += 1
        if self._marks > _MARKS:
            raise FeedError("В ленте слишком много разметки; укажите ленту покороче")
        if text.startswith("<![CDATA[", start):
            end = text.find("]]>", start)
            self._say(text[start + 9 : end if end >= 0 else len(text)])
            return end + 3 if end >= 0 else len(text)
        if text.startswith("<!--", start):
            return _behind(text, "-->", start + 4)
        if text.startswith("<?", start):
            return _behind(text, "?>", start)
        if text.startswith("<!", start):
            return self._declaration(start)
        if text.startswith("</", start):
            return self._end(start)
        name = _NAME.match(text, start + 1)
        if name is None or not (name.group()[0].isalpha() or name.group()[0] == "_"):
            self._say("<")
            return start + 1
        return self._start(name)

    def _declaration(self, start: int) -> int:
        close = self._text.find(">", start)
        subset = self._text.find("[", start, close if close >= 0 else len(self._text))
        if subset >= 0 and not self._subset_seen:
            self._subset_seen = True  # one at most, else each would be searched to the end
            end = _SUBSET_END.search(self._text, subset)
            if end is not None:
                return end.end()
        return close + 1 if close >= 0 else len(self._text)

    def _start(self, name: re.Match[str]) -> int:
        found, at = _attributes(self._text, name.end())
        end = self._tag_end(at)
        closed = self._text[max(at, end - 100) : end].rstrip(">" + _SPACE).endswith("/")
        self._push(name.group(), found, closed)
        return end

    def _tag_end(self, at: int) -> int:
        # A tag may lack its «>»: then the next «<» ends it. Looked for first, so that no search
        # goes over the same text twice.
        following = self._text.find("<", at)
        limit = following if following >= 0 else len(self._text)
        close = self._text.find(">", at, limit)
        return close + 1 if close >= 0 else limit

    def _push(self, written: str, found: dict[str, str], closed: bool) -> None:
        default = self._open[-1].default
        for key, value in found.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = _PREFIXES.get(value.lower().rstrip("/"), key[6:])
            elif key == "xmlns":
                default = _PREFIXES.get(value.lower().rstrip("/"), "")
        plain = self._canonical(written)
        self._close_implied(plain)
        name = plain if ":" in written or not default else f"{default}:{plain}"
        parent = self._open[-1]
        base = found.get("xml:base")
        node = Node(name, found, [], _join(parent.base, base) if base else parent.base, default)
        parent.children.append(node)
        if not closed and name not in _VOID:
            if len(self._open) > _DEPTH:
                raise FeedError(
                    "Разметка ленты вложена слишком глубоко; сообщите владельцу сайта, что лента испорчена"
                )
            self._open.append(node)
            self._written.append(plain)
            self._counts[plain] += 1

    def _close_implied(self, plain: str) -> None:
        if plain in ("item", "entry", "atom:entry"):
            self._close(plain)
        elif plain in _OWN and self._written[-1] in _LEAVES:
            self._close(self._written[-1])

    def _end(self, start: int) -> int:
        name = _NAME.match(self._text, start + 2)
        if name is None:
            return _behind(self._text, ">", start)
        self._close(self._canonical(name.group()))
        return self._tag_end(name.end())

    def _close(self, plain: str) -> None:
        """Close the innermost open element of this name and all inside it; do nothing when there is none."""
        if not self._counts[plain]:
            return
        while True:
            self._open.pop()
            closed = self._written.pop()
            self._counts[closed] -= 1
            if closed == plain:
                return

    def _canonical(self, written: str) -> str:
        prefix, colon, local = written.lower().partition(":")
        if not colon:
            return prefix
        prefix = self._prefixes.get(prefix, prefix)
        return f"{prefix}:{local}" if prefix else local

    def _say(self, text: str) -> None:
        if text:
            self._open[-1].children.append(text)


def _behind(text: str, end: str, start: int) -> int:
    at = text.find(end, start)
    return at + len(end) if at >= 0 else len(text)


def _join(base: str | None, url: str) -> str | None:
    try:
        return urljoin(base or "", url.strip())
    except ValueError:
        return base


def _texts(node: Node, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _texts(child, parts)


def _markup(node: Node, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
            continue
        name = child.name.rpartition(":")[2]
        written = "".join(f' {key}="{escape(value)}"' for key, value in child.attributes.items())
        parts.append(f"<{name}{written}>")
        if name not in _VOID:
            _markup(child, parts)
            parts.append(f"</{name}>")
