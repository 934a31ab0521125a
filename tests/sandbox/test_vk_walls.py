"""Walls: with a user key only, once per guid, now or later, fifty posts a day."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, GROUP, USER_KEY, Town, picture

from sandbox.networks import Wrong


async def post(town: Town, text: str = "Пост", **params: Any) -> int:
    sent = {"owner_id": -GROUP, "from_group": 1, "message": text, **params}
    return int((await town.ok("wall.post", USER_KEY, **sent))["post_id"])


def test_a_post_appears_and_is_reported() -> None:
    async def story() -> None:
        town = Town()
        id_ = await post(town, attachments="https://example.org/a")
        assert (town.wall.messages[0].id, town.wall.messages[0].text) == (id_, "Пост")
        [event] = town.events("wall_post_new")
        assert (event["id"], event["owner_id"], event["from_id"]) == (id_, -GROUP, -GROUP)
        assert event["attachments"][0]["link"]["url"] == "https://example.org/a"

    asyncio.run(story())


@pytest.mark.parametrize(
    "method",
    ["wall.post", "wall.edit", "wall.delete", "wall.get", "photos.getWallUploadServer"],
)
def test_a_community_key_is_refused_on_walls(method: str) -> None:
    async def story() -> None:
        body = await Town().call(method, owner_id=-GROUP, message="Пост")
        assert body["error"]["error_code"] == 27
        text = "Group authorization failed: method is unavailable with group auth."
        assert body["error"]["error_msg"] == text

    asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("wall.post", {"message": "Пост"}),
        ("wall.edit", {"post_id": 1, "message": "Пост"}),
        ("wall.delete", {"post_id": 1}),
        ("photos.getWallUploadServer", {"group_id": GROUP}),
        ("photos.saveWallPhoto", {"group_id": GROUP, "photo": "[]"}),
    ],
)
def test_a_user_key_without_the_right_gets_15(method: str, params: dict[str, Any]) -> None:
    async def story() -> None:
        town = Town()
        town.account.wall_rights = False
        assert await town.code(method, USER_KEY, owner_id=-GROUP, **params) == 15

    asyncio.run(story())


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"message": ""}, 100),
        ({"owner_id": -1}, 15),
        ({"owner_id": ADMIN}, 15),
        ({"owner_id": ""}, 100),
        ({"attachments": "photo1_1"}, 100),
        ({"attachments": "https://a.ru,https://b.ru"}, 100),
        ({"publish_date": 1}, 100),
    ],
)
def test_a_post_is_refused(params: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        usual = {"owner_id": -GROUP, "message": "Пост"}
        assert await town.code("wall.post", USER_KEY, **(usual | params)) == code
        assert town.wall.messages == []

    asyncio.run(story())


@pytest.mark.parametrize(("passed", "again"), [(3599, False), (3600, True)])
def test_a_guid_posts_once_an_hour(passed: float, again: bool) -> None:
    async def story() -> None:
        town = Town()
        first = await post(town, guid="g1")
        town.clock.set(advance_s=passed)
        assert (await post(town, guid="g1") != first) is again
        calls = town.gate.calls.read()["calls"]
        assert [call["effect"] for call in calls] == [True, again]
        assert [call["key"] for call in calls] == ["g1", "g1"]

    asyncio.run(story())


def test_fifty_posts_a_day_are_the_limit() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"wall": {"count": 2}, "user": {"count": 100}}})
        await post(town)
        await post(town)
        body = await town.call("wall.post", USER_KEY, owner_id=-GROUP, message="лишний")
        assert body["error"]["error_code"] == 214
        assert body["error"]["error_msg"].startswith("Access to adding post denied: you can only")
        town.clock.set(advance_s=86400)
        await post(town)

    asyncio.run(story())


def test_a_post_is_edited_and_deleted() -> None:
    async def story() -> None:
        town = Town()
        id_ = await post(town)
        edited = {"owner_id": -GROUP, "post_id": id_, "message": "Исправлено"}
        assert await town.ok("wall.edit", USER_KEY, **edited) == {"post_id": id_}
        town.clock.set(advance_s=1)
        [shown] = (await town.ok("wall.getById", USER_KEY, posts=f"-{GROUP}_{id_}"))["items"]
        assert (shown["text"], "edited" in shown) == ("Исправлено", True)
        town.clock.set(advance_s=1)
        assert await town.ok("wall.delete", USER_KEY, owner_id=-GROUP, post_id=id_) == 1
        assert town.wall.messages == []
        gone = {"owner_id": -GROUP, "post_id": id_, "message": "?"}
        town.clock.set(advance_s=1)
        assert await town.code("wall.edit", USER_KEY, **gone) == 210
        assert await town.code("wall.delete", USER_KEY, **gone) == 210

    asyncio.run(story())


def test_a_postponed_post_waits_and_then_has_a_new_id() -> None:
    async def story() -> None:
        town = Town()
        at = int(town.clock.now()) + 600
        id_ = await post(town, publish_date=at, guid="later")
        assert town.wall.messages == []
        waiting = await town.ok("wall.get", USER_KEY, owner_id=-GROUP, filter="postponed")
        assert [(one["id"], one["post_type"]) for one in waiting["items"]] == [(id_, "postpone")]
        edited = {"owner_id": -GROUP, "post_id": id_, "message": "Позже"}
        await town.ok("wall.edit", USER_KEY, **edited)
        await asyncio.sleep(0)
        town.clock.set(advance_s=600)
        for _ in range(5):
            await asyncio.sleep(0)
        [said] = town.wall.messages
        assert (said.text, said.at, said.extra["postponed_id"]) == ("Позже", at, id_)
        assert said.id != id_
        assert len(town.events("wall_post_new")) == 1

    asyncio.run(story())


def test_a_postponed_post_can_be_withdrawn() -> None:
    async def story() -> None:
        town = Town()
        id_ = await post(town, publish_date=int(town.clock.now()) + 600)
        await town.ok("wall.delete", USER_KEY, owner_id=-GROUP, post_id=id_)
        town.clock.set(advance_s=601)
        assert (await town.ok("wall.get", USER_KEY, owner_id=-GROUP))["count"] == 0

    asyncio.run(story())


def test_a_human_admin_posts_by_hand_and_others_may_not() -> None:
    async def story() -> None:
        town = Town()
        [id_] = await town.vk.say(town.wall, ADMIN, text="Руками")
        [event] = town.events("wall_post_new")
        assert (event["id"], event["created_by"], event["text"]) == (id_, ADMIN, "Руками")
        with pytest.raises(Wrong, match="among the admins"):
            await town.vk.say(town.wall, ANNA, text="Я тоже")

    asyncio.run(story())


def test_a_key_of_several_communities_writes_on_each_wall() -> None:
    async def story() -> None:
        town = Town()
        town.vk.add_account("youth", user_token=USER_KEY, admins=[ADMIN], id=5002)
        await town.ok("wall.post", USER_KEY, owner_id=-5002, message="Молодёжь", from_group=1)
        assert town.vk.find_chat("wall:youth", None).messages[0].text == "Молодёжь"
        assert town.gate.calls.read()["calls"][0]["account"] == "youth"

    asyncio.run(story())


def test_a_wall_photo_belongs_to_the_human() -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("photos.getWallUploadServer", USER_KEY, group_id=GROUP)
        files = {f"file{n}": (f"{n}.png", picture(10 + n, 10)) for n in range(1, 7)}
        sent = (await town.http.post(where["upload_url"], files=files)).json()
        saved = await town.ok("photos.saveWallPhoto", USER_KEY, group_id=GROUP, **sent)
        assert [one["owner_id"] for one in saved] == [ADMIN] * 6
        names = ",".join(f"photo{one['owner_id']}_{one['id']}" for one in saved)
        await post(town, attachments=names)
        assert [one.width for one in town.wall.messages[0].media] == [11, 12, 13, 14, 15, 16]

    asyncio.run(story())
