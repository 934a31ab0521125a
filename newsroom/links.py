"""Addresses in other people's pages: which may stand in a message, and which are pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from newsroom.letters import without_junk

_INSIDE = re.compile(r"[\t\r\n]+")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}]")
_TINY = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.IGNORECASE)
# Invisible pictures of visitor counters seen in Russian feeds.
_COUNTERS = frozenset(
    {"mc.yandex.ru", "counter.yadro.ru", "top-fwz1.mail.ru", "counter.rambler.ru"}
)


def link(href: str | None, base_url: str | None) -> str | None:
    """Return the absolute http(s), mailto or tel address behind `href`, or None for all else."""
    if not href:
        return None
    # Browsers drop line breaks inside an address too, so «java\nscript:» is seen as what it is.
    raw = without_junk(_INSIDE.sub("", href)).strip(" \f\xa0")
    if not raw or raw.startswith("#"):
        return None
    scheme = raw.partition(":")[0].lower()
    if scheme in ("mailto", "tel"):
        return _direct(scheme, raw.partition(":")[2])
    try:
        absolute = urljoin(base_url, raw) if base_url else raw
        if absolute.startswith("//"):
            absolute = "https:" + absolute
        parts = urlsplit(absolute)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:  # «http://[» and the like
        return None
    return _NOT_IN_URL.sub(_percent, absolute)


def _direct(scheme: str, address: str) -> str | None:
    if scheme == "tel":
        address = re.sub(r"[^\d+*#,;]", "", address)
        return f"tel:{address}" if any(c.isdigit() for c in address) else None
    address = _NOT_IN_URL.sub(_percent, address.strip())
    return f"mailto:{address}" if "@" in address.partition("?")[0] else None


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())


def picture(attributes: Mapping[str, str | None], base_url: str | None) -> str | None:
    """Return the absolute http(s) address of an img, or None for data:, pixels and counters."""
    if is_pixel(attributes):
        return None
    for name in ("src", "data-src", "data-lazy-src", "data-original"):
        value = attributes.get(name)
        if value and not value.lstrip().lower().startswith("data:"):
            return _picture_url(value, base_url)
    largest = (attributes.get("srcset") or attributes.get("data-srcset") or "").split(",")[-1]
    return _picture_url((largest.split() or [""])[0], base_url)


def is_pixel(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an img is at most one pixel wide or high by its attributes or style."""
    sizes = ((attributes.get(name) or "").strip().lower() for name in ("width", "height"))
    tiny = any(size.removesuffix("px") in ("0", "1") for size in sizes)
    return tiny or bool(_TINY.search(attributes.get("style") or ""))


def _picture_url(value: str, base_url: str | None) -> str | None:
    url = link(value, base_url)
    if url is None or not url.lower().startswith("http"):
        return None
    host = urlsplit(url).hostname or ""
    return None if host in _COUNTERS else url
