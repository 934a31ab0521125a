"""From the bytes of an answer to a Feed; pure, and heavy enough to belong in a thread."""

from __future__ import annotations

import re
from datetime import tzinfo

from broadcaster.feeds import dates, jsonfeed, markup, rss
from broadcaster.feeds.decode import decode
from broadcaster.feeds.finish import finish
from broadcaster.feeds.raw import RawFeed
from core.errors import FeedError
from core.feed import Feed
from newsroom import links

_HEAD = 300_000
_FIRST = re.compile(r"<(?:!doctype\s+)?([a-z_][\w:.-]*)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<link\b([^<>]{1,2000})>", re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "text/xml")
_ASK = "найдите на сайте ссылку на RSS и укажите её адрес"


def parse(
    content: bytes,
    content_type: str | None = None,
    base_url: str | None = None,
    *,
    zone: tzinfo = dates.MOSCOW,
    now: int | None = None,
) -> Feed:
    """Return the feed in an answer's body; raises FeedError, and nothing else, for everything that is none.

    `zone` is for dates that name none; `now` (ms UTC) drops dates more than a day ahead of it.
    """
    try:
        return parse_text(decode(content, content_type), base_url, zone=zone, now=now)
    except FeedError:
        raise
    except Exception as error:  # a mistake of ours: one feed's, not the whole poller's
        raise FeedError(
            "Ленту не удалось разобрать; передайте её адрес разработчикам Вестника"
        ) from error


def parse_text(
    text: str, base_url: str | None = None, *, zone: tzinfo = dates.MOSCOW, now: int | None = None
) -> Feed:
    """Return the feed in a text that is already decoded; as `parse`, but mistakes of ours come through."""
    return finish(_read(text, base_url), base_url, zone, now)


def _read(text: str, base_url: str | None) -> RawFeed:
    start = text.lstrip("\ufeff\x00 \t\r\n")
    if not start:
        raise FeedError(f"Ответ сайта пуст, ленты по этому адресу нет; {_ASK}")
    if start[0] in "{[":
        return jsonfeed.read(start)
    first = _FIRST.search(start, 0, _HEAD)
    if first is not None and first[1].lower() == "html":
        raise FeedError(_about_page(start[:_HEAD], base_url))
    root = _ROOT.search(start)
    if root is None:
        raise FeedError(f"По этому адресу нет ленты новостей; {_ASK}")
    return rss.read(markup.read(start, base_url))


def _about_page(page: str, base_url: str | None) -> str:
    for match in _LINK.finditer(page):
        found = markup.attributes(match[1])
        named = found.get("type", "").strip().lower().partition(";")[0]
        if "alternate" in found.get("rel", "").lower().split() and named in _FEED_TYPES:
            address = links.link(found.get("href"), base_url)
            if address is not None and address.lower().startswith("http"):
                return f"По этому адресу обычная страница сайта, а его лента здесь: {address} — укажите этот адрес"
    return f"По этому адресу обычная страница сайта, а не лента; {_ASK}"
