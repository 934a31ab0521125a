"""From what a feed says to what the newsroom reads: absolute addresses, rich text, instants, ids."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import tzinfo
from urllib.parse import urlsplit

from broadcaster.feeds import dates, identity
from broadcaster.feeds.markup import resolve
from broadcaster.feeds.raw import RawFeed, RawItem, Text
from core.feed import Feed, FeedItem
from core.richtext import RichText
from newsroom import links
from newsroom.html import Cleaned, clean, from_plain

_PICTURES = 10
_CATEGORIES = 30
_LONGEST = 300_000  # characters of one body that are read; the longest post holds a fraction of it
_TAGS = (
    "a|abbr|article|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em|figcaption|"
    "figure|font|h[1-6]|hr|html|i|iframe|img|ins|li|ol|p|pre|q|s|script|section|small|span|strike|"
    "strong|style|sub|sup|table|tbody|td|th|tr|tt|u|ul|video"
)
_LOOKS_HTML = re.compile(
    rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--|&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);", re.IGNORECASE
)
# WordPress writes the same picture in many sizes: photo.jpg, photo-300x200.jpg.
_SIZED = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w{3,4}$)")
_END_MARKS = " .…:"


def finish(raw: RawFeed, base_url: str | None, zone: tzinfo, now: int | None) -> Feed:
    """Return the feed; items with neither title nor text are left out.

    Relative addresses start from xml:base, else from the feed's own link, else from `base_url`.
    Dates more than a day after `now` (ms UTC) are dropped; None keeps them.
    """
    base = raw.base if raw.base and raw.base != base_url else None
    link = _web_address(raw.link, base or base_url)
    start = base or link or base_url
    items = [_item(item, base_url, start, zone, now) for item in raw.items]
    return Feed(
        title=_one_line(raw.title) or None,
        link=link,
        items=tuple(
            identity.assign(
                [item for item in items if item.title or item.body],
                own_addresses=(link, base_url),
            )
        ),
    )


def _item(
    raw: RawItem, base_url: str | None, start: str | None, zone: tzinfo, now: int | None
) -> FeedItem:
    base = raw.base if raw.base and raw.base != base_url else start
    title = _one_line(raw.title)
    bodies = _bodies(raw, base, base_url)
    body = max((body.text for body in bodies), key=lambda text: len(text.text), default=RichText())
    # The pictures of the text that is shown come first, then those of the shorter ones.
    shown = sorted(bodies, key=lambda b: b.text is not body)
    pictures = [_web_address(url, base) for url in raw.pictures]
    pictures += [url for body_ in shown for url in body_.images]
    at = next((at for text in raw.dates if (at := dates.read(text, zone)) is not None), None)
    return FeedItem(
        id=raw.id or "",
        title=title,
        link=_web_address(raw.link, base),
        at=at if now is None else dates.believable(at, now),
        body=_without_title(body, title),
        media=_distinct(pictures),
        categories=_categories(raw.categories),
    )


def _bodies(raw: RawItem, base: str | None, base_url: str | None) -> list[Cleaned]:
    found: dict[str, Cleaned] = {}
    for text in raw.bodies:
        if text.content not in found:
            own = text.base if text.base and text.base != base_url else base
            found[text.content] = _clean(replace(text, content=text.content[:_LONGEST], base=own))
    return list(found.values())


def _clean(text: Text) -> Cleaned:
    is_html = _LOOKS_HTML.search(text.content) is not None if text.html is None else text.html
    return clean(text.content, text.base) if is_html else Cleaned(from_plain(text.content))


def _one_line(text: Text | None) -> str:
    if text is None:
        return ""
    return " ".join(_clean(replace(text, content=text.content[:_LONGEST])).text.text.split())


def _without_title(body: RichText, title: str) -> RichText:
    first, line_end, _ = body.text.partition("\n")
    same = " ".join(first.split()).rstrip(_END_MARKS).casefold()
    if title and same == title.rstrip(_END_MARKS).casefold():
        return body.slice(len(first) + len(line_end), len(body.text)).strip()
    return body


def _web_address(url: str | None, base: str | None) -> str | None:
    found = links.link(url, base)
    return found if found is not None and found.lower().startswith("http") else None


def _distinct(urls: list[str | None]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for url in urls:
        if url is not None:
            found.setdefault(_picture_key(url), url)
    return tuple(found.values())[:_PICTURES]


def _picture_key(url: str) -> str:
    parts = urlsplit(identity.untracked(url))
    return f"{parts.netloc.lower()}{_SIZED.sub('', parts.path)}?{parts.query}"


def _categories(names: list[str]) -> tuple[str, ...]:
    lines = (" ".join(resolve(name).split()) for name in names)
    return tuple(dict.fromkeys(line for line in lines if line))[:_CATEGORIES]
