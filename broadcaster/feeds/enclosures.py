"""Which pictures an XML item carries beside its text: enclosures and Media RSS."""

from __future__ import annotations

import re

from broadcaster.feeds.markup import Node

_EXTENSION = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:[?#]|$)", re.IGNORECASE)
_VAGUE = ("", "application/octet-stream", "binary/octet-stream")


def is_picture(url: str, kind: str | None, medium: str | None = None) -> bool:
    """Tell whether an address leads to a picture by its MIME type, or its ending where the type says nothing."""
    named = (kind or "").strip().lower()
    if named not in _VAGUE:
        return named.startswith("image/")
    return (medium or "").strip().lower() == "image" or (
        not medium and _EXTENSION.search(url) is not None
    )


def chosen(item: Node) -> list[str]:
    """Return the addresses of an item's pictures as written, in order.

    Of a group, which holds one picture in several sizes, the default or the widest is taken; a
    thumbnail only where there is no picture that it is a thumbnail of.
    """
    found: list[str] = []
    contents: list[str] = []
    for child in item.elements():
        if child.name == "enclosure":
            found += _if_picture(child, "url")
        elif child.name in ("link", "atom:link"):
            if child.attributes.get("rel", "").strip().lower() == "enclosure":
                found += _if_picture(child, "href")
        elif child.name == "media:content":
            contents += _if_picture(child, "url") or _thumbnails(child)
        elif child.name == "media:group":
            contents += _best(child)
    return found + (contents or _thumbnails(item))


def _if_picture(node: Node, attribute: str) -> list[str]:
    url = node.attributes.get(attribute, "").strip()
    of = node.attributes
    return [url] if url and is_picture(url, of.get("type"), of.get("medium")) else []


def _best(group: Node) -> list[str]:
    pictures = [
        node
        for node in group.elements()
        if node.name == "media:content" and _if_picture(node, "url")
    ]
    if not pictures:
        nested = [url for node in group.elements() for url in _thumbnails(node)]
        return _thumbnails(group) or nested[:1]
    return _if_picture(max(pictures, key=_weight), "url")


def _weight(node: Node) -> tuple[bool, int]:
    width = node.attributes.get("width", "").strip()
    return (
        node.attributes.get("isdefault", "").lower() == "true",
        int(width) if width.isascii() and width.isdigit() and len(width) < 7 else 0,
    )


def _thumbnails(node: Node) -> list[str]:
    urls = (
        child.attributes.get("url", "").strip()
        for child in node.elements()
        if child.name == "media:thumbnail"
    )
    return [url for url in urls if url]
