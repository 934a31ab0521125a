"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from broadcaster.feeds.enclosures import is_picture
from broadcaster.feeds.markup import scrub
from broadcaster.feeds.raw import RawFeed, RawItem, Text
from core.errors import FeedError

_NOT_FEED = (
    "По этому адресу лежат данные JSON, но это не лента новостей; найдите на сайте ссылку на RSS "
    "и укажите её адрес"
)


def read(text: str) -> RawFeed:
    """Return the feed; raises FeedError for broken JSON and JSON of another kind."""
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError(
            "Лента в формате JSON повреждена и не читается; сообщите владельцу сайта"
        ) from error
    if not isinstance(data, dict) or "jsonfeed.org/version" not in _string(data, "version"):
        raise FeedError(_NOT_FEED)
    items = data.get("items")
    if not isinstance(items, list):
        raise FeedError(_NOT_FEED)
    return RawFeed(
        title=_text(data, "title", html=False),
        link=_string(data, "home_page_url") or None,
        items=[_item(item) for item in items if isinstance(item, dict)],
    )


def _item(item: Mapping[str, Any]) -> RawItem:
    bodies = [
        _text(item, "content_html", html=True),
        _text(item, "content_text", html=False),
        _text(item, "summary", html=False),
    ]
    return RawItem(
        id=_string(item, "id") or None,
        title=_text(item, "title", html=False),
        link=_string(item, "url") or _string(item, "external_url") or None,
        dates=[_string(item, "date_published"), _string(item, "date_modified")],
        bodies=[body for body in bodies if body is not None],
        pictures=_pictures(item),
        categories=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
    )


def _pictures(item: Mapping[str, Any]) -> list[str]:
    found = [_string(item, "image"), _string(item, "banner_image")]
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict):
            url = _string(attachment, "url")
            if is_picture(url, _string(attachment, "mime_type")):
                found.append(url)
    return [url for url in found if url]


def _text(data: Mapping[str, Any], key: str, *, html: bool) -> Text | None:
    content = _string(data, key)
    return Text(content, html) if content else None


def _string(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = repr(value)  # an id written as a number
    return scrub(value).strip() if isinstance(value, str) else ""


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []
