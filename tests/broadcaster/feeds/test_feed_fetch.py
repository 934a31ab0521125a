from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Sequence

import pytest
from feed_sites import LOOPBACK, Answer, fetcher, ok, site

from broadcaster.feeds import fetch
from broadcaster.feeds.fetch import Fetched, Fetcher, NotModified
from core.errors import FeedBusy, FeedError

SECRET = "s3cret"


def fetched(*answers: bytes | Answer, path: str = "/feed", **more: float) -> Fetched | NotModified:
    async def run() -> Fetched | NotModified:
        async with site(*answers) as there, fetcher(**more) as client:
            return await client.feed(there.url(path))

    return asyncio.run(run())


def said(*answers: bytes | Answer, **more: float) -> str:
    with pytest.raises(FeedError) as caught:
        fetched(*answers, path=f"/feed?key={SECRET}", **more)
    assert SECRET not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    return str(caught.value)


def test_a_feed_comes_with_its_type_and_validators() -> None:
    answer = fetched(ok(b"<rss/>", "Content-Type: text/xml", 'ETag: "1"', "Last-Modified: x"))
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.content_type) == (b"<rss/>", "text/xml")
    assert (answer.etag, answer.last_modified) == ('"1"', "x")


def test_validators_are_sent_back_and_not_modified_is_told() -> None:
    async def run() -> None:
        async with site(ok(b"", status="304 Not Modified")) as there, fetcher() as client:
            answer = await client.feed(there.url(), etag='W/"é"', last_modified="вчера")
            assert isinstance(answer, NotModified)
            await client.feed(there.url(), etag="a\r\nX-Evil: 1")
        head, second = there.requests
        assert 'If-None-Match: W/"é"'.encode().decode("latin-1") in head
        assert "If-Modified-Since:" in head
        assert "User-Agent: Vestnik/" in head
        assert "Cookie" not in head
        assert "X-Evil" not in second

    asyncio.run(run())


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"<rss/>", mtime=0)),
        ("GZIP", gzip.compress(b"<rss/>", mtime=0)),
        ("x-gzip", gzip.compress(b"<rs", mtime=0) + gzip.compress(b"s/>", mtime=0)),
        ("identity", gzip.compress(b"<rss/>", mtime=0)),
        ("gzip", b"<rss/>"),
        ("deflate", zlib.compress(b"<rss/>")),
        ("deflate", zlib.compress(b"<rss/>")[2:-4]),
    ],
)
def test_compression_is_taken_off_by_what_the_bytes_are(encoding: str, packed: bytes) -> None:
    answer = fetched(ok(packed, f"Content-Encoding: {encoding}"))
    assert isinstance(answer, Fetched)
    assert answer.body == b"<rss/>"


def test_a_bomb_is_measured_by_what_comes_out_of_it() -> None:
    bomb = gzip.compress(b"\0" * (fetch.FEED_LIMIT + 1))
    assert len(bomb) < 20_000
    assert "больше 10 МБ" in said(ok(bomb, "Content-Encoding: gzip"))


def test_exactly_the_limit_is_taken() -> None:
    answer = fetched(ok(gzip.compress(b"\0" * fetch.FEED_LIMIT, mtime=0), "Content-Encoding: gzip"))
    assert isinstance(answer, Fetched)
    assert len(answer.body) == fetch.FEED_LIMIT


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ok(b"x", "Content-Encoding: br"), "неизвестным способом"),
        (ok(gzip.compress(b"x" * 999, mtime=0)[:-9], "Content-Encoding: gzip"), "повреждённый"),
        (ok(b"", status="404 Not Found"), "ничего нет"),
        (ok(b"", status="410 Gone"), "ничего нет"),
        (ok(b"", status="403 Forbidden"), "не даёт читать"),
        (ok(b"", status="401 Unauthorized"), "не даёт читать"),
        (ok(b"", status="500 Oops"), "неполадка"),
        (ok(b"", status="503 Busy"), "неполадка"),
        (ok(b"", status="418 Teapot"), "отказом"),
        (ok(b"", status="302 Found"), "отказом"),
        (ok(b"", "Location: ftp://x/", status="302 Found"), "нельзя открыть"),
        (ok(b"", "Location: http://[", status="302 Found"), "нельзя открыть"),
        (ok(b"", "Location: /feed", status="301 Moved"), "по кругу"),
        (b"nonsense\r\n\r\n", "оборвал"),
        (b"", "оборвал"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>", "оборвал"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", "оборвал"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000, "оборвал"),
    ],
)
def test_every_bad_answer_is_one_russian_sentence(answer: bytes, words: str) -> None:
    assert words in said(answer)


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        ("429 Slow", ["Retry-After: 120"], 120),
        ("429 Slow", [], None),
        ("503 Busy", ["Retry-After: 5"], 5),
        ("503 Busy", ["Retry-After: 99999999999999"], 24 * 3600),
        (
            "503 Busy",
            ["Date: Sun, 22 Nov 2026 10:00:00 GMT", "Retry-After: Sun, 22 Nov 2026 10:02:00 GMT"],
            120,
        ),
        ("429 Slow", ["Retry-After: nonsense"], None),
    ],
)
def test_a_site_that_asks_to_wait_is_told_apart(
    status: str, headers: list[str], pause: float | None
) -> None:
    with pytest.raises(FeedBusy, match="подождать") as caught:
        fetched(ok(b"", *headers, status=status))
    assert caught.value.retry_after == pause


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_in_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>")
    await writer.drain()
    await reset(writer)


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (hang, "не прислал ответ за"),
        (drip, "не прислал ответ за"),
        (reset, "оборвал"),
        (reset_in_body, "оборвал"),
    ],
)
def test_failures_of_the_network_while_reading(answer: Answer, words: str) -> None:
    assert words in said(answer, total_s=0.3)


