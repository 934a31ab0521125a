"""Which item is which: ids that outlive other items' coming and going, and a digest that tells edits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.feed import FeedItem

_TRACKING = re.compile(r"utm_\w+|yclid|ysclid|gclid|fbclid|_openstat|mc_[ce]id", re.IGNORECASE)


def assign(
    items: Sequence[FeedItem], *, own_addresses: Iterable[str | None] = ()
) -> list[FeedItem]:
    """Return the items with final ids, in order; `id` holds the feed's own id or "" on the way in.

    The feed's id counts, else the link, else a hash of title, date and body. Neither id nor link
    that is the feed's own address (`own_addresses`) tells items apart, so it is passed over. Items that
    share an id are told apart by their links or, where these are equal or missing too, by their
    titles: «id#hash». Items equal in all of that are one item; its latest form is kept.
    """
    common = {_bare(address) for address in own_addresses if address}
    named: dict[str, list[FeedItem]] = defaultdict(list)
    for item in items:
        named[_first_id(item, common)].append(item)
    final: dict[str, FeedItem] = {}
    for name, group in named.items():
        marks = _marks(group)
        for item, mark in zip(group, marks, strict=True):
            own = name if len(set(marks)) == 1 else f"{name}#{_hash(mark)}"
            known = final.get(own)
            if known is None or _rank(item) > _rank(known):
                final[own] = item
    order = {id(item): index for index, item in enumerate(items)}
    return [
        replace(item, id=own)
        for own, item in sorted(final.items(), key=lambda pair: order[id(pair[1])])
    ]


def digest(item: FeedItem) -> str:
    """Return a hash of what readers see of an item; dates and tracking in addresses do not count."""
    entities = [
        f"{e.offset}:{e.length}:{e.style}:{untracked(e.url or '')}" for e in item.body.entities
    ]
    pictures = [untracked(url) for url in item.media]
    return _hash(item.title, item.body.text, "\n".join(entities), "\n".join(pictures))


def untracked(url: str) -> str:
    """Return the address without the parameters by which sites count visitors."""
    if "?" not in url:
        return url
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [(key, value) for key, value in query if not _TRACKING.fullmatch(key)]
    return url if len(kept) == len(query) else urlunsplit(parts._replace(query=urlencode(kept)))


def _first_id(item: FeedItem, common: set[str]) -> str:
    for name in (item.id, item.link):
        if name and _bare(name) not in common:
            return name
    return _hash(item.title, str(item.at), item.body.text)


def _marks(group: Sequence[FeedItem]) -> list[str]:
    titles: dict[str | None, set[str]] = defaultdict(set)
    for item in group:
        titles[item.link].add(item.title)
    return [
        untracked(item.link) if item.link and len(titles[item.link]) == 1 else item.title
        for item in group
    ]


def _rank(item: FeedItem) -> tuple[int, str]:
    return (-1 if item.at is None else item.at, digest(item))


def _bare(address: str) -> str:
    return address.strip().removeprefix("https:").removeprefix("http:").rstrip("/")


def _hash(*parts: str) -> str:
    joined = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()[:32]
