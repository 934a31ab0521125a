"""A source's feed after parsing, before anyone decided what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from core.richtext import RichText


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item: `id` is unique in its feed; `at` is its own date (ms UTC) or None; `body` is without the title."""

    id: str
    title: str
    link: str | None
    at: int | None
    body: RichText
    media: tuple[str, ...] = ()  # absolute URLs of pictures, in order, no doubles
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed; items as they stand in it, newest usually first."""

    title: str | None
    link: str | None
    items: tuple[FeedItem, ...]
