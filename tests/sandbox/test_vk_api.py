"""The way in: tokens, versions, forms of a request, errors, limits, faults, uploads, execute."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture

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
        where = await town.ok("docs.getMessagesUploadServer", peer_id=ANNA)
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
        await town.vk.do(town.dialog(), ANNA, "join", {})
        assert await town.ok("groups.getMembers", group_id=GROUP) == {"count": 1, "items": [ANNA]}
        assert await town.ok("groups.isMember", group_id=GROUP, user_id=ANNA) == 1
        several = await town.ok("groups.isMember", group_id=GROUP, user_ids=f"{ANNA},{ADMIN}")
        assert [entry["member"] for entry in several] == [1, 0]
        assert await town.code("groups.getMembers", group_id=404) == 125

    asyncio.run(story())
