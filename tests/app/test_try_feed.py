from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from app.try_feed import run

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Лента</title><link>https://p.ru/</link>
<item><guid>1</guid><title>Новость</title><link>/1</link><pubDate>Sun, 22 Nov 2026 20:30:00 +0300</pubDate>
<description>&lt;p&gt;Текст &lt;b&gt;важный&lt;/b&gt;&lt;/p&gt;</description><enclosure url="/a.jpg" type="image/jpeg"/></item>
<item><description>Только текст</description></item></channel></rss>"""
SEEN: dict[str, Any] = {
    "title": "Лента",
    "link": "https://p.ru/",
    "items": [
        {
            "id": "1", "title": "Новость", "link": "https://p.ru/1", "at": "2026-11-22T17:30:00+00:00",
            "html": "Текст <b>важный</b>", "media": ["https://p.ru/a.jpg"],
        },
    ],
    "error": None,
}  # fmt: skip
SECOND = {"title": None, "link": None, "at": None, "html": "Только текст", "media": []}


def checked(answer: dict[str, Any]) -> None:
    *first, second = answer["items"]
    assert {**answer, "items": first} == SEEN
    assert second.pop("id")
    assert second == SECOND


def lines(*requests: str) -> list[dict[str, Any]]:
    out = io.BytesIO()
    assert run(None, None, None, io.BytesIO("\n".join(requests).encode()), out) == 0
    answers = out.getvalue().decode().splitlines()
    assert len(answers) == len(requests)
    return [json.loads(answer) for answer in answers]


def test_a_file_is_shown_indented(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(FEED.encode("cp1251"))
    out = io.BytesIO()
    assert run(str(path), "text/xml; charset=utf-8", None, io.BytesIO(), out) == 0
    assert '\n  "title": "Лента"' in out.getvalue().decode()
    checked(json.loads(out.getvalue()))


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    out = io.BytesIO()
    assert run(str(tmp_path / "нет.xml"), None, None, io.BytesIO(), out) == 1
    answer = json.loads(out.getvalue())
    assert "не открывается" in answer.pop("error")
    assert answer == {"title": None, "link": None, "items": []}


def test_every_line_is_answered_and_none_stops_the_rest(tmp_path: Path) -> None:
    plain, packed, wide = tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "c.xml"
    plain.write_bytes(FEED.encode())
    packed.write_bytes(gzip.compress(FEED.encode("koi8-r")))
    wide.write_bytes(FEED.encode("utf-16"))
    page = tmp_path / "page.html"
    page.write_text("<html>")
    answers = lines(
        json.dumps({"path": str(plain)}),
        "not json",
        json.dumps({"path": str(packed), "headers": {"CONTENT-encoding": "gzip", "Content-Type": "text/xml; charset=koi8-r"}}),
        "[]",
        "",
        json.dumps({"path": 5}),
        json.dumps({"path": "/no/such/file"}),
        json.dumps({"path": "a\0b"}),
        '{"path": "\\ud800"}',
        json.dumps({"path": str(tmp_path)}),
        "[" * 100_000,
        json.dumps({"path": str(page), "headers": 5, "content_type": 5, "base_url": []}),
        json.dumps({"path": str(wide), "content_type": "text/xml", "base_url": "https://q.ru/"}),
    )  # fmt: skip
    for index in (0, 2, 12):
        checked(answers[index])
    for index in set(range(12)) - {0, 2}:
        assert answers[index]["error"], index
        assert answers[index]["items"] == []
        assert answers[index]["title"] is answers[index]["link"] is None


def test_the_type_of_a_line_comes_before_its_header(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    text = "<rss><channel><title>{}</title></channel></rss>"
    path.write_bytes(text.format("Größe über alles").encode("latin-1"))
    request = {"path": str(path), "headers": {"content-type": "text/xml; charset=windows-1251"}}
    plain, named = lines(
        json.dumps(request),
        json.dumps({**request, "content_type": "text/xml; charset=iso-8859-1"}),
    )
    assert named["title"] == "Größe über alles"
    assert plain["title"] != named["title"]


def test_bytes_that_are_no_utf8_are_a_bad_line() -> None:
    out = io.BytesIO()
    assert run(None, None, None, io.BytesIO(b'\xff\xfe\n{"path": "\xff"}\n'), out) == 0
    assert all(json.loads(line)["error"] for line in out.getvalue().splitlines())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = FEED.replace("<link>https://p.ru/</link>", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/feed"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched_where_that_is_allowed(address: str) -> None:
    out = io.BytesIO()
    own = [ip_network("127.0.0.0/8")]
    assert run(address, None, None, io.BytesIO(), out, allow=own) == 0
    assert json.loads(out.getvalue())["items"][0]["link"] == address.replace("/feed", "/1")
    out = io.BytesIO()
    assert run(address, None, None, io.BytesIO(), out) == 1
    assert "внутреннюю сеть" in json.loads(out.getvalue())["error"]


def test_each_answer_is_written_before_the_next_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(FEED, encoding="utf-8")
    code = "import sys; from app.try_feed import run; run(None, None, None, sys.stdin.buffer, sys.stdout.buffer)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(json.dumps({"path": str(path)}).encode() + b"\n")
            process.stdin.flush()
            checked(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(10) == 0
