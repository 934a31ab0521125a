"""What a feed says in its own words, before addresses are made absolute and HTML becomes rich text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; `html` None when the format does not say whether it holds markup."""

    content: str
    html: bool | None = None
    base: str | None = None  # what relative addresses inside start from


@dataclass(slots=True)
class RawItem:
    """One item; `pictures` and `link` may be relative to `base`, the first readable date counts."""

    id: str | None = None
    title: Text | None = None
    link: str | None = None
    base: str | None = None
    dates: list[str] = field(default_factory=list)
    bodies: list[Text] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RawFeed:
    """A feed of any format."""

    title: Text | None = None
    link: str | None = None
    base: str | None = None
    items: list[RawItem] = field(default_factory=list)
