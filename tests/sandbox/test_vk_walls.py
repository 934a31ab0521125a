"""Walls: with a user key only, once per guid, now or later, fifty posts a day."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, GROUP, USER_KEY, Town, picture

from sandbox.networks import Wrong
from sandbox.vk import media
from sandbox.world import Media, Member


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


WALL_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("wall.post", {"owner_id": -GROUP, "message": "Пост"}),
    ("wall.edit", {"owner_id": -GROUP, "post_id": 1, "message": "Пост"}),
    ("wall.delete", {"owner_id": -GROUP, "post_id": 1}),
    ("wall.restore", {"owner_id": -GROUP, "post_id": 1}),
    ("wall.pin", {"owner_id": -GROUP, "post_id": 1}),
    ("photos.getWallUploadServer", {"group_id": GROUP}),
    ("photos.saveWallPhoto", {"group_id": GROUP, "photo": "[]"}),
    ("video.save", {"group_id": GROUP}),
]


@pytest.mark.parametrize(("method", "params"), WALL_CALLS)
def test_a_community_key_is_refused_on_walls(method: str, params: dict[str, Any]) -> None:
    async def story() -> None:
        body = await Town().call(method, **params)
        assert body["error"]["error_code"] == 27
        text = "Group authorization failed: method is unavailable with group auth."
        assert body["error"]["error_msg"] == text

    asyncio.run(story())


@pytest.mark.parametrize(("method", "params"), WALL_CALLS)
def test_a_user_key_without_the_right_gets_15(method: str, params: dict[str, Any]) -> None:
    async def story() -> None:
        town = Town()
        town.account.wall_rights = False
        assert await town.code(method, USER_KEY, **params) == 15

    asyncio.run(story())


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"message": ""}, 100),
        ({"owner_id": -1}, 15),
        ({"owner_id": ADMIN}, 15),
        ({"owner_id": ""}, 100),
        ({"attachments": "photo1_1"}, 100),
        ({"attachments": "poll1_1"}, 100),
        ({"copyright": "вестник"}, 100),
        ({"lat": 91, "long": 0}, 100),
        ({"donut_paid_duration": 7}, 225),
        ({"post_id": 7}, 210),
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
        gone = {"owner_id": -GROUP, "post_id": id_}
        town.clock.set(advance_s=1)
        assert await town.code("wall.edit", USER_KEY, message="?", **gone) == 210
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
        town.vk.start()
        await asyncio.sleep(0)
        town.clock.set(advance_s=600)
        for _ in range(5):
            await asyncio.sleep(0)
        # Looked at directly: to find the wall by its name would publish what is due as well.
        chat = town.world.chat("vk", -GROUP)
        assert chat is not None
        [said] = chat.messages
        await town.vk.stop()
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


def test_a_deleted_post_comes_back_in_its_place() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"user": {"count": 100}}})
        first, second = await post(town, "Первый"), await post(town, "Второй")
        where = {"owner_id": -GROUP, "post_id": first}
        await town.ok("wall.delete", USER_KEY, **where)
        assert await town.ok("wall.restore", USER_KEY, **where) == 1
        assert [said.id for said in town.wall.messages] == [first, second]
        assert await town.code("wall.restore", USER_KEY, **where) == 210

    asyncio.run(story())


def test_a_pinned_post_comes_first_and_only_one_is_pinned() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"user": {"count": 100}}})
        ids = [await post(town, text) for text in ("Первый", "Второй", "Третий")]
        for number in ids[:2]:
            await town.ok("wall.pin", USER_KEY, owner_id=-GROUP, post_id=number)
        shown = (await town.ok("wall.get", USER_KEY, owner_id=-GROUP))["items"]
        assert [one["id"] for one in shown] == [ids[1], ids[2], ids[0]]
        assert [one.get("is_pinned") for one in shown] == [1, None, None]
        await town.vk.do(town.wall, ADMIN, "pin", {"message": ids[0]})
        assert town.wall.pinned == [ids[0]]
        await town.ok("wall.unpin", USER_KEY, owner_id=-GROUP, post_id=ids[0])
        assert await town.code("wall.unpin", USER_KEY, owner_id=-GROUP, post_id=ids[0]) == 100
        assert town.wall.pinned == []

    asyncio.run(story())


def test_what_is_said_about_a_post_is_shown_with_it() -> None:
    async def story() -> None:
        town = Town()
        id_ = await post(
            town,
            signed=1,
            mark_as_ads=1,
            close_comments=1,
            copyright="https://ria.ru/1",
            lat=57,
            long=40.9,
        )
        [shown] = (await town.ok("wall.getById", USER_KEY, posts=f"-{GROUP}_{id_}"))["items"]
        assert (shown["signer_id"], shown["marked_as_ads"]) == (ADMIN, 1)
        assert shown["copyright"]["name"] == "ria.ru"
        assert shown["geo"]["coordinates"] == "57.0 40.9"
        assert shown["comments"]["can_post"] == 0

    asyncio.run(story())


@pytest.mark.parametrize(
    ("files", "fits"),
    [
        ({"photo": 9, "video": 1}, True),
        ({"photo": 10, "video": 1}, False),
        ({"photo": 10, "doc": 1}, True),
        ({"doc": 2}, False),
        ({"voice": 1}, False),
    ],
)
def test_a_post_holds_ten_pictures_and_one_file(files: dict[str, int], fits: bool) -> None:
    async def story() -> None:
        town = Town()
        kinds = {"photo": "photo", "video": "video", "doc": "document", "voice": "voice"}
        names = []
        for word, count in files.items():
            for _ in range(count):
                file = Media(kinds[word], "sha", "а", "image/png", 1)  # type: ignore[arg-type]
                names.append(media.name_of(media.register(town.account, file, -GROUP, 1)))
        params = {"owner_id": -GROUP, "attachments": ",".join(names)}
        body = await town.call("wall.post", USER_KEY, **params)
        assert ("response" in body) is fits

    asyncio.run(story())


def test_a_postponed_post_is_published_at_once_by_its_id() -> None:
    async def story() -> None:
        town = Town()
        id_ = await post(town, publish_date=int(town.clock.now()) + 600)
        published = await town.ok("wall.post", USER_KEY, owner_id=-GROUP, post_id=id_)
        [said] = town.wall.messages
        assert (said.id, said.at) == (published["post_id"], town.clock.now())
        assert published["post_id"] != id_

    asyncio.run(story())


def test_the_postponed_posts_are_limited_and_their_times_differ() -> None:
    async def story() -> None:
        town = Town()
        limits = {"user": {"count": 100}, "postponed": {"count": 2}, "postponed_all": {"count": 3}}
        town.gate.limits.change({"vk": limits})
        now, day = int(town.clock.now()), 86400
        usual = {"owner_id": -GROUP, "message": "Потом"}
        refused = []
        for at in (now + 60, now + 60, now + 120, now + 180, now + day, now + 2 * day):
            body = await town.call("wall.post", USER_KEY, publish_date=at, **usual)
            refused.append(body.get("error", {}).get("error_msg", "").partition(": ")[2])
        assert refused == [
            "",
            "a post is already scheduled for this time",
            "",
            "you can only schedule 2 posts on a day",
            "",
            "you can only schedule 3 posts",
        ]

    asyncio.run(story())


def test_the_community_hears_of_what_waits() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"user": {"count": 100}}})
        at = int(town.clock.now()) + 600
        id_ = await post(town, publish_date=at)
        where = {"owner_id": -GROUP, "post_id": id_}
        await town.ok("wall.edit", USER_KEY, message="Позже", publish_date=at + 60, **where)
        await town.ok("wall.delete", USER_KEY, **where)
        new = [{"id": id_, "schedule_time": at}, {"id": id_, "schedule_time": at + 60}]
        assert town.events("wall_schedule_post_new") == new
        assert town.events("wall_schedule_post_delete") == new

    asyncio.run(story())


def test_comments_are_made_read_and_closed() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        id_ = await post(town)
        where = {"owner_id": -GROUP, "post_id": id_}
        said = await town.vk.do(town.wall, ANNA, "comment", {"message": id_, "text": "Ура"})
        reply = {"message": "Спасибо", "reply_to_comment": said["comment"], "guid": "c1"}
        first = await town.ok("wall.createComment", **where, **reply)
        assert await town.ok("wall.createComment", **where, **reply) == first
        shown = await town.ok("wall.getComments", USER_KEY, extended=1, **where)
        assert [(one["from_id"], one["text"]) for one in shown["items"]] == [
            (ANNA, "Ура"),
            (-GROUP, "Спасибо"),
        ]
        heard = [(one["id"], one["post_id"]) for one in town.events("wall_reply_new")]
        assert heard == [(said["comment"], id_), (first["comment_id"], id_)]
        assert await town.ok("wall.closeComments", **where) == 1
        assert await town.ok("wall.closeComments", **where) == 0
        assert await town.code("wall.createComment", message="Ещё", **where) == 213
        with pytest.raises(Wrong, match="closed"):
            await town.vk.do(town.wall, ANNA, "comment", {"message": id_, "text": "И я"})
        assert await town.ok("wall.openComments", **where) == 1

    asyncio.run(story())


def test_the_reach_of_a_post_grows_and_stays_within_the_members() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        wall = town.wall
        wall.members = {1000 + number: Member("member") for number in range(500)}
        id_ = await post(town, attachments="https://example.org/a")
        asked = {"owner_id": -GROUP, "post_ids": id_}
        seen = []
        for hours in (0, 6, 42):
            town.clock.set(advance_s=hours * 3600)
            [reach] = await town.ok("stats.getPostReach", USER_KEY, **asked)
            assert [reach] == await town.ok("stats.getPostReach", USER_KEY, **asked)
            assert reach["reach_total"] == reach["reach_subscribers"] + reach["reach_viral"]
            seen.append(reach["reach_subscribers"])
        assert seen[0] == 0 < seen[1] < seen[2] <= 500
        assert await town.code("stats.getPostReach", **asked) == 27
        assert await town.code("stats.getPostReach", USER_KEY, owner_id=-GROUP, post_ids=404) == 210
        many = ",".join(str(number) for number in range(31))
        assert (
            await town.code("stats.getPostReach", USER_KEY, owner_id=-GROUP, post_ids=many) == 100
        )

    asyncio.run(story())


def test_an_administrator_who_left_loses_the_wall() -> None:
    async def story() -> None:
        town = Town()
        await town.vk.do(town.wall, ADMIN, "appoint", {"person": BORIS})
        await town.vk.do(town.wall, BORIS, "dismiss", {"person": ADMIN})
        assert await town.code("wall.post", USER_KEY, owner_id=-GROUP, message="Я ещё тут") == 203
        assert await town.code("photos.getWallUploadServer", USER_KEY) == 203
        levels = [(one["user_id"], one["level_new"]) for one in town.events("group_officers_edit")]
        assert levels == [(BORIS, 3), (ADMIN, 0)]
        fresh = await town.vk.do(town.wall, BORIS, "new_key", {"key": "user"})
        await town.ok("wall.post", fresh["user_token"], owner_id=-GROUP, message="Теперь я")
        assert await town.code("wall.get", USER_KEY, owner_id=-GROUP) == 5
        [said] = town.wall.messages
        assert said.sender == BORIS

    asyncio.run(story())


def test_the_days_of_a_community_add_up_what_its_posts_reached() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        town.wall.members = {1000 + number: Member("member") for number in range(500)}
        await post(town)
        town.clock.set(advance_s=86400)
        days = await town.ok("stats.get", USER_KEY, group_id=GROUP, intervals_count=2)
        assert [day["reach"]["reach"] > 0 for day in days] == [False, True]
        assert days[0]["period_from"] - days[1]["period_from"] == 86400
        asked = {"group_id": GROUP, "timestamp_from": days[1]["period_from"]}
        assert await town.ok("stats.get", USER_KEY, **asked) == days
        assert await town.ok("stats.get", USER_KEY, group_id=GROUP) == days[:1]
        assert await town.code("stats.get", USER_KEY, group_id=GROUP, interval="week") == 100

    asyncio.run(story())
