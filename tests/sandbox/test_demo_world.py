"""The demo's world is the one its guide and the configuration name."""

from __future__ import annotations

from collections.abc import Iterator

import feedparser  # type: ignore[import-untyped]
import pytest
from asked import Asked


@pytest.fixture(scope="module")
def town() -> Iterator[Asked]:
    with Asked(demo=True) as asked:
        yield asked


def test_people_and_accounts_have_their_known_ids_and_keys(town: Asked) -> None:
    world = town.get("/control/world").json()
    assert [p["id"] for p in world["people"]] == [1001, 1002, 1003, 1004, 1005, 1006, 1007]
    keys = {
        (a["network"], a["name"]): (a["id"], a["token"], a["user_token"]) for a in world["accounts"]
    }
    assert keys == {
        ("telegram", "vestnik"): (7000000001, "7000000001:SANDBOX-vestnik-telegram-key", None),
        ("vk", "vestnik"): (
            200000001,
            "sandbox-vestnik-vk-community-key",
            "sandbox-vestnik-vk-user-key",
        ),
        ("vk", "education"): (200000002, "sandbox-education-vk-community-key", None),
    }


def test_the_bot_sits_in_the_networks_and_the_youth_councils_channels_only(town: Asked) -> None:
    chats = {c["id"]: c for c in town.get("/control/world").json()["chats"]}
    bots = {number: [m["id"] for m in c["members"] if m["bot"]] for number, c in chats.items()}
    assert bots[-1001000000001] == [7000000001]
    assert bots[-1001000000004] == [7000000001]
    assert bots[-1001000000002] == bots[-1001000000003] == []
    assert chats[-1001000000001]["username"] == "ivprof_demo"
    telegram = {-1001000000001, -1001000000002, -1001000000003, -1001000000004}
    assert set(bots) == telegram | {-200000001, -200000002}


@pytest.mark.parametrize(
    ("name", "encoding", "version"),
    [
        ("federation", "windows-1251", "rss20"),
        ("education", "utf-8", "rss20"),
        ("youth", "utf-8", "atom10"),
    ],
)
def test_each_site_has_a_feed_of_its_own_kind(
    town: Asked, name: str, encoding: str, version: str
) -> None:
    answer = town.get(f"/sites/{name}/feed.xml")
    assert f'encoding="{encoding}"'.encode() in answer.content[:80]
    assert "charset" not in answer.headers["content-type"]
    feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not feed.bozo
    assert feed.version == version
    assert 10 <= len(feed.entries) <= 12
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)


@pytest.mark.parametrize("name", ["federation", "education", "youth"])
def test_news_are_fresh_and_spread_over_ten_days(town: Asked, name: str) -> None:
    now = town.sandbox.world.clock.now()
    ages = [(now - item.at) / 3600 for item in town.sandbox.world.sites[name].shown(now).items]
    assert 1 <= ages[0] <= 2.1
    assert 2 <= sum(age < 24 for age in ages) <= 4
    assert 200 < ages[-1] <= 240


@pytest.mark.parametrize("name", ["federation", "education", "youth"])
def test_pictures_lie_in_the_world_and_one_item_has_three(town: Asked, name: str) -> None:
    world = town.sandbox.world
    items = world.sites[name].shown(world.clock.now()).items
    counts = [len(item.pictures) for item in items]
    assert counts.count(3) == 1
    assert counts.count(1) >= 6
    for item in items:
        for picture in item.pictures:
            assert len(world.files[picture.sha]) == picture.size
            assert town.get(f"/sites/{name}/img/{picture.name}").status_code == 200


def test_education_sends_its_pictures_as_enclosures(town: Asked) -> None:
    feed = feedparser.parse(town.get("/sites/education/feed.xml").content)
    entry = next(e for e in feed.entries if "Турслёт" in e.title)
    assert len(entry.enclosures) == 3
    assert "<img" not in entry.content[0].value


def test_reset_brings_the_same_world_back(town: Asked) -> None:
    before = town.get("/sites/youth/feed.xml").text.count("<entry>")
    town.post("/control/sites/youth", {"publish": {"title": "Лишняя", "text": "да"}})
    world = town.post("/control/reset")
    assert len(world["people"]) == 7
    assert town.get("/sites/youth/feed.xml").text.count("<entry>") == before
