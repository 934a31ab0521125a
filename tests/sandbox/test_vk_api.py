"""The way in: tokens, versions, forms of a request, errors, limits, faults, uploads, execute."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture

ME = "/vk/method/groups.getById"


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "GET", "params": {"v": "5.199", "access_token": COMMUNITY_KEY}},
        {"method": "POST", "params": {"v": "5.199", "access_token": COMMUNITY_KEY}},
        {"method": "POST", "data": {"v": "5.199", "access_token": COMMUNITY_KEY}},
        {"method": "POST", "json": {"v": "5.199", "access_token": COMMUNITY_KEY}},
        {"method": "POST", "files": {"v": (None, "5.199"), "access_token": (None, COMMUNITY_KEY)}},
        {
            "method": "POST",
            "data": {"v": "5.199"},
            "headers": {"Authorization": f"Bearer {COMMUNITY_KEY}"},
        },
    ],
    ids=["query-get", "query-post", "form", "json", "multipart", "bearer"],
)
def test_every_form_of_a_request_is_understood(request_: dict[str, Any]) -> None:
    async def story() -> None:
        answer = await Town().http.request(url=ME, **request_)
        assert answer.json()["response"]["groups"][0]["id"] == GROUP

    asyncio.run(story())


@pytest.mark.parametrize(
    ("name", "sent", "code", "text"),
    [
        ("users.fly", {}, 3, "Unknown method passed"),
        ("users.get", {"v": ""}, 8, "Invalid request: v (version) is required"),
        ("users.get", {"v": "5.80"}, 8, "Invalid request: versions below 5.81 are deprecated."),
        ("users.get", {"v": "new"}, 8, "Invalid request: v (version) is invalid"),
        (
            "users.get",
            {"access_token": "stolen"},
            5,
            "User authorization failed: invalid access_token (4).",
        ),
        (
            "users.get",
            {"access_token": ""},
            5,
            "User authorization failed: no access_token passed.",
        ),
        ("messages.edit", {}, 100, "One of the parameters specified was missing or invalid: peer"),
    ],
)
def test_a_call_is_refused_before_its_method(
    name: str, sent: dict[str, str], code: int, text: str
) -> None:
    async def story() -> None:
        body = await Town().call(name, **sent)
        assert body["error"]["error_code"] == code
        assert body["error"]["error_msg"].startswith(text)

    asyncio.run(story())


def test_an_error_repeats_the_parameters_but_never_the_token() -> None:
    async def story() -> None:
        town = Town()
        body = await town.call("messages.send", peer_id=ANNA, message="?")
        assert {"key": "peer_id", "value": str(ANNA)} in body["error"]["request_params"]
        assert {"key": "method", "value": "messages.send"} in body["error"]["request_params"]
        assert COMMUNITY_KEY not in json.dumps(body)
        assert COMMUNITY_KEY not in json.dumps(town.gate.calls.read())

    asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("messages.send", {"peer_id": ANNA, "message": "?", "random_id": 0}, 15),
        ("messages.sendMessageEventAnswer", {"event_id": "1"}, 15),
        ("photos.getMessagesUploadServer", {}, 15),
    ],
)
def test_a_user_key_has_no_right_to_messages(
    method: str, params: dict[str, Any], code: int
) -> None:
    async def story() -> None:
        body = await Town().call(method, USER_KEY, **params)
        assert (body["error"]["error_code"], body["error"]["error_subcode"]) == (code, 1133)

    asyncio.run(story())


@pytest.mark.parametrize(("key", "a_second"), [(COMMUNITY_KEY, 20), (USER_KEY, 3)])
def test_each_key_has_its_calls_a_second(key: str, a_second: int) -> None:
    async def story() -> None:
        town = Town()
        for _ in range(a_second):
            await town.ok("users.get", key, user_ids=ANNA)
        body = await town.call("users.get", key, user_ids=ANNA)
        assert body["error"]["error_code"] == 6
        assert body["error"]["error_msg"] == "Too many requests per second"
        town.clock.set(advance_s=1)
        await town.ok("users.get", key, user_ids=ANNA)

    asyncio.run(story())


def test_execute_counts_as_one_call() -> None:
    async def story() -> None:
        town = Town()
        code = "return [" + ",".join(["API.users.get({user_ids: 11})"] * 25) + "];"
        for _ in range(20):
            assert len(await town.ok("execute", code=code)) == 25

    asyncio.run(story())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"do": "throttle"}, 6),
        ({"do": "throttle", "chat": str(ANNA), "retry_after": 60}, 9),
        ({"do": "error", "code": 901, "text": "Can't send messages"}, 901),
        ({"do": "error", "code": 14, "text": "Captcha needed"}, 14),
    ],
)
def test_an_ordered_fault_speaks_vk(fault: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        town.gate.faults.add({"network": "vk", "method": "messages.send", "times": 1, **fault})
        params = {"peer_ids": ANNA, "message": "?", "random_id": 3}
        body = await town.call("messages.send", **params)
        assert body["error"]["error_code"] == code
        assert ("captcha_img" in body["error"]) is (code == 14)
        assert (await town.ok("messages.send", **params))[0]["message_id"] == 2

    asyncio.run(story())


def test_execute_gives_false_and_the_reason_in_place_of_a_failure() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        code = (
            'return [API.messages.send({"peer_id":11,"message":"а","random_id":4}),'
            "API.wall.get({}),API.no.way({})];"
        )
        body = await town.call("execute", code=code)
        assert body["response"] == [2, False, False]
        assert [error["error_code"] for error in body["execute_errors"]] == [27, 3]
        assert body["execute_errors"][0]["method"] == "wall.get"
        inner = [(c["method"], c["effect"], c["code"]) for c in town.gate.calls.read()["calls"]]
        assert inner == [
            ("messages.send", True, 0),
            ("wall.get", False, 27),
            ("no.way", False, 3),
            ("execute", True, 0),
        ]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("code", "error"),
    [("return 1", 12), ("return x;", 12), ("while(true){var a=1;}", 13), ("", 100)],
)
def test_execute_refuses_what_is_no_script(code: str, error: int) -> None:
    async def story() -> None:
        assert await Town().code("execute", code=code) == error

    asyncio.run(story())


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (picture(), 1),
        (picture(format_="JPEG"), 1),
        (picture(format_="GIF"), 1),
        (picture(format_="BMP"), 0),
        (picture(200, 10), 1),
        (picture(201, 10), 0),
        (picture(13_000, 1_001), 0),
        (b"not a picture", 0),
    ],
    ids=["png", "jpeg", "gif", "bmp", "ratio-20", "ratio-over-20", "too-wide", "text"],
)
def test_an_unfit_photo_is_left_out_and_cannot_be_saved(content: bytes, kept: int) -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("photos.getMessagesUploadServer")
        files = {"photo": ("лист.png", content)}
        sent = (await town.http.post(where["upload_url"], files=files)).json()
        assert len(json.loads(sent["photo"])) == kept
        body = await town.call("photos.saveMessagesPhoto", **sent)
        assert ("response" in body) is bool(kept)

    asyncio.run(story())


@pytest.mark.parametrize(("change", "code"), [({"server": 1}, 118), ({"hash": "0"}, 121)])
def test_a_tampered_upload_is_refused(change: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("photos.getMessagesUploadServer")
        files = {"photo": ("лист.png", picture())}
        sent = (await town.http.post(where["upload_url"], files=files)).json()
        assert await town.code("photos.saveMessagesPhoto", **(sent | change)) == code

    asyncio.run(story())


def test_an_upload_address_is_not_to_be_guessed() -> None:
    async def story() -> None:
        town = Town()
        address = f"/vk/upload/message/{GROUP}/0000"
        answer = await town.http.post(address, files={"photo": ("а.png", picture())})
        assert "error" in answer.json()
        assert town.world.files == {}

    asyncio.run(story())


def test_programs_and_music_are_no_documents() -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("docs.getMessagesUploadServer")
        for name, fits in (("приказ.docx", True), ("игра.exe", False), ("песня.mp3", False)):
            files = {"file": (name, b"content")}
            sent = (await town.http.post(where["upload_url"], files=files)).json()
            assert ("file" in sent) is fits
        assert await town.code("docs.save", file="nothing|else") == 105

    asyncio.run(story())


def test_people_and_communities_are_told_by_id_and_by_name() -> None:
    async def story() -> None:
        town = Town()
        [anna] = await town.ok("users.get", user_ids=f"{ANNA},404", fields="screen_name")
        names = (anna["first_name"], anna["last_name"], anna["screen_name"])
        assert names == ("Анна", "Котова", f"id{ANNA}")
        assert (await town.ok("users.get", USER_KEY))[0]["id"] == ADMIN
        assert await town.ok("users.get") == []
        group = await town.ok("groups.getById", group_ids=f"club{GROUP}")
        assert group["groups"][0]["name"] == "Вестник" and group["profiles"] == []
        found = await town.ok("utils.resolveScreenName", screen_name=f"club{GROUP}")
        assert found == {"type": "group", "object_id": GROUP, "group_id": GROUP}
        assert await town.ok("utils.resolveScreenName", screen_name="nobody") == []

    asyncio.run(story())


def test_members_are_those_who_joined() -> None:
    async def story() -> None:
        town = Town()
        for person in (BORIS, ANNA):
            await town.vk.do(town.dialog(person), person, "join", {})
        town.gate.limits.change({"vk": {"on": False}})
        table: list[tuple[dict[str, Any], int, list[Any]]] = [
            ({}, 2, [ANNA, BORIS]),
            ({"sort": "id_desc"}, 2, [BORIS, ANNA]),
            ({"sort": "time_asc"}, 2, [BORIS, ANNA]),
            ({"sort": "time_desc", "count": 1}, 2, [ANNA]),
            ({"offset": 1}, 2, [BORIS]),
            ({"filter": "managers"}, 1, [{"id": ADMIN, "role": "creator"}]),
            ({"filter": "friends"}, 0, []),
        ]
        for params, count, items in table:
            found = await town.ok("groups.getMembers", group_id=GROUP, **params)
            assert found == {"count": count, "items": items}, params
        [boss] = (
            await town.ok("groups.getMembers", group_id=GROUP, filter="managers", fields="sex")
        )["items"]
        assert (boss["id"], boss["role"], boss["sex"]) == (ADMIN, "creator", 0)
        assert await town.code("groups.getMembers", group_id=404) == 125

    asyncio.run(story())


def test_membership_is_told_for_one_and_for_several() -> None:
    async def story() -> None:
        town = Town()
        await town.vk.do(town.dialog(), ANNA, "join", {})

        async def asked(**params: Any) -> Any:
            return await town.ok("groups.isMember", group_id=GROUP, **params)

        assert await asked(user_id=ANNA) == 1
        both = f"{ANNA},{ADMIN}"
        assert [entry["member"] for entry in await asked(user_ids=both)] == [1, 0]
        assert (await asked(user_id=ADMIN, extended=1))["can_invite"] == 1
        full = await asked(user_ids=both, extended=1)
        assert [(entry["member"], entry["can_invite"]) for entry in full] == [(1, 0), (0, 1)]

    asyncio.run(story())


def test_a_community_tells_of_itself() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        me = {"group_id": GROUP}
        rights = await town.ok("groups.getTokenPermissions")
        assert rights["mask"] == sum(one["setting"] for one in rights["permissions"])
        assert {"messages", "manage"} <= {one["name"] for one in rights["permissions"]}
        assert await town.ok("groups.getOnlineStatus", **me) == {"status": "none"}
        assert await town.ok("groups.enableOnline", **me) == 1
        assert await town.code("groups.enableOnline", **me) == 100
        assert await town.ok("groups.getOnlineStatus", **me) == {"status": "online"}
        assert await town.ok("groups.disableOnline", **me) == 1
        assert (await town.ok("groups.getBanned", **me))["count"] == 0
        await town.meet()
        await town.vk.do(town.dialog(), ANNA, "block_by_admin", {})
        [banned] = (await town.ok("groups.getBanned", **me))["items"]
        assert banned["profile"]["id"] == ANNA
        assert await town.code("groups.getBanned", owner_id=BORIS, **me) == 104

    asyncio.run(story())


@pytest.mark.parametrize(("version", "kind"), [("5.138", list), ("5.139", dict), ("5.199", dict)])
def test_older_versions_are_told_of_communities_in_a_bare_list(version: str, kind: type) -> None:
    async def story() -> None:
        town = Town()
        town.gate.inspector = None  # the published description is of 5.199
        assert isinstance(await town.ok("groups.getById", v=version), kind)

    asyncio.run(story())


def test_a_community_is_what_it_is_to_the_one_who_asks() -> None:
    async def story() -> None:
        town = Town()
        asked = {"group_ids": GROUP, "fields": "is_admin,can_post,admin_level"}
        own = ("is_admin", "can_post", "admin_level")
        for key, expected in ((USER_KEY, [1, 1, 3]), (COMMUNITY_KEY, [None, None, None])):
            [group] = (await town.ok("groups.getById", key, **asked))["groups"]
            assert [group.get(name) for name in own] == expected

    asyncio.run(story())


def test_a_short_link_leads_to_its_address() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        url = "https://example.org/новости?n=1"
        link = await town.ok("utils.getShortLink", url=url)
        assert (link["url"], link["short_url"].rpartition("/")[2]) == (url, link["key"])
        led = await town.http.get(link["short_url"])
        assert led.status_code == 302 and led.headers["location"].startswith("https://example.org")
        assert await town.ok("utils.getShortLink", url=url) == link
        assert "access_key" in await town.ok("utils.getShortLink", url=url, private=1)
        assert (await town.http.get("/vk/cc/nowhere")).status_code == 404
        checked = await town.ok("utils.checkLink", url="example.org/a")
        assert checked == {"status": "not_banned", "link": "http://example.org/a"}
        for wrong in ("ftp://example.org", "https://", "просто слова", "http://[1"):
            assert await town.code("utils.checkLink", url=wrong) == 100
        assert await town.ok("utils.getServerTime") == int(town.clock.now())

    asyncio.run(story())
