"""RSS 0.9x, 1.0 and 2.0 and Atom: which element means what."""

from __future__ import annotations

from collections.abc import Iterator

from broadcaster.feeds.enclosures import chosen
from broadcaster.feeds.markup import Node
from broadcaster.feeds.raw import RawFeed, RawItem, Text

_ITEMS = frozenset({"item", "entry"})
_TITLES = ("title", "dc:title", "media:title")
_IDS = ("guid", "id", "dc:identifier")
# The day of publication before the day of a change.
_DATES = (
    "pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created", "created",
    "date", "updated", "modified", "dcterms:modified",
)  # fmt: skip
_BODIES = (
    "content:encoded", "yandex:full-text", "turbo:content", "content", "fulltext", "description",
    "summary", "dc:description", "itunes:summary", "media:description",
)  # fmt: skip
_HTML_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})


def read(document: Node) -> RawFeed:
    """Return the feed in a document; items are found wherever they stand."""
    top = next((node for node in _walk(document) if _plain(node) in ("channel", "feed")), document)
    link = _link(top, is_item=False)
    return RawFeed(
        title=_first_text(top, _TITLES),
        link=link,
        base=top.base,
        items=[_item(node) for node in _items(document)],
    )


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(current.elements())))


def _items(document: Node) -> list[Node]:
    # Wherever they stand: RSS 1.0 keeps them beside the channel, a misplaced end tag puts them anywhere.
    found: list[Node] = []
    waiting = [document]
    while waiting:
        current = waiting.pop()
        if _plain(current) in _ITEMS:
            found.append(current)
        else:
            waiting.extend(reversed(list(current.elements())))
    return found


def _plain(node: Node) -> str:
    return node.name.removeprefix("atom:")


def _item(node: Node) -> RawItem:
    return RawItem(
        id=_id(node),
        title=_first_text(node, _TITLES),
        link=_link(node, is_item=True),
        base=node.base,
        dates=[child.text() for name in _DATES for child in _named(node, name)],
        bodies=[text for name in _BODIES for child in _named(node, name) if (text := _text(child))],
        pictures=chosen(node),
        categories=_categories(node),
    )


def _named(node: Node, name: str) -> Iterator[Node]:
    return (child for child in node.elements() if _plain(child) == name)


def _first_text(node: Node, names: tuple[str, ...]) -> Text | None:
    texts = (_text(child) for name in names for child in _named(node, name))
    return next((text for text in texts if text is not None), None)


def _text(node: Node) -> Text | None:
    kind = node.attributes.get("type", "").strip().lower()
    if any(True for _ in node.elements()):
        text = Text(node.markup(), True, node.base)
    elif node.name.startswith("atom:") and kind in ("text", "text/plain"):
        text = Text(node.text(), False, node.base)
    else:
        text = Text(node.text(), True if kind in _HTML_TYPES else None, node.base)
    return text if text.content.strip() else None


def _id(node: Node) -> str | None:
    texts = (child.text().strip() for name in _IDS for child in _named(node, name))
    return (
        next((text for text in texts if text), node.attributes.get("rdf:about", "").strip()) or None
    )


def _link(node: Node, *, is_item: bool) -> str | None:
    links = list(_named(node, "link"))
    written = (child.text().strip() for child in links if "href" not in child.attributes)
    hrefs = sorted(
        (
            child
            for child in links
            if child.attributes.get("href", "").strip()
            and child.attributes.get("rel", "alternate").strip().lower() == "alternate"
        ),
        key=lambda child: "html" not in child.attributes.get("type", "text/html").lower(),
    )
    found = [text for text in written if text]
    found += [child.attributes["href"].strip() for child in hrefs]
    if is_item:
        found += [
            child.text().strip()
            for child in _named(node, "guid")
            if child.attributes.get("ispermalink", "true").strip().lower() != "false"
            and child.text().strip().lower().startswith(("http://", "https://"))
        ]
    return found[0] if found else None


def _categories(node: Node) -> list[str]:
    return [
        child.attributes.get("label") or child.attributes.get("term") or child.text()
        for name in ("category", "dc:subject")
        for child in _named(node, name)
    ]
