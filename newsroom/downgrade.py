"""Styles a messenger does not know, said in plain letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from urllib.parse import unquote, urlsplit

from core.richtext import Entity, RichText, Style
from newsroom.entities import Change, change, merge, tidy

_QUOTE_MARKS = ("«", "„", "“", '"', "”")


def downgrade(rich: RichText, styles: frozenset[Style]) -> RichText:
    """Return it with the given styles only.

    A link becomes «text (address)», or the address once when the text says it already; a quote is
    put between «»; of all other styles the text alone is left.
    """
    # A link that half overlaps a quote must not be unfolded twice: nested only at the end.
    whole = merge(rich)
    changes: list[tuple[int, _Order, str]] = []
    for entity in whole.entities:
        if entity.style not in styles:
            changes += _in_letters(whole.text, entity)
    kept = tuple(e for e in whole.entities if e.style in styles)
    inserts = [Change(at, at, new) for at, _, new in sorted(changes)]
    return tidy(change(RichText(whole.text, kept), inserts))


class _Order(IntEnum):
    """What comes first where several things are put in at one place."""

    ADDRESS = 1
    QUOTE_END = 2
    QUOTE_START = 3
    SCHEME = 4


def _in_letters(text: str, entity: Entity) -> Iterator[tuple[int, _Order, str]]:
    inside = text[entity.offset : entity.end]
    if entity.style is Style.LINK and entity.url:
        yield from _unfolded(inside, entity, entity.url)
    elif entity.style is Style.QUOTE and not inside.startswith(_QUOTE_MARKS):
        yield entity.offset, _Order.QUOTE_START, "«"
        yield entity.end, _Order.QUOTE_END, "»"


def _unfolded(inside: str, entity: Entity, url: str) -> Iterator[tuple[int, _Order, str]]:
    scheme, _, rest = url.partition(":")
    shown = rest.partition("?")[0] if scheme.lower() in ("mailto", "tel") else url
    if _bare(inside) != _bare(shown):
        yield entity.end, _Order.ADDRESS, f" ({shown})"
    elif shown is url and "://" not in inside:
        # Without its scheme an address is not always seen as one.
        yield entity.offset, _Order.SCHEME, f"{scheme}://"


def _bare(address: str) -> str:
    """Return an address as people compare it: no scheme, no slash at the end, letters for codes."""
    address = re.sub(r"^(?:https?://|mailto:|tel:)", "", unquote(address.strip()), flags=re.I)
    if re.fullmatch(r"[+\d\s()\xa0-]+", address):
        return re.sub(r"[^\d+]", "", address)
    host, slash, path = address.partition("/")
    return (readable_host(f"//{host}") + slash + path).rstrip("/").casefold()


def readable_host(url: str) -> str:
    """Return the host of an address as people know it: «профсоюз.рф», not «xn--…»; no www."""
    try:
        host = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return url
    with suppress(UnicodeError):
        host = host.encode("ascii").decode("idna")
    return host.removeprefix("www.")
