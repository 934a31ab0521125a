"""`main.py try`: shows what Vestnik reads in a feed, by the very functions of the running poller."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from broadcaster.feeds import unpack
from broadcaster.feeds.dates import MOSCOW
from broadcaster.feeds.fetch import FEED_LIMIT, Fetcher, NotModified
from broadcaster.feeds.guard import Network
from broadcaster.feeds.parse import parse
from core.errors import FeedError
from core.feed import Feed, FeedItem
from newsroom.html import to_html

_BAD_LINE = (
    'Строка не понята: нужен объект JSON вида {"path": "лента.xml"}, по желанию с полями '
    "content_type, base_url, headers"
)


def run(
    target: str | None,
    content_type: str | None,
    base_url: str | None,
    stdin: BinaryIO,
    stdout: BinaryIO,
    *,
    allow: Sequence[Network] = (),
    zone: tzinfo = MOSCOW,
) -> int:
    """Write what is in the feed `target` (a file or an http(s) address) as indented JSON; 1 when it is no feed.

    Without a target answer every line of `stdin`, a JSON object with `path` and optionally
    `content_type`, `base_url` and the answer's `headers`, by one line of JSON, at once, and return
    0 at the end. Output is UTF-8. `allow` lists own networks that may be fetched from.
    """
    if target is not None:
        answer = _of_target(target, content_type, base_url, allow, zone)
        _write(stdout, answer, indent=2)
        return 0 if answer["error"] is None else 1
    for line in stdin:
        _write(stdout, _of_line(line, zone), indent=None)
    return 0


def _write(stdout: BinaryIO, answer: Mapping[str, Any], indent: int | None) -> None:
    text = json.dumps(answer, ensure_ascii=False, indent=indent)
    stdout.write(text.encode("utf-8", "replace") + b"\n")
    stdout.flush()


def _of_target(
    target: str,
    content_type: str | None,
    base_url: str | None,
    allow: Sequence[Network],
    zone: tzinfo,
) -> dict[str, Any]:
    try:
        if not target.lower().startswith(("http://", "https://")):
            return _of_feed(parse(_read(target, None), content_type, base_url, zone=zone))
        body, named, url = asyncio.run(_fetch(target, allow))
        return _of_feed(parse(body, content_type or named, base_url or url, zone=zone))
    except FeedError as error:
        return _of_error(error)


async def _fetch(url: str, allow: Sequence[Network]) -> tuple[bytes, str | None, str]:
    async with Fetcher(allow=allow) as fetcher:
        answer = await fetcher.feed(url)
    if isinstance(answer, NotModified):
        raise FeedError("Сайт ответил «без изменений» на первый же запрос; попробуйте ещё раз")
    return answer.body, answer.content_type, answer.url


def _of_line(line: bytes, zone: tzinfo) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        request = None
    path = request.get("path") if isinstance(request, dict) else None
    if not isinstance(request, dict) or not isinstance(path, str):
        return _of_error(FeedError(_BAD_LINE))
    headers = _headers(request.get("headers"))
    content_type = _string(request.get("content_type")) or headers.get("content-type")
    base_url = _string(request.get("base_url"))
    try:
        content = _read(path, headers.get("content-encoding"))
        return _of_feed(parse(content, content_type, base_url, zone=zone))
    except FeedError as error:
        return _of_error(error)


def _read(path: str, encoding: str | None) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(FEED_LIMIT + 1)
        return unpack.unpack(content, encoding, FEED_LIMIT)
    except (OSError, ValueError) as error:
        raise FeedError(
            f"Файл {path} не открывается; проверьте, есть ли он и можно ли его читать"
        ) from error
    except unpack.TooBig as error:
        raise FeedError("В ленте больше 10 МБ, столько Вестник не читает") from error
    except unpack.BodyError as error:
        raise FeedError("Сжатый ответ повреждён или сжат неизвестным способом") from error


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {
        name.lower(): text
        for name, text in value.items()
        if isinstance(name, str) and isinstance(text, str)
    }


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _of_error(error: FeedError) -> dict[str, Any]:
    return {"title": None, "link": None, "items": [], "error": str(error)}


def _of_feed(feed: Feed) -> dict[str, Any]:
    return {
        "title": feed.title,
        "link": feed.link,
        "items": [_of_item(item) for item in feed.items],
        "error": None,
    }


def _of_item(item: FeedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title or None,
        "link": item.link,
        "at": None if item.at is None else _iso(item.at),
        "html": to_html(item.body) or None,
        "media": list(item.media),
    }


def _iso(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).isoformat()
