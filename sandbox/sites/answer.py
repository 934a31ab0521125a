"""The sites over HTTP: lists, articles, pictures and feeds, as well or as badly as each site is told to behave."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from sandbox.sites.feeds import content_type, feed_bytes
from sandbox.sites.pages import article_page, front_page, sites_page
from sandbox.sites.site import Site
from sandbox.world import World

_CSS = Path(__file__).with_name("site.css")
_DRIP_BYTES = 64
_PAD = b" " * 65536
_NO_SITE = "Такого сайта нет. Откройте /sites/ — там список."
_NO_PAGE = "Такой страницы нет: её убрали или адрес неверный."


def routes(world: World) -> list[BaseRoute]:
    """Return the routes of all news sites of the world."""

    async def index(request: Request) -> Response:
        return HTMLResponse(sites_page(world.sites.values()))

    async def css(request: Request) -> Response:
        return FileResponse(_CSS, media_type="text/css")

    def of_site(
        answer: Callable[[Site, Request], Response],
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            site: Site | None = world.sites.get(request.path_params["name"])
            if site is None:
                return PlainTextResponse(_NO_SITE, 404)
            if site.slow_s:
                await asyncio.sleep(site.slow_s)
            if site.status != 200:
                return PlainTextResponse(f"{site.status}: сайт временно не отвечает", site.status)
            return answer(site.shown(world.clock.now()), request)

        return endpoint

    def front(site: Site, request: Request) -> Response:
        return HTMLResponse(front_page(site))

    def article(site: Site, request: Request) -> Response:
        item = site.find(request.path_params["slug"])
        return HTMLResponse(article_page(site, item)) if item else PlainTextResponse(_NO_PAGE, 404)

    def picture(site: Site, request: Request) -> Response:
        wanted = request.path_params["file"]
        for item in site.items:
            for candidate in item.pictures:
                if candidate.name == wanted:
                    return Response(world.files[candidate.sha], media_type=candidate.mime)
        return PlainTextResponse(_NO_PAGE, 404)

    return [
        Route("/sites/", index),
        Route("/sites/site.css", css),
        Route("/sites/{name}/", of_site(front)),
        Route("/sites/{name}/feed.xml", of_site(_feed)),
        Route("/sites/{name}/img/{file}", of_site(picture)),
        Route("/sites/{name}/{slug}.html", of_site(article)),
    ]


def _feed(site: Site, request: Request) -> Response:
    body = feed_bytes(site, str(request.base_url).rstrip("/"))
    headers = {"content-type": content_type(site)} | _validators(site, body)
    if site.etag != "off" and _unchanged(request, headers["etag"], headers["last-modified"]):
        return Response(status_code=304, headers=headers)
    if site.drip:
        return StreamingResponse(_drip(body), headers=headers)
    if site.size_mb:
        return StreamingResponse(_padded(body, int(site.size_mb * 1_000_000)), headers=headers)
    return Response(body, headers=headers)


def _validators(site: Site, body: bytes) -> dict[str, str]:
    if site.etag == "off":
        return {}
    if site.etag == "lies":
        return {"etag": '"forever"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    changed = datetime.fromtimestamp(int(site.changed), UTC)
    return {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        "last-modified": format_datetime(changed, usegmt=True),
    }


def _unchanged(request: Request, etag: str, modified: str) -> bool:
    """Judge If-None-Match, and If-Modified-Since only without it (RFC 9110, 13.2.2)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return etag in tags or "*" in tags
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


async def _drip(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _DRIP_BYTES):
        yield body[start : start + _DRIP_BYTES]
        await asyncio.sleep(1)


async def _padded(body: bytes, size: int) -> AsyncIterator[bytes]:
    yield body
    left = size - len(body)
    while left > 0:
        yield _PAD[: min(left, len(_PAD))]
        left -= len(_PAD)