def test_an_endless_body_is_cut_at_the_limit() -> None:
    assert "больше 10 МБ" in said(endless)


def test_a_refused_connection_says_so() -> None:
    async def run() -> None:
        async with site(b"") as there:
            url = there.url()
        async with fetcher() as client:
            await client.feed(url)

    with pytest.raises(FeedError, match="не принимает соединения"):
        asyncio.run(run())


def test_a_name_that_does_not_exist_says_so() -> None:
    async def run() -> None:
        async with fetcher() as client:
            await client.feed("http://no-such-name.invalid/?key=" + SECRET)

    with pytest.raises(FeedError, match=r"no-such-name\.invalid не найден") as caught:
        asyncio.run(run())
    assert SECRET not in str(caught.value)


def test_a_name_whose_resolver_hangs_times_out() -> None:
    async def never(host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async def run() -> None:
        async with Fetcher(resolve=never, connect_s=0.2) as client:
            await client.feed("http://p.ru/")

    with pytest.raises(FeedError, match="не отвечает"):
        asyncio.run(run())


def test_a_server_that_speaks_no_tls_is_a_matter_of_its_certificate() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        async with server, fetcher() as client:
            await client.feed(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    with pytest.raises(FeedError, match="сертификат"):
        asyncio.run(run())


def test_a_redirect_is_followed_and_its_end_is_told() -> None:
    moved = ok(b"", "Location: /новая?a=1", status="301 Moved")

    async def run() -> None:
        async with site(moved, ok(b"<rss/>")) as there, fetcher() as client:
            user = there.url().replace("//", f"//user:{SECRET}@")
            answer = await client.feed(user)
        assert isinstance(answer, Fetched)
        assert answer.url.endswith("a=1")
        assert SECRET not in answer.url
        assert "Authorization" in there.requests[0]
        assert "Authorization" not in there.requests[1]

    asyncio.run(run())


def test_five_redirects_are_followed_and_six_are_not() -> None:
    moved = ok(b"", "Location: /feed", status="302 Found")
    assert isinstance(fetched(*[moved] * 5, ok(b"<rss/>")), Fetched)
    assert "по кругу" in said(*[moved] * 6, ok(b"<rss/>"))


def test_a_redirect_into_an_own_network_is_refused() -> None:
    async def run() -> None:
        async with site(b"") as there:
            moved = ok(b"", "Location: http://10.0.0.1/", status="302 Found")
            async with site(moved) as other, Fetcher(allow=LOOPBACK) as client:
                await client.feed(other.url())
            assert there.requests == []

    with pytest.raises(FeedError, match="внутреннюю сеть"):
        asyncio.run(run())


def test_a_name_that_moves_after_the_check_gains_nothing() -> None:
    asked: list[str] = []

    async def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async def run() -> None:
        async with (
            site(ok(b"<rss/>")) as there,
            Fetcher(allow=LOOPBACK, resolve=rebinding) as client,
        ):
            await client.feed(f"http://p.ru:{there.port}/")
        assert "Host: p.ru" in there.requests[0] or "host: p.ru" in there.requests[0]
        assert asked == ["p.ru"]

    asyncio.run(run())


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert isinstance(fetched(ok(b"<rss/>")), Fetched)


@pytest.mark.parametrize(
    "url",
    ["", "p.ru/feed", "file:///etc/passwd", "ftp://p.ru/", "http://", "http://[", "http:///x", "http://p.ru:99999/",
     "http://p.ru:0/", "http://\ud800/", "gopher://127.0.0.1/", "http://a b/", "http://" + "а" * 300 + "/"],
)  # fmt: skip
def test_an_address_that_cannot_be_one_is_explained(url: str) -> None:
    async def run() -> None:
        async with Fetcher() as client:
            await client.feed(url)

    with pytest.raises(FeedError, match=r"строки браузера|не найден"):
        asyncio.run(run())


def test_a_picture_is_fetched_and_an_unasked_304_is_a_failure() -> None:
    async def run() -> Fetched:
        async with site(ok(b"GIF89a")) as there, fetcher() as client:
            return await client.picture(there.url("/a.gif"))

    assert asyncio.run(run()).body == b"GIF89a"

    async def unasked() -> None:
        async with site(ok(b"", status="304 No")) as there, fetcher() as client:
            await client.picture(there.url("/a.gif"))

    with pytest.raises(FeedError, match="не прислал картинку"):
        asyncio.run(unasked())
