"""A site's pages for human eyes: the list of its news, one item, and what all sites are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from sandbox.sites.feeds import MSK, full_html
from sandbox.sites.site import Item, Site

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля",
    "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def front_page(site: Site) -> str:
    """Return the list of the site's news, newest first."""
    cards = "".join(_card(site, item) for item in site.items) or "<p>Новостей пока нет.</p>"
    return _page(site, site.title, f'<main class="news">{cards}</main>')


def article_page(site: Site, item: Item) -> str:
    """Return one item in full, with all its pictures."""
    enclosed = item.pictures if site.enclosures else []
    images = "".join(f'<p><img src="/sites/{site.name}/img/{p.name}" alt=""></p>' for p in enclosed)
    body = (
        f'<main class="article"><p class="when">{_when(item.at)}{_rubric(item)}</p>'
        f"<h2>{escape(item.title)}</h2>{images}{full_html(site, item)}"
        f'<p><a href="/sites/{site.name}/">← Все новости</a></p></main>'
    )
    return _page(site, item.title, body)


def sites_page(sites: Iterable[Site]) -> str:
    """Return the list of all sites."""
    rows = "".join(
        f'<li><a href="/sites/{site.name}/">{escape(site.title)}</a> — {escape(site.description)}</li>'
        for site in sites
    )
    return _document(
        "Сайты", f"<header><h1>Сайты песочницы</h1></header><main><ul>{rows}</ul></main>"
    )


def _card(site: Site, item: Item) -> str:
    image = ""
    if item.pictures:
        image = f'<img src="/sites/{site.name}/img/{item.pictures[0].name}" alt="" loading="lazy">'
    address = escape(item.link or f"/sites/{site.name}/{item.slug}.html")
    return (
        f'<article>{image}<div><p class="when">{_when(item.at)}{_rubric(item)}</p>'
        f'<h2><a href="{address}">{escape(item.title)}</a></h2><p>{escape(item.summary)}</p></div></article>'
    )


def _rubric(item: Item) -> str:
    return f" · {escape(item.category)}" if item.category else ""


def _when(at: float) -> str:
    local = datetime.fromtimestamp(at, MSK)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def _page(site: Site, title: str, body: str) -> str:
    return _document(
        title,
        f'<header><h1><a href="/sites/{site.name}/">{escape(site.title)}</a></h1>'
        f"<p>{escape(site.description)}</p></header>{body}"
        f'<footer><a href="/sites/{site.name}/feed.xml">Лента новостей</a> · '
        f'<a href="/sites/">Другие сайты</a> · <a href="/">Мессенджеры</a></footer>',
        f'<link rel="alternate" href="/sites/{site.name}/feed.xml" title="{escape(site.title)}">',
    )


def _document(title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/sites/site.css">{head}</head>\n<body>{body}</body></html>\n'
    )
