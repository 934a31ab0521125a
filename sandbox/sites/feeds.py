"""A site's feed as text: RSS 2.0, Atom, RDF (RSS 1.0) or JSON Feed 1.1, and its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from sandbox.sites.site import Item, Site

MSK = timezone(timedelta(hours=3))
_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
}
# XML 1.0 has no way to write these characters, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def content_type(site: Site) -> str:
    """Return the feed's Content-Type, with a charset only if the site is told to give one."""
    kind = "application/feed+json" if site.format == "json" else _TYPES[site.format]
    return f"{kind}; charset={site.header}" if site.header else kind


def feed_bytes(site: Site, base: str) -> bytes:
    """Return the feed in the site's encoding; `base` is the server's address without a slash at the end."""
    if site.body is not None:
        return site.body.encode(site.encoding, "replace")
    if site.format == "json":
        return _json(site, base).encode(site.encoding, "replace")
    declared = f' encoding="{site.declare}"' if site.declare else ""
    text = f'<?xml version="1.0"{declared}?>\n' + _XML[site.format](site, base)
    return text.encode(site.encoding, "xmlcharrefreplace")


def page_address(site: Site, base: str, item: Item) -> str:
    """Return where the item can be read."""
    return item.link or f"{base}/sites/{site.name}/{item.slug}.html"


def picture_address(site: Site, base: str, name: str) -> str:
    """Return where a picture lies."""
    return f"{base}/sites/{site.name}/img/{name}"


def full_html(site: Site, item: Item) -> str:
    """Return the item's text with its pictures in front, unless they travel as enclosures."""
    if site.enclosures:
        return item.html
    images = "".join(
        f'<p><img src="/sites/{site.name}/img/{picture.name}" alt="{escape(item.title)}" width="1200"></p>\n'
        for picture in item.pictures
    )
    return images + item.html


def _rss(site: Site, base: str) -> str:
    items = "".join(_rss_item(site, base, item) for item in site.items)
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{_text(site.title)}</title>\n<link>{base}/sites/{site.name}/</link>\n"
        f"<description>{_text(site.description)}</description>\n<language>ru</language>\n"
        f'<atom:link href="{base}/sites/{site.name}/feed.xml" rel="self" type="application/rss+xml"/>\n'
        f"<lastBuildDate>{_mail_date(site.changed)}</lastBuildDate>\n{items}</channel>\n</rss>\n"
    )


def _rss_item(site: Site, base: str, item: Item) -> str:
    enclosures = "".join(
        f'<enclosure url="{picture_address(site, base, p.name)}" length="{p.size}" type="{p.mime}"/>\n'
        for p in (item.pictures if site.enclosures else [])
    )
    if site.enclosures:
        texts = (
            f"<description>{_text(item.summary)}</description>\n"
            f"<content:encoded>{_cdata(full_html(site, item))}</content:encoded>\n"
        )
    else:
        texts = f"<description>{_cdata(full_html(site, item))}</description>\n"
    category = f"<category>{_text(item.category)}</category>\n" if item.category else ""
    return (
        f"<item>\n<title>{_text(item.title)}</title>\n"
        f"<link>{_text(page_address(site, base, item))}</link>\n"
        f'<guid isPermaLink="false">{_text(item.id)}</guid>\n'
        f"<pubDate>{_mail_date(item.at)}</pubDate>\n{category}{texts}{enclosures}</item>\n"
    )


def _atom(site: Site, base: str) -> str:
    entries = "".join(_atom_entry(site, base, item) for item in site.items)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru">\n<title>{_text(site.title)}</title>\n'
        f"<subtitle>{_text(site.description)}</subtitle>\n<id>tag:sandbox,2026:{site.name}</id>\n"
        f'<link rel="alternate" type="text/html" href="{base}/sites/{site.name}/"/>\n'
        f'<link rel="self" type="application/atom+xml" href="{base}/sites/{site.name}/feed.xml"/>\n'
        f"<author><name>{_text(site.title)}</name></author>\n"
        f"<updated>{_iso(site.changed)}</updated>\n{entries}</feed>\n"
    )


def _atom_entry(site: Site, base: str, item: Item) -> str:
    enclosures = "".join(
        f'<link rel="enclosure" type="{p.mime}" length="{p.size}" href="{picture_address(site, base, p.name)}"/>\n'
        for p in (item.pictures if site.enclosures else [])
    )
    category = f'<category term="{_text(item.category)}"/>\n' if item.category else ""
    return (
        f"<entry>\n<id>{_text(item.id)}</id>\n<title>{_text(item.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href="{_text(page_address(site, base, item))}"/>\n'
        f"<published>{_iso(item.at)}</published>\n<updated>{_iso(item.updated or item.at)}</updated>\n"
        f'{category}<summary type="text">{_text(item.summary)}</summary>\n'
        f'<content type="html">{_text(full_html(site, item))}</content>\n{enclosures}</entry>\n'
    )


def _rdf(site: Site, base: str) -> str:
    seq = "".join(
        f'<rdf:li rdf:resource="{_text(page_address(site, base, i))}"/>\n' for i in site.items
    )
    items = "".join(
        f'<item rdf:about="{_text(page_address(site, base, item))}">\n<title>{_text(item.title)}</title>\n'
        f"<link>{_text(page_address(site, base, item))}</link>\n<dc:identifier>{_text(item.id)}</dc:identifier>\n"
        f"<dc:date>{_iso(item.at)}</dc:date>\n<dc:subject>{_text(item.category)}</dc:subject>\n"
        f"<description>{_text(item.summary)}</description>\n"
        f"<content:encoded>{_cdata(full_html(site, item))}</content:encoded>\n</item>\n"
        for item in site.items
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'<channel rdf:about="{base}/sites/{site.name}/feed.xml">\n<title>{_text(site.title)}</title>\n'
        f"<link>{base}/sites/{site.name}/</link>\n<description>{_text(site.description)}</description>\n"
        f"<items><rdf:Seq>\n{seq}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def _json(site: Site, base: str) -> str:
    items = [
        {
            "id": item.id,
            "url": page_address(site, base, item),
            "title": item.title,
            "summary": item.summary,
            "content_html": full_html(site, item),
            "date_published": _iso(item.at),
            "date_modified": _iso(item.updated or item.at),
            "tags": [item.category] if item.category else [],
            "attachments": [
                {
                    "url": picture_address(site, base, p.name),
                    "mime_type": p.mime,
                    "size_in_bytes": p.size,
                }
                for p in (item.pictures if site.enclosures else [])
            ],
        }
        for item in site.items
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "description": site.description,
        "language": "ru",
        "home_page_url": f"{base}/sites/{site.name}/",
        "feed_url": f"{base}/sites/{site.name}/feed.xml",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


_XML: Mapping[str, Callable[[Site, str], str]] = {"rss": _rss, "atom": _atom, "rdf": _rdf}


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("", value))


def _cdata(value: str) -> str:
    return "<![CDATA[" + _NOT_XML.sub("", value).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _mail_date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(at), MSK))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat()
