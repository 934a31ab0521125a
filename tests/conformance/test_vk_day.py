"""Every answer and event of the sandbox's VK has the shape that is published."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.vk.methods import METHODS
from sandbox.world import Media
from tests.conformance.told import NEEDS_SPECS, Watch
from tests.conformance.vk_story import AREAS
from tests.sandbox.vk_town import ADMIN, ANNA, BORIS, GROUP, USER_KEY, Town, picture

pytestmark = NEEDS_SPECS


async def a_town(watch: Watch) -> Town:
    """A town where two people know the community, watched, without the platform's limits."""
    town = Town()
    town.gate.inspector = watch.inspector
    town.gate.limits.change({"vk": {"on": False}})
    await town.meet(ANNA, BORIS)
    await town.vk.do(town.dialog(), ANNA, "join", {})
    return town


def test_every_method_answers_as_published() -> None:
    async def story() -> None:
        watch = Watch()
        town = await a_town(watch)
        for area in AREAS:
            await area(town)
        watch.nothing_wrong()
        assert watch.seen("vk") - {"upload"} == set(METHODS)

    asyncio.run(story())


EVENTS = {
    "message_new", "message_reply", "message_edit", "message_allow", "message_deny", "message_event",
    "message_typing_state", "message_read", "message_reaction_event", "group_join", "group_leave",
    "group_officers_edit", "user_block", "user_unblock", "wall_post_new", "wall_schedule_post_new",
    "wall_schedule_post_delete", "wall_reply_new", "poll_vote_new",
}  # fmt: skip


async def a_busy_day(town: Town) -> None:
    """Everything happens that a community is told of, the API's own doings beside the people's."""
    for area in AREAS:
        await area(town)
    sha = town.world.keep(picture())
    photo = Media("photo", sha, "фото.png", "image/png", 10, 40, 30, caption="Двор")
    doc = Media("document", sha, "отчёт.docx", "application/msword", 10)
    voice = Media("voice", sha, "речь.ogg", "audio/ogg", 10, duration=3)
    say, chat, do = town.vk.say, town.dialog(), town.vk.do
    await say(chat, ANNA, text="Слова", media=[photo, doc], forward_from={"person": BORIS})
    await say(chat, ANNA, media=[voice])
    await say(chat, ANNA, forward_from={"chat": "wall:news", "message": 1})
    await say(chat, ANNA, forward_from={"chat": "news", "message": chat.last_id})
    await say(chat, ANNA, text="Ответ", reply_to=1)
    own = await say(chat, ANNA, text="Раз")
    await do(chat, ANNA, "edit", {"message": own[0], "media": [doc, photo], "text": "Два"})
    await do(chat, ANNA, "type", {})
    await do(chat, ANNA, "read", {})
    await do(chat, ANNA, "react", {"message": chat.last_id, "reaction": 1})
    for what in ("start", "deny", "allow", "leave", "block_by_admin", "unblock_by_admin"):
        await do(chat, ANNA, what, {})
    wall = town.wall
    await say(wall, ADMIN, text="Пост человека", media=[photo])
    made = await town.ok(
        "polls.create", USER_KEY, owner_id=-GROUP, question="А?", add_answers='["Да","Нет"]'
    )
    attached = f"poll{made['owner_id']}_{made['id']}"
    post = await town.ok(
        "wall.post", USER_KEY, owner_id=-GROUP, message="Опрос", attachments=attached
    )
    await do(wall, ANNA, "vote", {"message": post["post_id"], "options": [0]})
    await do(wall, ADMIN, "appoint", {"person": BORIS})
    await do(wall, ADMIN, "dismiss", {"person": BORIS})
    later: dict[str, Any] = {"publish_date": int(town.clock.now()) + 7200, "message": "Потом"}
    await town.ok("wall.post", USER_KEY, owner_id=-GROUP, **later)
    never = await town.ok(
        "wall.post",
        USER_KEY,
        owner_id=-GROUP,
        message="Нет",
        publish_date=int(town.clock.now()) + 90_000,
    )
    await town.ok("wall.delete", USER_KEY, owner_id=-GROUP, post_id=never["post_id"])
    town.clock.set(advance_s=9000)
    await town.ok("wall.get", USER_KEY, owner_id=-GROUP)


def test_events_of_every_kind_are_shaped_as_published() -> None:
    async def story() -> None:
        watch = Watch()
        town = await a_town(watch)
        await a_busy_day(town)
        watch.found.clear()
        for event in town.account.updates:
            watch.inspector.told("vk", event)
        watch.nothing_wrong()
        assert {event["type"] for event in town.account.updates} == EVENTS

    asyncio.run(story())
