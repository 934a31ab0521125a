"""messages.send: whom it reaches, what it takes, what it answers, and once per random_id."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, GROUP, Town, picture


async def uploaded(town: Town, content: bytes | None = None) -> str:
    """Upload a photo for messages and return its attachment text."""
    where = await town.ok("photos.getMessagesUploadServer", peer_id=ANNA)
    files = {"photo": ("лист.png", content or picture())}
    sent = (await town.http.post(where["upload_url"], files=files)).json()
    [saved] = await town.ok("photos.saveMessagesPhoto", **sent)
    return f"photo{saved['owner_id']}_{saved['id']}_{saved['access_key']}"


def test_one_peer_gets_an_id_several_get_a_list() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        one = await town.ok("messages.send", peer_id=ANNA, message="раз", random_id=0)
        assert one == town.last().global_id
        assert await town.ok("messages.send", user_id=ANNA, message="два", random_id=0) == one + 1
        both = await town.ok(
            "messages.send", peer_ids=f"{ANNA},{BORIS}", message="три", random_id=0
        )
        assert both == [
            {"peer_id": ANNA, "message_id": one + 2, "conversation_message_id": 4},
            {"peer_id": BORIS, "message_id": one + 3, "conversation_message_id": 2},
        ]

    asyncio.run(story())


def test_one_bad_peer_does_not_fail_the_call() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA)
        answer = await town.ok(
            "messages.send",
            peer_ids=f"{BORIS},{ANNA},404,2000000001,-5",
            message="Всем",
            random_id=1,
        )
        codes = [entry.get("error", {}).get("code") for entry in answer]
        assert codes == [901, None, 936, 917, 932]
        assert answer[0] == {
            "peer_id": BORIS,
            "error": {
                "code": 901,
                "description": "Can't send messages for users without permission",
            },
        }
        assert "message_id" not in answer[0]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("what", "code"), [("deny", 901), ("block_by_admin", 900), ("close_messages", 902)]
)
def test_a_person_can_be_out_of_reach(what: str, code: int) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.vk.do(town.dialog(), ANNA, what, {})
        assert await town.code("messages.send", peer_id=ANNA, message="?", random_id=0) == code
        allowed = await town.ok("messages.isMessagesFromGroupAllowed", group_id=GROUP, user_id=ANNA)
        assert allowed == {"is_allowed": 0}

    asyncio.run(story())


def test_allowing_is_enough_to_be_written_to() -> None:
    async def story() -> None:
        town = Town()
        await town.vk.do(town.dialog(), ANNA, "allow", {})
        assert await town.send() == 1
        assert town.events("message_allow") == [{"user_id": ANNA, "key": ""}]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("params", "code", "detail"),
    [
        ({"random_id": ""}, 100, "random_id is a required parameter"),
        ({"random_id": "x"}, 100, "random_id not integer"),
        ({"message": ""}, 100, "message is empty or invalid"),
        ({"message": "я" * 4097}, 914, "Message is too long"),
        ({"peer_id": ""}, 100, "you should specify peer_id"),
        ({"peer_id": "анна"}, 100, "peer_id not integer"),
        ({"peer_ids": ",".join(map(str, range(1, 102)))}, 100, "at most 100"),
        ({"attachment": "photo-1_1"}, 100, "attachment is invalid"),
        ({"attachment": "picture"}, 100, "attachment is invalid"),
        ({"keyboard": "{"}, 911, "Keyboard format is invalid"),
        ({"payload": "{"}, 100, "payload is invalid"),
        ({"payload": '"' + "x" * 1000 + '"'}, 100, "payload is invalid"),
        ({"reply_to": 999}, 100, "reply_to is invalid"),
        ({"forward": "x"}, 100, "forward is invalid"),
        ({"forward_messages": "999"}, 921, "Can't forward these messages"),
        ({"expire_ttl": 60}, 100, "not supported by the sandbox"),
        ({"random_id": 2**31}, 100, "random_id is invalid"),
        ({"forward_messages": ",".join(["1"] * 1001)}, 913, "Too many forwarded messages"),
        ({"intent": "promo_newsletter"}, 943, "Cannot use this intent"),
        ({"intent": "gossip"}, 100, "intent is invalid"),
        ({"lat": "91", "long": "0"}, 100, "lat is invalid"),
        ({"lat": "1"}, 100, "long is undefined"),
        ({"sticker_id": "0"}, 100, "sticker_id is invalid"),
        ({"attachment": "wall-5001_9"}, 100, "attachment is invalid"),
        ({"attachment": "poll-5001_9"}, 100, "attachment is invalid"),
        ({"attachment": "market-1_1"}, 100, "attachment is invalid"),
        ({"group_id": 77}, 15, "you should be a group administrator"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_said(
    params: dict[str, Any], code: int, detail: str
) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        usual = {"peer_id": ANNA, "message": "Новость", "random_id": 1}
        body = await town.call("messages.send", **(usual | params))
        assert body["error"]["error_code"] == code
        assert detail in body["error"]["error_msg"]
        assert len(town.dialog().messages) == 1

    asyncio.run(story())


def test_the_longest_text_passes_and_is_a_setting() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(text="я" * 4096)
        town.account.settings["max_text"] = 9000
        await town.send(text="я" * 9000)
        params = {"peer_id": ANNA, "message": "я" * 9001, "random_id": 0}
        assert await town.code("messages.send", **params) == 914

    asyncio.run(story())


def test_the_same_random_id_sends_once() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        first = await town.send(random_id=5)
        assert await town.send(random_id=5, text="другой текст") == first
        assert len(town.dialog().messages) == 2
        assert await town.send(BORIS, random_id=5) != first, "the check is per dialog"
        assert await town.send(random_id=0) != await town.send(random_id=0), "0 is no check"

    asyncio.run(story())


def test_a_repeated_random_id_has_no_effect_in_the_log() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(random_id=5)
        await town.send(random_id=5)
        first, second = town.gate.calls.read()["calls"]
        assert (first["effect"], second["effect"]) == (True, False)
        assert first["messages"] == second["messages"] == [2]
        assert (first["key"], first["chats"]) == ("5", [str(ANNA)])
        assert first["digest"] == sha256("Новость".encode()).hexdigest()[:16]

    asyncio.run(story())


@pytest.mark.parametrize(("passed", "again"), [(3599, False), (3600, True)])
def test_a_random_id_is_forgotten_after_an_hour(passed: float, again: bool) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        first = await town.send(random_id=5)
        town.clock.set(advance_s=passed)
        assert (await town.send(random_id=5) != first) is again

    asyncio.run(story())


@pytest.mark.parametrize(("between", "again"), [(99, False), (100, True)])
def test_a_random_id_is_forgotten_after_a_hundred_messages(between: int, again: bool) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        first = await town.send(random_id=5)
        for _ in range(between):
            await town.vk.say(town.dialog(), ANNA, text="и ещё")
        assert (await town.send(random_id=5) != first) is again

    asyncio.run(story())


def test_a_deleted_message_is_still_remembered_by_its_random_id() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        first = await town.send(random_id=5)
        await town.ok("messages.delete", message_ids=first, delete_for_all=1)
        assert await town.send(random_id=5) == first
        assert len(town.dialog().messages) == 1

    asyncio.run(story())


def test_attachments_are_those_the_community_uploaded_at_most_ten() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        name = await uploaded(town)
        await town.send(text="", attachment=",".join([name] * 10))
        assert len(town.last().media) == 10
        shown = (await town.ok("messages.getById", message_ids=town.last().global_id))["items"][0]
        photo = shown["attachments"][0]["photo"]
        assert photo["sizes"][-1]["url"].startswith("http://vk.test/vk/files/")
        assert photo["owner_id"] == -GROUP
        params = {"peer_id": ANNA, "attachment": ",".join([name] * 11), "random_id": 0}
        assert await town.code("messages.send", **params) == 100
        without_key, wrong_key = name.rpartition("_")[0], name[:-1] + "_"
        await town.send(attachment=without_key)
        params["attachment"] = wrong_key
        assert await town.code("messages.send", **params) == 100

    asyncio.run(story())


def test_a_reply_and_a_forward_carry_the_words_of_another() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        asked = town.last()
        await town.send(reply_to=asked.global_id)
        assert town.last().extra["reply_message"]["text"] == "Здравствуйте"
        order = {"peer_id": ANNA, "conversation_message_ids": [1], "is_reply": True}
        await town.send(forward=json.dumps(order))
        assert town.last().reply_to == 1
        await town.send(BORIS, text="", forward=json.dumps({**order, "is_reply": False}))
        assert town.last(BORIS).extra["fwd"][0]["from_id"] == ANNA
        await town.send(text="", forward_messages=asked.global_id)
        assert town.last().extra["fwd"][0]["conversation_message_id"] == 1

    asyncio.run(story())


def test_a_message_by_the_api_is_reported_as_message_reply() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(random_id=77, payload='{"a":1}')
        [reply] = town.events("message_reply")
        assert (reply["out"], reply["random_id"], reply["from_id"]) == (1, 77, -GROUP)
        assert reply["payload"] == '{"a":1}'
        assert "admin_author_id" not in reply

    asyncio.run(story())


def test_more_than_a_thousand_messages_an_hour_to_one_person_are_flood() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        town.gate.limits.change({"vk": {"person": {"count": 3}}})
        for _ in range(3):
            await town.send()
        assert await town.code("messages.send", peer_id=ANNA, message="4", random_id=0) == 9
        await town.send(BORIS)
        town.clock.set(advance_s=3600)
        await town.send()

    asyncio.run(story())


def test_an_admin_writes_for_the_community_under_his_own_name() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        chat = town.vk.find_chat(f"news:{ANNA}", ADMIN)
        await town.vk.say(chat, ADMIN, text="Отвечает человек")
        [reply] = town.events("message_reply")
        assert (reply["admin_author_id"], reply["out"], reply["peer_id"]) == (ADMIN, 1, ANNA)

    asyncio.run(story())
