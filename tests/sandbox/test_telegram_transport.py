"""How calls of the Bot API reach it: paths, methods, bodies, tokens; and how the refusals of those are worded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from telegram_town import GROUP, OLGA, Town, in_town

NOT_FOUND = (404, "Not Found")
NO_METHOD = (404, "Not Found: method not found")
UNAUTHORIZED = (401, "Unauthorized")


async def answered(town: Town, method: str, path: str, **options: Any) -> aiohttp.ClientResponse:
    address = f"{town.sandbox.url}/telegram/{path.replace('TOKEN', town.bot.token)}"
    answer = await town.http.request(method, address, **options)
    await answer.read()
    return answer


@pytest.mark.careless("unknown methods and bodies that nobody can read")
def test_what_is_no_call_is_refused_as_json() -> None:
    form = {"Content-Type": "multipart/form-data; boundary=B"}
    cases: list[tuple[str, str, dict[str, Any], tuple[int, str]]] = [
        ("GET", "bot1:unknown/getMe", {}, UNAUTHORIZED),
        ("POST", "bot999:AAbc-d_e/sendMessage", {"json": {"chat_id": 1}}, UNAUTHORIZED),
        ("GET", "bot/getMe", {}, NOT_FOUND),
        ("GET", "botnonsense/getMe", {}, NOT_FOUND),
        ("GET", "bot0:abc/getMe", {}, NOT_FOUND),
        ("GET", "bot12:a b/getMe", {}, NOT_FOUND),
        ("GET", "getMe", {}, NOT_FOUND),
        ("GET", "", {}, NOT_FOUND),
        ("GET", "file/nonsense", {}, NOT_FOUND),
        ("GET", "file/bot1:unknown/photos/file_1.jpg", {}, UNAUTHORIZED),
        ("GET", "file/botTOKEN/photos/none.jpg", {}, NOT_FOUND),
        ("GET", "botTOKEN", {}, NO_METHOD),
        ("GET", "botTOKEN/", {}, NO_METHOD),
        ("GET", "botTOKEN/getNothing", {}, NO_METHOD),
        ("GET", "botTOKEN/get/Me", {}, NO_METHOD),
        ("GET", "botTOKEN/file?path=photos/file_1.jpg", {}, NO_METHOD),
        ("PUT", "botTOKEN/getMe", {}, (405, "Method Not Allowed")),
        ("DELETE", "botTOKEN/getMe", {}, (405, "Method Not Allowed")),
        (
            "POST",
            "botTOKEN/getMe",
            {"data": b"{", "headers": {"Content-Type": "application/json"}},
            (400, "Bad Request: "),
        ),
        ("POST", "botTOKEN/getMe", {"json": [1]}, (400, "Bad Request: ")),
        ("POST", "botTOKEN/getMe", {"data": b"--B\r\nno", "headers": form}, (400, "Bad Request: ")),
    ]

    async def story(town: Town) -> None:
        for method, path, options, (code, text) in cases:
            answer = await answered(town, method, path, **options)
            body = await answer.json()
            assert (answer.status, body["ok"], body["error_code"]) == (code, False, code), path
            assert body["description"].startswith(text), path
            assert "Traceback" not in body["description"]
            if code != 400:
                assert body == {"ok": False, "error_code": code, "description": text}, path

    in_town(story)


def test_a_call_comes_in_any_form() -> None:
    text = "Привет + 100% & всем"
    pairs = {"chat_id": str(OLGA), "text": text}

    def parts() -> aiohttp.FormData:
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in pairs.items():
            form.add_field(name, value)
        return form

    cases: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        ("GET", lambda: {"params": pairs}),
        ("POST", lambda: {"params": pairs}),
        ("POST", lambda: {"params": pairs, "data": b""}),
        ("POST", lambda: {"params": {"chat_id": "1001"}, "data": {"text": text}}),
        ("POST", lambda: {"params": {"chat_id": "1001"}, "json": {"text": text}}),
        ("POST", lambda: {"params": {"text": text}, "json": {"chat_id": OLGA}}),
        ("POST", lambda: {"data": pairs}),
        ("POST", lambda: {"json": pairs}),
        ("POST", lambda: {"data": parts()}),
    ]

    async def story(town: Town) -> None:
        await town.started()
        for method, options in cases:
            for name in ("sendMessage", "SENDMESSAGE", "sendmessage/"):
                answer = await answered(town, method, f"botTOKEN/{name}", **options())
                body = await answer.json()
                assert body["ok"], (method, options(), body)
                assert body["result"]["text"] == text

    in_town(story)


def test_of_parameters_that_come_twice_the_first_counts_and_the_address_before_the_body() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        address = f"{town.url('sendMessage')}?chat_id={OLGA}&text=a&text=b"
        bodies: tuple[dict[str, Any], ...] = (
            {"json": {"text": "c"}},
            {"data": {"text": "c"}},
            {"data": aiohttp.FormData([("text", "c")], default_to_multipart=True)},
        )
        for body in bodies:
            async with town.http.post(address, **body) as answer:
                assert (await answer.json())["result"]["text"] == "a"
        pairs = aiohttp.FormData([("text", "d"), ("text", "e")], default_to_multipart=True)
        pairs.add_field("chat_id", str(OLGA))
        async with town.http.post(town.url("sendMessage"), data=pairs) as answer:
            assert (await answer.json())["result"]["text"] == "d"
        assert len(chat.messages) == 5

    in_town(story)


@pytest.mark.parametrize(
    "chat", ["-abc", "--1", "-", "9" * 30, "-" + "9" * 5000, "²", "1_001", "\x00"]
)
def test_a_chat_that_is_no_number_is_not_found_while_limits_are_counted(chat: str) -> None:
    async def story(town: Town) -> None:
        town.gate.limits.change({"telegram": {"on": True}})
        refused = await town.refused("sendMessage", chat_id=chat, text="x")
        assert refused == (400, "Bad Request: chat not found")

    in_town(story)


@pytest.mark.careless("a boolean comes in more spellings than the description has")
def test_a_boolean_comes_in_any_spelling() -> None:
    async def story(town: Town) -> None:
        await town.started()
        for protects, values in (
            (True, ("True", "true", "TRUE", "1", "yes", True, 1)),
            (False, ("False", "0", "no", "", False, 0)),
        ):
            for value in values:
                sent = await town.call(
                    "sendMessage", chat_id=str(OLGA), text="тайна", protect_content=value
                )
                assert sent.get("has_protected_content", False) is protects, value

    in_town(story)


def test_too_fast_says_when_to_come_again_in_the_head_too() -> None:
    async def story(town: Town) -> None:
        await town.started()
        town.world.clock.set(mode="manual")
        town.gate.limits.change({"telegram": {"on": True}})
        for number in range(5):
            await town.call("sendMessage", chat_id=OLGA, text=str(number))
        answer = await town.http.get(town.url("sendMessage"), params={"chat_id": OLGA, "text": "x"})
        body = await answer.json()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
        assert body["parameters"] == {"retry_after": 5}
        assert body["description"] == "Too Many Requests: retry after 5"
        # What sends nothing is not counted.
        await town.call("deleteMessage", chat_id=OLGA, message_id=town.dialog().last_id)
        town.world.clock.set(advance_s=5)
        await town.call("sendMessage", chat_id=OLGA, text="x")

    in_town(story)


def test_stars_carry_a_broadcast_over_the_free_rate() -> None:
    async def story(town: Town) -> None:
        await town.started()
        town.world.clock.set(mode="manual")
        town.gate.limits.change({"telegram": {"on": True, "account": {"count": 1}, "stars": 0.1}})
        for paid, code in (("False", 200), ("False", 429), ("True", 200), ("True", 429)):
            body = await town.raw(
                "sendMessage", chat_id=OLGA, text="всем", allow_paid_broadcast=paid
            )
            assert body.get("error_code", 200) == code, paid

    in_town(story)


def test_several_messages_in_one_call_weigh_each() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        ids = [(await town.call("sendMessage", chat_id=GROUP, text="x"))["message_id"]]
        ids += [(await town.call("sendMessage", chat_id=GROUP, text="y"))["message_id"]]
        town.gate.limits.change({"telegram": {"on": True, "group": {"count": 5}}})
        copy = {"chat_id": GROUP, "from_chat_id": GROUP, "message_ids": ids}
        await town.call("copyMessages", **copy)
        await town.call("forwardMessages", **copy)
        assert (await town.refused("copyMessages", **copy))[0] == 429
        await town.call("editMessageText", chat_id=GROUP, message_id=ids[0], text="z")
        assert (await town.refused("sendMessage", chat_id=GROUP, text="x"))[0] == 429

    in_town(story)


def test_a_bot_that_logged_out_is_away_for_ten_minutes() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        poll = await town.poll()
        assert await town.call("logOut") is True
        assert (await asyncio.wait_for(poll, 1))["description"] == "Logged out"
        assert await town.refused("getMe") == (400, "Logged out")
        assert (await town.call("getMe", "second"))["username"] == "second_bot"
        town.world.clock.set(advance_s=599)
        assert await town.refused("sendMessage", chat_id=OLGA, text="x") == (400, "Logged out")
        town.world.clock.set(advance_s=1)
        assert (await town.call("getMe"))["username"] == "vestnik_bot"

    in_town(story)


def test_a_bot_is_closed_no_sooner_than_ten_minutes_after_its_launch() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        for _ in range(2):
            await town.call("getMe")
            refused = await town.raw("close")
            assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 600})
            town.world.clock.set(advance_s=600)
            poll = await town.poll()
            assert await town.call("close") is True
            assert (await asyncio.wait_for(poll, 1))["description"] == (
                "Internal Server Error: restart"
            )

    in_town(story)


def test_get_me_tells_all_about_the_bot() -> None:
    async def story(town: Town) -> None:
        assert await town.call("getMe") == {
            "id": town.bot.id,
            "is_bot": True,
            "first_name": "Вестник",
            "username": "vestnik_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_guest_queries": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_join_request_queries": False,
        }

    in_town(story)
