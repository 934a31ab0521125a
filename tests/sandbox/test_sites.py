"""News sites: their feeds can be read, their answers obey HTTP, and control can make them ill."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest
from asked import Asked

from sandbox.sites import Site
from sandbox.sites.pictures import draw
from sandbox.sites.scenes import SCENES

FEED = "/sites/press/feed.xml"
NASTY = 'Ещё <b> & "кавычки" ]]> \x0b конец'


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked() as asked:
        asked.post("/control/clock", {"mode": "manual", "at": "2026-11-22T12:00:00Z"})
        asked.post(
            "/control/world",
            {
                "sites": [
                    {
                        "name": "press",
                        "title": "Пресса",
                        "items": [{"title": "Первая", "text": "раз\n\nдва", "id": "p1"}],
                    }
                ]
            },
        )
        yield asked


def change(town: Asked, **order: Any) -> Any:
    return town.post("/control/sites/press", order)


def parsed(town: Asked) -> Any:
    answer = town.get(FEED)
    return feedparser.parse(answer.content, response_headers=dict(answer.headers))


@pytest.mark.parametrize("kind", ["rss", "atom", "rdf"])
@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r"])
def test_every_format_can_be_read_back(town: Asked, kind: str, encoding: str) -> None:
    publish = {
        "title": NASTY,
        "html": f"<p>{NASTY}</p>",
        "category": "Спорт",
        "pictures": 1,
        "at": 1000,
    }
    change(town, publish=publish, format=kind, encoding=encoding)
    feed = parsed(town)
    first, nasty = feed.entries
    assert not feed.bozo, feed.bozo_exception
    assert first.title == "Первая"
    assert "]]" in nasty.title
    assert nasty.link == "http://sandbox.test/sites/press/news-2.html"
    assert "news-2-1.jpg" in str(nasty)
    assert "updated_parsed" in nasty or "published_parsed" in nasty


def test_the_json_feed_is_json(town: Asked) -> None:
    change(town, format="json")
    answer = town.get(FEED)
    assert answer.headers["content-type"] == "application/feed+json"
    assert json.loads(answer.content)["items"][0]["id"] == "p1"


def test_encoding_declaration_and_header_can_disagree(town: Asked) -> None:
    change(town, encoding="koi8-r", declare="utf-8", header="windows-1251")
    answer = town.get(FEED)
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert "Первая".encode("koi8-r") in answer.content
    assert answer.headers["content-type"].endswith("charset=windows-1251")
    change(town, declare=None, header=None)
    answer = town.get(FEED)
    assert answer.content.startswith(b'<?xml version="1.0"?>')
    assert "charset" not in answer.headers["content-type"]


def test_an_unchanged_feed_is_answered_304(town: Asked) -> None:
    headers = town.get(FEED).headers
    assert town.get(FEED, if_none_match=headers["etag"]).status_code == 304
    assert town.get(FEED, if_none_match=f'"x", W/{headers["etag"]}').status_code == 304
    assert town.get(FEED, if_modified_since=headers["last-modified"]).status_code == 304
    assert town.get(FEED, if_modified_since="Thu, 01 Jan 2026 00:00:00 GMT").status_code == 200
    assert town.get(FEED, if_modified_since="soon").status_code == 200
    both = town.get(FEED, if_none_match='"other"', if_modified_since=headers["last-modified"])
    assert both.status_code == 200


def test_a_changed_feed_is_answered_anew(town: Asked) -> None:
    etag = town.get(FEED).headers["etag"]
    change(town, edit={"id": "p1", "title": "Первая, исправленная"})
    assert town.get(FEED, if_none_match=etag).status_code == 200


def test_a_lying_site_says_unchanged_for_ever(town: Asked) -> None:
    change(town, etag="lies")
    etag = town.get(FEED).headers["etag"]
    change(town, publish={"title": "Новая", "text": "да"})
    assert town.get(FEED, if_none_match=etag).status_code == 304
    change(town, etag="off")
    assert "etag" not in town.get(FEED, if_none_match=etag).headers


def test_publish_edit_and_remove_show_in_the_feed(town: Asked) -> None:
    change(
        town,
        publish=[
            {"id": "p2", "title": "Вторая", "html": "<p>да</p>"},
            {"title": "Третья", "text": "нет"},
        ],
    )
    town.post("/control/clock", {"advance_s": 60})
    described = change(town, edit={"id": "p2", "title": "Вторая!"}, remove={"id": "p1"})
    assert {i["title"] for i in described["items"]} == {"Вторая!", "Третья"}
    assert {e.title for e in parsed(town).entries} == {"Вторая!", "Третья"}


def test_what_is_dated_later_is_not_there_until_its_time(town: Asked) -> None:
    etag = town.get(FEED).headers["etag"]
    item = {"title": "Завтрашняя", "text": "да", "pictures": 1, "at": "2026-11-22T13:00:00Z"}
    change(town, publish=item)
    hidden = ("/sites/press/news-2.html", "/sites/press/img/news-2-1.jpg")
    assert [e.title for e in parsed(town).entries] == ["Первая"]
    assert "Завтрашняя" not in town.get("/sites/press/").text
    assert {town.get(path).status_code for path in hidden} == {404}
    modified = town.get(FEED).headers["last-modified"]
    town.post("/control/clock", {"advance_s": 3600})
    assert [e.title for e in parsed(town).entries] == ["Завтрашняя", "Первая"]
    assert "Завтрашняя" in town.get("/sites/press/").text
    assert {town.get(path).status_code for path in hidden} == {200}
    assert town.get(FEED, if_none_match=etag).status_code == 200
    assert town.get(FEED, if_modified_since=modified).status_code == 200
    assert town.get(FEED).headers["last-modified"] == "Sun, 22 Nov 2026 13:00:00 GMT"


@pytest.mark.parametrize("edit", [{"text": "Новый текст"}, {"html": "<p>Новый текст</p>"}])
def test_a_new_text_takes_the_old_summary_away(town: Asked, edit: dict[str, str]) -> None:
    change(town, edit={"id": "p1", "summary": "О старом"})
    assert "О старом" in town.get("/sites/press/").text
    change(town, edit={"id": "p1", "title": "Первая!"})
    assert "О старом" in town.get("/sites/press/").text
    change(town, edit={"id": "p1", **edit})
    front = town.get("/sites/press/").text
    assert "О старом" not in front
    assert "Новый текст" in front


def test_given_pictures_are_served_as_they_came(town: Asked) -> None:
    content = draw("road", 5)
    encoded = base64.b64encode(content).decode()
    change(
        town,
        publish={
            "title": "С фото",
            "text": "да",
            "pictures": [encoded, f"data:image/jpeg;base64,{encoded}"],
        },
    )
    assert town.get("/sites/press/img/news-2-2.jpg").content == content
    assert "news-2-2.jpg" in town.get("/sites/press/news-2.html").text


@pytest.mark.parametrize(
    "order",
    [
        {"sttus": 503},
        {"status": 99},
        {"etag": "maybe"},
        {"encoding": "klingon"},
        {"format": "pdf"},
        {"drip": "yes"},
        {"publish": {"text": "без заголовка"}},
        {"publish": {"title": "А", "id": "p1"}},
        {"publish": {"title": "А", "colour": "red"}},
        {"publish": {"title": "А", "pictures": 99}},
        {"publish": {"title": "А", "pictures": ["AAAA"]}},
        {"publish": {"title": "А", "slug": "../x"}},
        {"edit": {"id": "нет", "title": "А"}},
        {"remove": {"id": "нет"}},
        {"publish": {"title": "А", "text": "а"}, "status": 99},
    ],
)
def test_a_wrong_order_is_refused_and_changes_nothing(town: Asked, order: dict[str, Any]) -> None:
    before = town.get(FEED).content
    assert town.try_post("/control/sites/press", order).status_code == 400
    assert town.get(FEED).content == before


def test_an_ill_site_answers_its_status_everywhere(town: Asked) -> None:
    change(town, status=503)
    assert {
        town.get(path).status_code for path in (FEED, "/sites/press/", "/sites/press/news-1.html")
    } == {503}
    change(town, status=200)
    assert town.get(FEED).status_code == 200


def test_a_raw_body_stands_in_the_feeds_place(town: Asked) -> None:
    change(town, body="<html>Технические работы</html>")
    assert town.get(FEED).text == "<html>Технические работы</html>"
    change(town, body=None)
    assert len(parsed(town).entries) == 1


def test_a_padded_feed_has_the_size_asked_for_and_is_still_xml(town: Asked) -> None:
    change(town, size_mb=1)
    answer = town.get(FEED)
    assert len(answer.content) == 1_000_000
    assert len(feedparser.parse(answer.content).entries) == 1


def test_a_dripping_feed_begins_but_does_not_end_soon(town: Asked) -> None:
    change(town, drip=True)
    parts: list[bytes] = []

    async def act(_: httpx.AsyncClient) -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

        async def send(message: Any) -> None:
            if message.get("body"):
                parts.append(message["body"])
                raise OSError("the reader has seen enough")

        scope = {
            "type": "http", "method": "GET", "path": FEED, "raw_path": FEED.encode(), "query_string": b"",
            "headers": [(b"host", b"sandbox.test")], "http_version": "1.1", "scheme": "http",
            "server": ("sandbox.test", 80), "root_path": "", "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        with pytest.raises(BaseException):  # noqa: B017  # starlette may wrap it in a group
            await town.sandbox.app(scope, receive, send)

    town.together(act)
    assert [len(part) for part in parts] == [64]


def test_the_addresses_of_a_feed_lead_somewhere(town: Asked) -> None:
    change(town, publish={"title": "С фото", "text": "да", "pictures": 2})
    for entry in parsed(town).entries:
        assert town.get(entry.link).status_code == 200
    for address in ("/sites/", "/sites/site.css", "/sites/press/", "/sites/press/img/news-2-2.jpg"):
        assert town.get(address).status_code == 200
    for address in ("/sites/none/", "/sites/press/none.html", "/sites/press/img/none.jpg"):
        assert town.get(address).status_code == 404


def test_a_title_cannot_break_out_of_a_page(town: Asked) -> None:
    change(town, publish={"title": "<script>alert(1)</script>", "text": "да"})
    assert "<script>" not in town.get("/sites/press/").text
    assert "<script>" not in town.get("/sites/press/news-2.html").text


def test_a_site_survives_the_way_through_json(town: Asked) -> None:
    change(town, publish={"title": "С фото", "text": "да", "pictures": 2}, etag="lies", slow_s=1.5)
    site = town.sandbox.world.sites["press"]
    assert Site.from_json(json.loads(json.dumps(site.to_json()))) == site


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_drawn_the_same_every_time(scene: str) -> None:
    content = draw(scene, 7)
    assert content == draw(scene, 7)
    assert content != draw(scene, 8)
    assert 40_000 < len(content) < 120_000
