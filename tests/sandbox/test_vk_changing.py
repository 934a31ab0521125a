"""Editing, deleting, looking up, and the answer to a pressed button."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from vk_town import ANNA, BORIS, Town

INLINE = json.dumps(
    {
        "inline": True,
        "one_time": False,
        "buttons": [
            [{"action": {"type": "callback", "label": "Да", "payload": '{"yes":1}'}}],
            [{"action": {"type": "open_link", "label": "Сайт", "link": "https://example.org"}}],
        ],
    }
)


def test_an_edit_changes_the_text_and_is_reported() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send(text="было", keyboard=INLINE)
        town.clock.set(advance_s=60)
        assert await town.ok("messages.edit", peer_id=ANNA, message_id=id_, message="стало") == 1
        assert (town.last().text, town.last().edited) == ("стало", town.clock.now())
        assert town.last().buttons[0][0].text == "Да", "the keyboard stays"
        [event] = town.events("message_edit")
        assert (event["text"], event["update_time"]) == ("стало", int(town.clock.now()))

    asyncio.run(story())


@pytest.mark.parametrize("name", ["cmid", "conversation_message_id"])
def test_an_edit_by_the_number_in_the_dialog_replaces_the_keyboard(name: str) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(keyboard=INLINE)
        empty = '{"inline": true, "one_time": false, "buttons": []}'
        params = {name: 2, "keyboard": empty, "message": "Готово"}
        await town.ok("messages.edit", peer_id=ANNA, **params)
        assert town.last().buttons == []

    asyncio.run(story())


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"message_id": 1}, 15),
        ({"message_id": 99}, 100),
        ({}, 100),
        ({"message_id": 2, "message": ""}, 100),
        ({"message_id": 2, "message": "я" * 5000}, 914),
        ({"message_id": 2, "peer_id": BORIS}, 917),
    ],
)
def test_an_edit_is_refused(params: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(text="было")
        usual = {"peer_id": ANNA, "message": "стало"}
        assert await town.code("messages.edit", **(usual | params)) == code
        assert town.last().text == "было"

    asyncio.run(story())


def test_after_a_day_a_message_is_too_old_to_edit() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send()
        town.clock.set(advance_s=86400)
        await town.ok("messages.edit", peer_id=ANNA, message_id=id_, message="успели")
        town.clock.set(advance_s=1)
        params = {"peer_id": ANNA, "message_id": id_, "message": "поздно"}
        assert await town.code("messages.edit", **params) == 909
        town.account.settings["edit_s"] = 0
        assert await town.ok("messages.edit", **params) == 1

    asyncio.run(story())


def test_deleting_for_all_takes_the_message_away_once() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send()
        params = {"message_ids": f"{id_},99", "delete_for_all": 1}
        gone = {"peer_id": ANNA, "message_id": id_, "conversation_message_id": 2, "response": 1}
        absent = {"message_id": 99, "response": 0}
        assert await town.ok("messages.delete", **params) == [gone, absent]
        assert len(town.dialog().messages) == 1
        again = await town.ok("messages.delete", **params)
        assert again == [{"message_id": id_, "response": 0}, absent]
        assert [call["effect"] for call in town.gate.calls.read()["calls"]] == [True, True, False]

    asyncio.run(story())


def test_deleting_without_for_all_hides_it_only_from_the_community() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send()
        await town.ok("messages.delete", message_ids=id_)
        assert town.last().text == "Новость"
        assert (await town.ok("messages.getById", message_ids=id_))["items"] == []
        assert (await town.ok("messages.getHistory", peer_id=ANNA))["count"] == 1

    asyncio.run(story())


def test_anothers_message_and_an_old_one_cannot_be_deleted_for_all() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send()
        [entry] = await town.ok("messages.delete", message_ids=1, delete_for_all=1)
        assert entry["error"]["code"] == 924
        town.clock.set(advance_s=86401)
        await town.send()
        by_number = {"peer_id": ANNA, "cmids": "2,3,9", "delete_for_all": 1}
        answer = await town.ok("messages.delete", **by_number)
        assert answer[0]["error"]["code"] == 924
        assert [entry.get("response") for entry in answer] == [None, 1, 0]

    asyncio.run(story())


def test_before_5_199_a_map_tells_what_was_deleted_and_one_hindrance_keeps_all() -> None:
    async def story() -> None:
        town = Town()
        town.gate.inspector = None  # the schema describes 5.199 alone
        await town.meet()
        old = await town.send()
        params = {"v": "5.131", "delete_for_all": 1}
        assert await town.code("messages.delete", **params, message_ids=f"{old},1") == 924
        assert len(town.dialog().messages) == 2
        answer = await town.ok("messages.delete", **params, message_ids=f"{old},99")
        assert answer == {str(old): 1, "99": 0}

    asyncio.run(story())


def test_what_was_sent_can_be_looked_up() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        for number in (1, 2, 3):
            await town.send(text=f"№ {number}", random_id=100 + number)
        history = await town.ok("messages.getHistory", peer_id=ANNA, count=2)
        assert [item["random_id"] for item in history["items"]] == [103, 102]
        assert history["count"] == 4
        rev = await town.ok("messages.getHistory", peer_id=ANNA, rev=1, offset=1, count=1)
        assert rev["items"][0]["text"] == "№ 1"
        since = await town.ok("messages.getHistory", peer_id=ANNA, start_message_id=2)
        assert [item["id"] for item in since["items"]] == [2, 1]
        found = await town.ok(
            "messages.getByConversationMessageId", peer_id=ANNA, conversation_message_ids="2,77,4"
        )
        assert [item["text"] for item in found["items"]] == ["№ 1", "№ 3"]
        by_number = await town.ok("messages.getById", peer_id=ANNA, cmids="3")
        assert by_number["items"][0]["text"] == "№ 2"

    asyncio.run(story())


def test_a_conversation_says_whether_one_may_write() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA)
        found = await town.ok("messages.getConversationsById", peer_ids=f"{ANNA},{BORIS}")
        assert [item["can_write"] for item in found["items"]] == [
            {"allowed": True},
            {"allowed": False, "reason": 901},
        ]
        assert (await town.ok("messages.getConversations"))["count"] == 1
        assert await town.code("messages.getConversationsById", peer_ids="404") == 936
        assert await town.ok("messages.markAsRead", peer_id=ANNA) == 1
        assert await town.ok("messages.setActivity", peer_id=ANNA, type="typing") == 1

    asyncio.run(story())


async def pressed(town: Town, answer: dict[str, Any] | None) -> tuple[Any, dict[str, Any]]:
    """Press the callback button, answer it, and return what the app shows and the event."""
    press = asyncio.create_task(town.vk.press(town.dialog(), ANNA, town.last().id, 0, 0))
    await asyncio.sleep(0)
    [event] = town.events("message_event")
    params = {name: event[name] for name in ("event_id", "user_id", "peer_id")}
    if answer is not None:
        params["event_data"] = json.dumps(answer)
    assert await town.ok("messages.sendMessageEventAnswer", **params) == 1
    return await press, event


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"type": "show_snackbar", "text": "Принято"}, {"text": "Принято", "alert": False}),
        ({"type": "open_link", "link": "https://e.org"}, {"url": "https://e.org"}),
        ({"type": "open_app", "app_id": 7, "hash": "x"}, {"url": "https://vk.com/app7#x"}),
        (None, None),
    ],
)
def test_the_answer_to_a_button_is_shown(answer: Any, shown: Any) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(keyboard=INLINE)
        seen, event = await pressed(town, answer)
        assert seen == shown
        assert event["payload"] == {"yes": 1}
        assert (event["peer_id"], event["conversation_message_id"]) == (ANNA, 2)

    asyncio.run(story())


def test_a_button_is_answered_once_and_within_a_minute() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(keyboard=INLINE)
        _, event = await pressed(town, None)
        params = {name: event[name] for name in ("event_id", "user_id", "peer_id")}
        assert await town.code("messages.sendMessageEventAnswer", **params) == 100
        unknown = params | {"event_id": "nothing"}
        assert await town.code("messages.sendMessageEventAnswer", **unknown) == 100
        press = asyncio.create_task(town.vk.press(town.dialog(), ANNA, 2, 0, 0))
        await asyncio.sleep(0)
        params["event_id"] = town.events("message_event")[1]["event_id"]
        wrong = params | {"event_data": json.dumps({"type": "show_snackbar"})}
        assert await town.code("messages.sendMessageEventAnswer", **wrong) == 100
        town.clock.set(advance_s=61)
        assert await town.code("messages.sendMessageEventAnswer", **params) == 100
        press.cancel()

    asyncio.run(story())


def test_a_link_button_leads_away_and_tells_nobody() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(keyboard=INLINE)
        before = len(town.account.updates)
        assert await town.vk.press(town.dialog(), ANNA, 2, 1, 0) == {"url": "https://example.org"}
        assert len(town.account.updates) == before

    asyncio.run(story())
