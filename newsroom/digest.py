"""One selection out of many posts: each with its title, its first lines and its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.richtext import RichText, Style, join, plain, styled

LEAD = 200  # code points of a post's own text


@dataclass(frozen=True, slots=True)
class DigestWords:
    """What stands around the posts, in the readers' language."""

    heading: str = "Подборка за день"
    more: str = "Подробнее"


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A post as a selection sees it."""

    title: str
    body: RichText
    link: str | None
    organization: str


def compose(entries: Sequence[DigestEntry], words: DigestWords) -> RichText:
    """Return the whole selection as one text; splitting is left to fit."""
    blocks = [styled(words.heading, Style.BOLD)]
    for entry in entries:
        title = styled(entry.title, Style.BOLD) if entry.title else RichText()
        lead = plain(_lead(entry.body.text))
        tail = plain(entry.organization)
        if entry.link:
            link = styled(words.more, Style.LINK, entry.link)
            tail = join([tail, link], " · ")
        blocks.append(join([title, lead, tail], "\n"))
    return join(blocks, "\n\n")


def _lead(text: str) -> str:
    first = text.strip().split("\n\n", 1)[0].replace("\n", " ")
    if len(first) <= LEAD:
        return first
    cut = first[:LEAD].rsplit(" ", 1)[0].rstrip(" ,.;:—-")
    return cut + "…"
