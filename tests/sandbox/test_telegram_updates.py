"""What bots learn through getUpdates, and how."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town


async def write(town: Town, *texts: str) -> None:
    for text in texts:
        await town.side.say(town.dialog(), OLGA, text=text)


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


CONFLICT = {
    "ok": False,
    "error_code": 409,
    "description": "Conflict: terminated by other getUpdates request; make sure that only one bot "
    "instance is running",
}


def test_an_offset_confirms_what_lies_before_it() -> None:
    async def story(town: Town) -> None:
        await write(town, "раз", "два", "три")
        got = await town.call("getUpdates")
        assert texts(got) == ["раз", "два", "три"]
        assert [u["update_id"] - got[0]["update_id"] for u in got] == [0, 1, 2]
        assert texts(await town.call("getUpdates", limit=1)) == ["раз"]
        assert texts(await town.call("getUpdates", offset=got[2]["update_id"])) == ["три"]
        assert await town.call("getUpdates", offset=got[2]["update_id"] + 1) == []

    in_town(story)


def test_a_negative_offset_keeps_only_the_last_ones() -> None:
    async def story(town: Town) -> None:
        await write(town, "раз", "два", "три")
        assert texts(await town.call("getUpdates", offset=-2)) == ["два", "три"]
        assert texts(await town.call("getUpdates")) == ["два", "три"]

    in_town(story)


def test_a_long_poll_wakes_at_once() -> None:
    async def story(town: Town) -> None:
        poll = await town.poll()
        await write(town, "Проснись")
        assert texts((await asyncio.wait_for(poll, 1))["result"]) == ["Проснись"]

    in_town(story)


def test_a_second_poll_ends_the_first_with_a_conflict() -> None:
    async def story(town: Town) -> None:
        first = await town.poll()
        # One that need not wait leaves the first alone.
        assert await town.call("getUpdates") == []
        assert town.side.updates.waits(town.bot)
        second = asyncio.create_task(town.call("getUpdates", timeout=50))
        assert await asyncio.wait_for(first, 1) == CONFLICT
        await write(town, "Второму")
        assert texts(await asyncio.wait_for(second, 1)) == ["Второму"]

    in_town(story)


def test_a_conflict_soon_after_another_is_told_later() -> None:
    async def story(town: Town) -> None:
        town.gate.limits.change({"telegram": {"poll_pauses": True}})
        town.side.updates.conflict_s = 1000
        polls = [await town.poll() for _ in range(2)]
        assert await asyncio.wait_for(polls[0], 1) == CONFLICT
        await town.call("setWebhook", url="http://127.0.0.1:9/")
        # The second conflict within conflict_s waits as long; a stop ends the wait.
        await town.call("getMe")
        assert not polls[1].done()
        town.world.stopping.set()
        assert (await asyncio.wait_for(polls[1], 1))["description"] == (
            "Conflict: terminated by setWebhook request"
        )

    in_town(story)


def test_the_same_offset_again_is_held_up_where_the_servers_pauses_are_on() -> None:
    async def story(town: Town) -> None:
        updates = town.side.updates
        await write(town, "раз", "два")
        assert len(await town.call("getUpdates")) == len(await town.call("getUpdates")) == 2
        town.gate.limits.change({"telegram": {"poll_pauses": True}})
        assert texts(await town.call("getUpdates")) == ["раз"]  # too soon: one at a time
        updates.burst_s = 0
        (_, last) = await town.call("getUpdates")
        end = last["update_id"] + 1
        assert await town.call("getUpdates", offset=end) == []  # another offset: at once
        updates.repeat_s = 1000
        held = asyncio.create_task(town.call("getUpdates", offset=end, timeout=1))
        while not updates.waits(town.bot):  # noqa: ASYNC110
            await asyncio.sleep(0)
        await write(town, "три")
        assert texts(await asyncio.wait_for(held, 1)) == ["три"]

    in_town(story)


def test_an_offset_of_another_queue_confirms_nothing() -> None:
    async def story(town: Town) -> None:
        await write(town, "раз")
        last = town.bot.update_seq
        assert texts(await town.call("getUpdates", offset=last + 12)) == ["раз"]
        assert await town.call("getUpdates", offset=last + 11) == []
        assert await town.call("getUpdates") == []

    in_town(story)


@pytest.mark.parametrize(
    ("params", "got"),
    [
        ({"limit": 0}, 1),
        ({"limit": -5}, 1),
        ({"limit": 1000}, 100),
        ({"limit": "3"}, 3),
        ({"offset": -1000}, 100),
        ({"offset": -7}, 7),
        ({"timeout": -1}, 100),
    ],
)
def test_numbers_out_of_bounds_are_brought_back(params: dict[str, Any], got: int) -> None:
    async def story(town: Town) -> None:
        await write(town, *map(str, range(120)))
        assert len(await town.call("getUpdates", **params)) == got

    in_town(story)


def test_one_answer_holds_no_more_than_four_mebibytes() -> None:
    chat = {"id": OLGA, "type": "private", "first_name": "Ольга"}
    big = {"message_id": 1, "date": 0, "chat": chat, "text": "x" * 60_000}
    size = 50 + len(orjson.dumps({"update_id": 1_000_000, "message": big}))

    async def story(town: Town) -> None:
        town.bot.update_seq = 1_000_000  # seven figures in every number
        for _ in range(100):
            town.side.updates.push(town.bot, "message", big)
        got = await town.call("getUpdates")
        assert len(got) == (1 << 22) // size
        assert len(await town.call("getUpdates", offset=got[-1]["update_id"] + 1)) == 100 - len(got)

    in_town(story)


def test_updates_are_forgotten_after_a_day() -> None:
    async def story(town: Town) -> None:
        await write(town, "старое")
        town.world.clock.set(advance_s=86_000)
        await write(town, "новое")
        assert (await town.call("getWebhookInfo"))["pending_update_count"] == 2
        town.world.clock.set(advance_s=500)
        assert texts(await town.call("getUpdates")) == ["новое"]

    in_town(story)


def test_a_press_waits_for_its_bot_for_two_minutes_and_a_half() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        town.side.updates.push(
            town.bot,
            "callback_query",
            {
                "id": "1",
                "from": {"id": OLGA, "is_bot": False, "first_name": "Ольга"},
                "chat_instance": "1",
                "data": "x",
            },
        )
        await write(town, "рядом")
        town.world.clock.set(advance_s=150)
        assert len(await town.call("getUpdates")) == 2
        town.world.clock.set(advance_s=1)
        assert texts(await town.call("getUpdates")) == ["рядом"]

    in_town(story)


def test_allowed_updates_hold_for_new_updates_until_changed() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await write(town, "до")
        await town.call("getUpdates", allowed_updates=["channel_post"])
        await write(town, "после")
        await town.side.say(channel, OLGA, text="пост")
        got = await town.updates()
        assert [next(k for k in u if k != "update_id") for u in got] == ["message", "channel_post"]
        await town.call("getUpdates", allowed_updates=[])
        await write(town, "снова")
        assert texts(await town.updates()) == ["снова"]

    in_town(story)


def test_members_comings_and_goings_are_told_only_on_request() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await town.side.do(group, IVAN, "leave", {})
        assert [set(u) - {"update_id"} for u in await town.updates()] == [{"message"}]
        await town.call("getUpdates", allowed_updates=["chat_member"])
        await town.side.do(group, IVAN, "join", {})
        (update,) = await town.updates()
        news = update["chat_member"]
        assert (news["old_chat_member"]["status"], news["new_chat_member"]["status"]) == (
            "left",
            "member",
        )
        assert news["from"]["id"] == IVAN

    in_town(story)


def test_posts_of_a_channel_reach_its_administrators_without_an_author() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, OLGA, "add_bot", {"account": "second"})
        await town.updates("second")
        await town.side.say(channel, OLGA, text="От человека")
        await town.call("sendMessage", chat_id=CHANNEL, text="От бота")
        own, other = await town.updates(), await town.updates("second")
        assert [u["channel_post"]["text"] for u in own] == ["От человека"]
        assert [u["channel_post"]["text"] for u in other] == ["От человека", "От бота"]
        assert all("from" not in u["channel_post"] for u in other)
        await town.side.do(channel, OLGA, "edit", {"message": 1, "text": "Правка"})
        (edit,) = await town.updates()
        assert edit["edited_channel_post"]["text"] == "Правка"

    in_town(story)


@pytest.mark.parametrize("drop", [True, False])
def test_delete_webhook_drops_what_waits_if_asked(drop: bool) -> None:
    async def story(town: Town) -> None:
        await write(town, "раз")
        assert await town.call("deleteWebhook", drop_pending_updates=drop) is True
        assert len(await town.call("getUpdates")) == (0 if drop else 1)

    in_town(story)


def test_a_bots_appointment_and_removal_are_told_with_who_did_it() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        for what in ("add_bot", "demote_bot", "promote_bot", "remove_bot"):
            await town.side.do(channel, OLGA, what, {"account": "second"})
        told = [u["my_chat_member"] for u in await town.updates("second")]
        assert [(t["old_chat_member"]["status"], t["new_chat_member"]["status"]) for t in told] == [
            ("left", "administrator"),
            ("administrator", "member"),
            ("member", "administrator"),
            ("administrator", "kicked"),
        ]
        assert {t["from"]["id"] for t in told} == {OLGA}
        assert {t["new_chat_member"]["user"]["username"] for t in told} == {"second_bot"}

    in_town(story)


def test_blocking_and_starting_again_are_told_once_each() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        for what in ("stop", "stop", "start"):
            await town.side.do(chat, OLGA, what, {})
        blocked, unblocked, start = await town.updates()
        assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
        assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert start["message"]["text"] == "/start"

    in_town(story)


def test_a_group_that_grows_says_where_it_went() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Цех", None)
        new_id = (await town.side.do(group, OLGA, "migrate", {}))["chat"]
        to, origin = await town.updates()
        assert to["message"]["migrate_to_chat_id"] == new_id
        assert origin["message"]["migrate_from_chat_id"] == GROUP
        body = await town.raw("sendMessage", chat_id=GROUP, text="x")
        assert body == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": new_id},
        }
        assert (await town.call("sendMessage", chat_id=new_id, text="x"))["chat"][
            "type"
        ] == "supergroup"

    in_town(story)


def test_a_bot_that_leaves_is_out() -> None:
    async def story(town: Town) -> None:
        assert await town.call("leaveChat", chat_id=SUPERGROUP) is True
        (update,) = await town.updates()
        assert update["my_chat_member"]["new_chat_member"]["status"] == "left"
        refused = await town.refused("sendMessage", chat_id=SUPERGROUP, text="x")
        assert refused == (403, "Forbidden: bot is not a member of the supergroup chat")

    in_town(story)
