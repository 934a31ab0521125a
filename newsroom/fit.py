"""Content made into the parts that one messenger takes; adapters send these and never cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from core.messenger import Capabilities, MediaFile, Part
from core.richtext import RichText, Style, join, plain, styled
from newsroom.downgrade import downgrade, readable_host
from newsroom.entities import tidy
from newsroom.split import last_piece, split

_BETWEEN = "\n\n"
_BLANKS = re.compile(r"[^\S\xa0]+")
_SAME = re.compile(r"[\W_]+")


def fit(
    revision_text: RichText,
    media: Sequence[MediaFile],
    capabilities: Capabilities,
    *,
    title: str = "",
    link: str | None = None,
    footer: RichText | None = None,
) -> tuple[Part, ...]:
    """Return the parts of a post, in the order to send; none when there is nothing to say.

    Lengths are code points. Nothing is cut away: what does not fit goes on in the next part. With
    pictures the text begins as the caption of the first part and goes on right behind it, further
    albums follow. One part at most unfolds a link: the one with `link`, else the first, and none
    in a post with pictures.
    """
    body = join((_title(title, revision_text), tidy(revision_text).strip()), _BETWEEN)
    tail = join((_source(link, capabilities), footer.strip() if footer else RichText()), _BETWEEN)
    first_limit = capabilities.caption_limit if media else capabilities.text_limit
    texts = _with_tail(
        downgrade(body, capabilities.styles),
        downgrade(tail, capabilities.styles),
        capabilities.text_limit,
        # A messenger without captions gets the text in parts of its own.
        first_limit if first_limit > 0 else capabilities.text_limit,
    )
    if not media:
        unfolding = len(texts) - 1 if link else 0
        return tuple(Part(text, preview=index == unfolding) for index, text in enumerate(texts))
    captioned = texts[:1] if first_limit > 0 else ()
    albums = _albums(media, capabilities.album)
    first = Part(captioned[0] if captioned else RichText(), albums[0], preview=False)
    rest = [Part(text, preview=False) for text in texts[len(captioned) :]]
    return first, *rest, *(Part(media=album, preview=False) for album in albums[1:])


def fit_text(rich: RichText, capabilities: Capabilities, *, caption: bool) -> tuple[RichText, ...]:
    """Return text alone as the messenger takes it, the first part as a caption or as a message."""
    first = capabilities.caption_limit if caption else capabilities.text_limit
    return split(downgrade(rich, capabilities.styles), capabilities.text_limit, first)


def _title(title: str, body: RichText) -> RichText:
    line = _BLANKS.sub(" ", title).strip()
    first_line = body.text.lstrip().partition("\n")[0]
    same = _SAME.sub("", line).casefold() == _SAME.sub("", first_line).casefold()
    return RichText() if same else styled(line, Style.BOLD)


def _source(link: str | None, capabilities: Capabilities) -> RichText:
    if not link:
        return RichText()
    if Style.LINK in capabilities.styles:
        return plain("Подробнее: ") + styled(readable_host(link) or link, Style.LINK, link)
    return plain(f"Подробнее: {link}")


def _with_tail(
    body: RichText, tail: RichText, limit: int, first_limit: int
) -> tuple[RichText, ...]:
    """Split the body and keep the tail in one part with its last paragraph where that can be."""
    whole = join((body, tail), _BETWEEN)
    behind = limit - len(tail.text) - len(_BETWEEN)  # room for text in the part of the tail
    if not body or not tail or len(whole.text) <= first_limit or behind < 1:
        return split(whole, limit, first_limit)
    *before, last = split(body, limit, first_limit)
    room = limit if before else first_limit
    if len(last.text) + len(_BETWEEN) + len(tail.text) <= room:
        return *before, join((last, tail), _BETWEEN)
    at = last_piece(last.text, behind)
    if at is None:
        return *before, last, *split(tail, limit)
    ending = join((last.slice(at, len(last.text)).strip(), tail), _BETWEEN)
    return *before, tidy(last.slice(0, at).strip()), tidy(ending)


def _albums(media: Sequence[MediaFile], most: int) -> list[tuple[MediaFile, ...]]:
    """Return the pictures in as few albums as can be, as even as can be: no picture left alone."""
    count = -(-len(media) // max(most, 1))
    borders = [len(media) * index // count for index in range(count + 1)]
    return [tuple(media[start:end]) for start, end in pairwise(borders)]
