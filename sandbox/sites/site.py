"""A news site as plain data: its items, and the ways in which it may misbehave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

Format = Literal["rss", "atom", "rdf", "json"]
EtagMode = Literal["on", "off", "lies"]


@dataclass(slots=True)
class Picture:
    """A picture of an item; its bytes lie in `World.files` under `sha`."""

    sha: str
    name: str  # the last part of its address
    mime: str
    size: int  # bytes


@dataclass(slots=True)
class Item:
    """One publication; `at` and `updated` are seconds since 1970 (UTC)."""

    id: str
    slug: str
    title: str
    html: str  # without the pictures
    at: float
    summary: str = ""
    category: str = ""
    updated: float | None = None
    link: str | None = None  # None: its own page on this site
    pictures: list[Picture] = field(default_factory=list)


@dataclass(slots=True)
class Site:
    """A news site with one feed; the last block of fields is its weather."""

    name: str
    title: str
    description: str = ""
    format: Format = "rss"
    encoding: str = "utf-8"  # of the feed's bytes
    declare: str | None = "utf-8"  # what the XML declaration says, None: nothing
    header: str | None = None  # what Content-Type says, None: nothing
    enclosures: bool = False  # pictures as enclosures; else as <img> before the text
    items: list[Item] = field(default_factory=list)  # newest first
    changed: float = 0  # seconds since 1970 (UTC)
    last_number: int = 0
    status: int = 200  # of every answer of the site
    etag: EtagMode = "on"  # «lies»: the same validators for ever, whatever was published
    slow_s: float = 0  # the machine's seconds before every answer
    drip: bool = False  # the feed comes by 64 bytes a second
    size_mb: float = 0  # the feed is padded with blanks to that size
    body: str | None = None  # stands in the feed's place

    def shown(self, now: float) -> Site:
        """Return the site as its readers see it: what is dated later than `now` is not there yet.

        The moment at which such a publication appears counts as a change of the site.
        """
        items = [item for item in self.items if item.at <= now]
        changed = max([self.changed, *(item.at for item in items)])
        return replace(self, items=items, changed=changed)

    def find(self, item_id: str) -> Item | None:
        """Return the item with that id or slug."""
        return next((i for i in self.items if item_id in (i.id, i.slug)), None)

    def add(self, item: Item) -> None:
        """Take an item in, newest first."""
        self.items.append(item)
        self.items.sort(key=lambda i: i.at, reverse=True)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Site:
        """Make a site again from what `to_json` returned."""
        items = [
            Item(**{**item, "pictures": [Picture(**picture) for picture in item["pictures"]]})
            for item in data["items"]
        ]
        known = {f.name for f in fields(cls)}
        return cls(**{**{k: v for k, v in data.items() if k in known}, "items": items})
