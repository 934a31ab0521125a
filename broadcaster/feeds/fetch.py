"""Fetches feeds and pictures from sites: conditional, bounded in time and size, and never from our own networks."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpcore
import httpx

from broadcaster.feeds import unpack
from broadcaster.feeds.guard import GuardedBackend, Network, Resolve
from broadcaster.feeds.trouble import explain, explain_body, host, refuse
from core.errors import FeedError

FEED_LIMIT = 10 * 1024 * 1024
PICTURE_LIMIT = 10 * 1024 * 1024
TOTAL_S = 30.0
CONNECT_S = 10.0
REDIRECTS = 5
USER_AGENT = "Vestnik/1.0 (news bot of a trade-union federation; feed reader)"
_FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PICTURE_TYPES = "image/jpeg, image/png, image/webp, image/gif, image/*;q=0.5, */*;q=0.1"
_HOST = re.compile(r"[\w.-]+|[0-9a-fA-F:.]+")
_NO_ADDRESS = (
    "Адрес должен начинаться с http:// или https:// и имени сайта; скопируйте его из строки "
    "браузера целиком"
)
_HTTPCORE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a site sent: the unpacked body, its validators, and the address it came from in the end."""

    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    url: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing changed since the validators that were sent."""

    url: str


class Fetcher:
    """One HTTP client for all sources. Every failure is a FeedError; a site that asks to wait, FeedBusy."""

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        total_s: float = TOTAL_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        """Permit public addresses and the networks of `allow`; `tls` holds additional authorities; times in seconds."""
        self._total_s = total_s
        self._backend = GuardedBackend(allow, resolve)
        self._client = httpx.AsyncClient(
            transport=_Transport(self._backend, tls),
            timeout=httpx.Timeout(total_s, connect=connect_s),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    async def feed(
        self, url: str, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched | NotModified:
        """Fetch a feed unless its validators still hold; at most 10 MB unpacked, 30 seconds in all."""
        headers = {"Accept": _FEED_TYPES}
        if etag is not None:
            headers["If-None-Match"] = etag
        if last_modified is not None:
            headers["If-Modified-Since"] = last_modified
        return await self._fetch(url, headers, FEED_LIMIT)

    async def picture(self, url: str) -> Fetched:
        """Fetch a picture; at most 10 MB, 30 seconds in all."""
        answer = await self._fetch(url, {"Accept": _PICTURE_TYPES}, PICTURE_LIMIT)
        if isinstance(answer, NotModified):
            raise FeedError(f"Сайт {host(answer.url)} не прислал картинку; проверьте её адрес")
        return answer

    async def close(self) -> None:
        """Let connections and threads go."""
        await self._client.aclose()
        self._backend.close()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    async def _fetch(self, url: str, headers: dict[str, str], limit: int) -> Fetched | NotModified:
        at = _address(url)
        try:
            async with asyncio.timeout(self._total_s):
                for _ in range(REDIRECTS + 1):
                    answer = await self._once(at, headers, limit)
                    if not isinstance(answer, httpx.URL):
                        return answer
                    at = answer
        except TimeoutError as error:
            raise FeedError(
                f"Сайт {host(at)} не прислал ответ за {self._total_s:.0f} секунд; "
                "Вестник попробует снова, а если так и дальше, сообщите владельцу сайта"
            ) from error
        raise FeedError(
            f"Сайт {host(at)} пересылает по кругу (больше {REDIRECTS} раз); "
            "откройте ленту в браузере и укажите конечный адрес"
        )

    async def _once(
        self, url: httpx.URL, headers: dict[str, str], limit: int
    ) -> Fetched | NotModified | httpx.URL:
        try:
            async with self._client.stream("GET", url, headers=_sendable(headers)) as answer:
                if answer.status_code in _MOVED and "location" in answer.headers:
                    return _next(url, answer.headers["location"])
                if answer.status_code == 304:
                    return NotModified(str(url))
                refuse(answer)
                raw = await _read(answer, limit)
            body = await asyncio.to_thread(
                unpack.unpack, raw, answer.headers.get("content-encoding"), limit
            )
        except unpack.BodyError as error:
            raise FeedError(explain_body(error, url, limit)) from error
        except (httpx.HTTPError, OSError, *_HTTPCORE) as error:
            raise FeedError(explain(error, url)) from error
        return Fetched(
            body,
            answer.headers.get("content-type"),
            answer.headers.get("etag"),
            answer.headers.get("last-modified"),
            str(url.copy_with(userinfo=b"")),
        )


class _Transport(httpx.AsyncBaseTransport):
    """httpx over a pool whose connections go through the guard; httpcore's errors pass as they are."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext | None) -> None:
        # No keep-alive: sources are asked minutes apart, and a stale connection would only fail.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


async def _read(answer: httpx.Response, limit: int) -> bytes:
    # Raw bytes: httpx would unpack a whole chunk at once, however much comes out of it.
    parts: list[bytes] = []
    size = 0
    async for part in answer.aiter_raw():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise unpack.TooBig
    return b"".join(parts)


def _sendable(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    # Validators come from the site itself and may hold anything; a line break would be a header.
    return [
        (name.encode(), value.encode("utf-8", "replace"))
        for name, value in headers.items()
        if value.isprintable()
    ]


def _address(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url.strip())
        usable = _HOST.fullmatch(parsed.host) and parsed.port != 0 and (parsed.port or 80) < 65536
    except (httpx.InvalidURL, ValueError) as error:
        raise FeedError(_NO_ADDRESS) from error
    if parsed.scheme not in ("http", "https") or not usable:
        raise FeedError(_NO_ADDRESS)
    return parsed


def _next(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return _address(str(url.copy_with(userinfo=b"").join(location))).copy_with(userinfo=b"")
    except (httpx.InvalidURL, ValueError, FeedError) as error:
        raise FeedError(
            f"Сайт {host(url)} пересылает по адресу, который нельзя открыть; откройте ленту в "
            "браузере и укажите конечный адрес"
        ) from error
