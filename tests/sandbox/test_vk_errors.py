"""Every refusal that a bot must know how to meet: by what it comes, and in which words.

Refusals about dialogs (9xx) are shown where dialogs are tested.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from vk_town import ADMIN, ANNA, BORIS, COMMUNITY_KEY, GROUP, USER_KEY, Town

from sandbox.networks import Wrong

Means = Callable[[Town], Awaitable[Any]]
POST: dict[str, Any] = {"owner_id": -GROUP, "message": "Пост"}


def fault(code: int, text: str) -> Means:
    """Let an ordered fault refuse the next call."""

    async def means(town: Town) -> Any:
        order = {"network": "vk", "do": "error", "code": code, "text": text, "times": 1}
        town.gate.faults.add(order)
        return await town.call("users.get", user_ids=ANNA)

    return means


async def without_a_key(town: Town) -> Any:
    return await town.call("users.get", "", user_ids=ANNA)


async def with_a_strange_key(town: Town) -> Any:
    return await town.call("users.get", "stolen", user_ids=ANNA)


async def with_a_key_taken_back(town: Town) -> Any:
    await town.vk.do(town.wall, ADMIN, "revoke_key", {"key": "community"})
    return await town.call("users.get", user_ids=ANNA)


async def too_fast(town: Town) -> Any:
    town.gate.limits.change({"vk": {"community": {"count": 1}}})
    await town.ok("users.get", user_ids=ANNA)
    return await town.call("users.get", user_ids=ANNA)


async def too_many_for_one_person(town: Town) -> Any:
    town.gate.limits.change({"vk": {"person": {"count": 1}}})
    await town.meet()
    await town.send()
    return await town.call("messages.send", peer_id=ANNA, message="Ещё", random_id=0)


async def without_a_version(town: Town) -> Any:
    return await town.call("users.get", v="", user_ids=ANNA)


async def without_the_right(town: Town) -> Any:
    town.account.wall_rights = False
    return await town.call("wall.post", USER_KEY, **POST)


async def with_a_community_key(town: Town) -> Any:
    return await town.call("wall.post", **POST)


async def over_the_quota(town: Town) -> Any:
    town.gate.limits.change({"vk": {"quota": {"count": 1}}})
    await town.ok("users.get", user_ids=ANNA)
    await town.ok("utils.getServerTime")  # each method has its own
    return await town.call("users.get", user_ids=ANNA)


async def without_a_parameter(town: Town) -> Any:
    return await town.call("utils.getShortLink")


async def nobodys_name(town: Town) -> Any:
    return await town.call("users.get", user_ids="nobody")


async def nobodys_group(town: Town) -> Any:
    return await town.call("groups.getMembers", group_id=404)


async def no_longer_an_administrator(town: Town) -> Any:
    await town.vk.do(town.wall, ADMIN, "dismiss", {"person": ADMIN})
    return await town.call("wall.post", USER_KEY, **POST)


async def a_lost_post(town: Town) -> Any:
    return await town.call("wall.delete", USER_KEY, owner_id=-GROUP, post_id=404)


async def too_many_posts(town: Town) -> Any:
    town.gate.limits.change({"vk": {"wall": {"count": 1}}})
    await town.ok("wall.post", USER_KEY, **POST)
    return await town.call("wall.post", USER_KEY, **POST)


async def to_a_deleted_page(town: Town) -> Any:
    await town.meet()
    await town.vk.do(town.dialog(), ANNA, "deactivate", {})
    [anna] = await town.ok("users.get", user_ids=ANNA)
    assert anna["deactivated"] == "deleted"
    return await town.call("messages.send", peer_id=ANNA, message="?", random_id=0)


async def an_unknown_method(town: Town) -> Any:
    return await town.call("users.fly")


TABLE: list[tuple[int, Means, str]] = [
    (1, fault(1, "Unknown error occurred"), "Unknown error occurred"),
    (3, an_unknown_method, "Unknown method passed"),
    (5, without_a_key, "User authorization failed: no access_token passed."),
    (5, with_a_strange_key, "User authorization failed: invalid access_token (4)."),
    (5, with_a_key_taken_back, "User authorization failed: user revoke access for this token."),
    (6, too_fast, "Too many requests per second"),
    (8, without_a_version, "Invalid request: v (version) is required"),
    (9, too_many_for_one_person, "Flood control: too much messages sent to user"),
    (10, fault(10, "Internal server error"), "Internal server error"),
    (14, fault(14, "Captcha needed"), "Captcha needed"),
    (
        15,
        without_the_right,
        "Access denied: no access to call this method. It cannot be called with current scopes.",
    ),
    (17, fault(17, "Validation required"), "Validation required"),
    (18, to_a_deleted_page, "User was deleted or banned"),
    (
        27,
        with_a_community_key,
        "Group authorization failed: method is unavailable with group auth.",
    ),
    (28, fault(28, "Application authorization failed"), "Application authorization failed"),
    (29, over_the_quota, "Rate limit reached"),
    (
        100,
        without_a_parameter,
        "One of the parameters specified was missing or invalid: url is undefined",
    ),
    (113, nobodys_name, "Invalid user id"),
    (125, nobodys_group, "Invalid group id"),
    (203, no_longer_an_administrator, "Access to group denied"),
    (210, a_lost_post, "Access to wall's post denied"),
    (214, too_many_posts, "Access to adding post denied: you can only add 1 posts a day"),
    (219, fault(219, "Advertisement post was recently added"), "Advertisement post"),
    (220, fault(220, "Too many recipients"), "Too many recipients"),
    (222, fault(222, "Hyperlinks are forbidden"), "Hyperlinks are forbidden"),
    (224, fault(224, "Too many ads posts"), "Too many ads posts"),
]


@pytest.mark.careless  # what is refused is asked wrongly on purpose
@pytest.mark.parametrize(
    ("code", "means", "text"), TABLE, ids=[f"{row[0]}-{row[1].__name__}" for row in TABLE]
)
def test_a_refusal_is_reached(code: int, means: Means, text: str) -> None:
    async def story() -> None:
        town = Town()
        body = await means(town)
        assert set(body) == {"error"}
        error = body["error"]
        assert error["error_code"] == code and error["error_msg"].startswith(text)
        names = {"error_code", "error_msg", "request_params"}
        more = {14: {"captcha_sid", "captcha_img"}, 15: {"error_subcode"}, 17: {"redirect_uri"}}
        assert set(error) == names | more.get(code, set())
        assert all(set(one) == {"key", "value"} for one in error["request_params"])
        assert not {COMMUNITY_KEY, USER_KEY, "stolen"} & set(json.dumps(body).split('"'))
        assert town.gate.calls.read()["calls"][-1]["code"] == code

    asyncio.run(story())


def test_a_captcha_passes_when_its_letters_come_back_and_only_once() -> None:
    async def story() -> None:
        town = Town()
        order = {"network": "vk", "method": "users.get", "do": "error", "code": 14}
        town.gate.faults.add({**order, "text": "Captcha needed"})

        async def ask(**answer: Any) -> Any:
            return await town.call("users.get", user_ids=ANNA, **answer)

        async def letters(error: dict[str, Any]) -> str:
            picture = await town.http.get(error["captcha_img"])
            with Image.open(BytesIO(picture.content)) as image:
                assert (image.format, image.size) == ("PNG", (130, 50))
            return str(picture.headers["x-captcha-letters"])

        first = (await ask())["error"]
        right = await letters(first)
        second = (await ask(captcha_sid=first["captcha_sid"], captcha_key="wrong"))["error"]
        assert second["error_code"] == 14 and second["captcha_sid"] != first["captcha_sid"]
        # A wrong answer has used the first captcha up.
        used = {"captcha_sid": first["captcha_sid"], "captcha_key": right}
        assert (await ask(**used))["error"]["error_code"] == 14
        answer = {
            "captcha_sid": second["captcha_sid"],
            "captcha_key": (await letters(second)).upper(),
        }
        assert (await ask(**answer))["response"][0]["id"] == ANNA
        assert (await ask(**answer))["error"]["error_code"] == 14
        gone = await town.http.get(second["captcha_img"])
        assert gone.status_code == 404

    asyncio.run(story())


def test_a_quota_is_over_with_its_day() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"quota": {"count": 1}}})
        await town.ok("users.get", user_ids=ANNA)
        await town.ok("users.get", USER_KEY, user_ids=ANNA)  # each key has its own
        assert await town.code("users.get", user_ids=ANNA) == 29
        town.clock.set(advance_s=86400)
        await town.ok("users.get", user_ids=ANNA)

    asyncio.run(story())


@pytest.mark.parametrize(("which", "method"), [("community", "users.get"), ("user", "wall.get")])
def test_a_new_key_takes_the_place_of_the_old_one(which: str, method: str) -> None:
    async def story() -> None:
        town = Town()
        old = COMMUNITY_KEY if which == "community" else USER_KEY
        params = {"user_ids": ANNA} if which == "community" else {"owner_id": -GROUP}
        made = await town.vk.do(town.wall, ADMIN, "new_key", {"key": which})
        [new] = made.values()
        assert await town.code(method, old, **params) == 5
        await town.ok(method, new, **params)
        await town.vk.do(town.wall, ADMIN, "revoke_key", {"key": which})
        assert await town.code(method, new, **params) == 5
        again = await town.vk.do(town.wall, ADMIN, "new_key", {"key": which, "value": "мой"})
        assert list(again.values()) == ["мой"]
        await town.ok(method, "мой", **params)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("what", "args", "why"),
    [
        ("revoke_key", {"key": "service"}, "community or user"),
        ("new_key", {"key": "user", "value": "taken"}, "another community"),
        ("appoint", {"person": 404}, "no person 404"),
        ("appoint", {"person": ADMIN}, "among the admins"),
        ("dismiss", {"person": BORIS}, "not among the admins"),
        ("wall_rights", {"on": "yes"}, "true or false"),
        ("unpin", {}, "no post is pinned"),
        ("pin", {"message": 404}, "no post 404"),
        ("vote", {"message": 404, "options": [0]}, "holds no poll"),
        ("comment", {"message": 404, "text": "?"}, "no post 404"),
    ],
)
def test_what_an_administrator_cannot_do_is_told(what: str, args: dict[str, Any], why: str) -> None:
    async def story() -> None:
        town = Town()
        town.vk.add_account("youth", token="taken", id=5002)
        with pytest.raises(Wrong, match=why):
            await town.vk.do(town.wall, ADMIN, what, args)
        if what not in ("vote", "comment"):
            with pytest.raises(Wrong):
                await town.vk.do(town.wall, ANNA, what, args)

    asyncio.run(story())


def test_the_right_to_the_wall_comes_and_goes() -> None:
    async def story() -> None:
        town = Town()
        for on, code in ((False, 15), (True, None)):
            await town.vk.do(town.wall, ADMIN, "wall_rights", {"on": on})
            body = await town.call("wall.post", USER_KEY, **POST)
            assert body.get("error", {}).get("error_code") == code

    asyncio.run(story())


@pytest.mark.careless
def test_strict_refuses_a_parameter_that_the_method_has_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        strict, lax = Town(strict=True), Town(strict=False)
        strict.gate.inspector = lax.gate.inspector = None
        asked = {"owner_id": -GROUP, "message": "Пост", "colour": "red"}
        with caplog.at_level(logging.WARNING):
            body = await strict.call("wall.post", USER_KEY, **asked)
        text = "strict sandbox: wall.post does not know colour"
        assert body["error"]["error_code"] == 100 and body["error"]["error_msg"].endswith(text)
        assert text in caplog.text
        await lax.ok("wall.post", USER_KEY, **asked)

    asyncio.run(story())


def test_a_secret_is_not_told_again() -> None:
    async def story() -> None:
        town = Town()
        server = {"group_id": GROUP, "url": "ftp://x", "title": "бот", "secret_key": "тайна"}
        body = await town.call("groups.addCallbackServer", **server)
        assert body["error"]["error_code"] == 100
        assert "тайна" not in json.dumps(body, ensure_ascii=False)

    asyncio.run(story())
