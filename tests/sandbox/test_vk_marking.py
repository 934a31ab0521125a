"""Read marks, answers owed, reactions, typing: what both sides of a dialog learn of each other without words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, GROUP, Town

from sandbox.networks import Wrong


async def state(town: Town, person: int = ANNA) -> dict[str, Any]:
    [found] = (await town.ok("messages.getConversationsById", peer_ids=person))["items"]
    return dict(found)


async def listed(town: Town, filter_: str) -> list[int]:
    found = await town.ok("messages.getConversations", filter=filter_)
    return [one["conversation"]["peer"]["id"] for one in found["items"]]


def test_what_came_is_unread_until_it_is_read_or_answered() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, ANNA, BORIS)
        assert ((await state(town))["unread_count"], await listed(town, "unread")) == (
            2,
            [BORIS, ANNA],
        )
        assert (await town.ok("messages.getConversations"))["unread_count"] == 2
        await town.ok("messages.markAsRead", peer_id=ANNA)
        seen = await state(town)
        assert (seen["unread_count"], seen["in_read"]) == (0, 2)
        await town.send(BORIS)
        assert await listed(town, "unread") == []
        await town.meet(ANNA)
        assert await listed(town, "unread") == [ANNA]
        assert await town.code("messages.markAsRead", peer_id=ADMIN) == 917

    asyncio.run(story())


def test_an_answer_is_owed_until_it_is_given_or_waived() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        assert await listed(town, "unanswered") == [BORIS, ANNA]
        await town.send(ANNA)
        await town.ok("messages.markAsAnsweredConversation", peer_id=BORIS)
        assert await listed(town, "unanswered") == []
        await town.ok("messages.markAsAnsweredConversation", peer_id=BORIS, answered=0)
        assert await listed(town, "unanswered") == [BORIS]
        await town.ok("messages.markAsAnsweredConversation", peer_id=BORIS, answered=1)
        await town.meet(BORIS)
        assert await listed(town, "unanswered") == [BORIS], "new words want a new answer"

    asyncio.run(story())


def test_dialogs_are_marked_and_listed_by_kind() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        await town.meet(ANNA, BORIS)
        chat = town.conversation()
        await town.vk.say(chat, ANNA, text="Собрание")
        await town.ok("messages.markAsImportantConversation", peer_id=ANNA)
        assert (await state(town))["important"] is True
        assert await listed(town, "important") == [ANNA]
        await town.ok("messages.markAsImportantConversation", peer_id=ANNA, important=0)
        assert await listed(town, "important") == []
        assert await listed(town, "sorted_chats") == [chat.id]
        assert set(await listed(town, "all")) == {ANNA, BORIS, chat.id}
        assert await listed(town, "archive") == []
        assert await town.code("messages.getConversations", filter="loud") == 100

    asyncio.run(story())


def test_a_person_who_reads_and_types_is_noticed() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send()
        await town.do(town.dialog(), ANNA, "type")
        typing = {"state": "typing", "from_id": ANNA, "to_id": -GROUP}
        assert town.events("message_typing_state") == [typing]
        assert (await state(town))["out_read"] == 0
        for _ in range(2):
            await town.do(town.dialog(), ANNA, "read")
        [read] = town.events("message_read")
        assert (read["read_message_id"], read["conversation_message_id"]) == (2, 2)
        assert (await state(town))["out_read"] == 2
        for what in ("type", "read"):
            with pytest.raises(Wrong, match="own dialog"):
                await town.do(town.dialog(), BORIS, what)

    asyncio.run(story())


def test_reactions_of_both_sides_are_counted() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        await town.meet()
        await town.send()
        heart = {"peer_id": ANNA, "cmid": 2}
        await town.do(town.dialog(), ANNA, "react", message=2, reaction="🔥")
        await town.do(town.dialog(), ANNA, "react", message=2, reaction=1)
        assert await town.ok("messages.sendReaction", **heart, reaction_id=1) == 1
        told = town.events("message_reaction_event")
        assert [one["reaction_id"] for one in told] == [2, 1]
        counted = [{"reaction_id": 1, "count": 2, "user_ids": [ANNA, -GROUP]}]
        who = await town.ok("messages.getReactedPeers", **heart)
        assert (who["count"], who["counters"]) == (2, counted)
        assert (await town.ok("messages.getReactedPeers", **heart, reaction_id=2))["count"] == 0
        found = await town.ok("messages.getMessagesReactions", peer_id=ANNA, cmids="2,99")
        assert found == {"items": [{"cmid": 2, "counters": counted}]}
        assert (await town.ok("messages.getHistory", peer_id=ANNA))["items"][0][
            "reactions"
        ] == counted
        await town.ok("messages.deleteReaction", **heart)
        await town.do(town.dialog(), ANNA, "unreact", message=2)
        assert "reaction_id" not in town.events("message_reaction_event")[-1]
        assert town.last().reactions is None
        assert await town.code("messages.sendReaction", **heart, reaction_id=99) == 1009
        assert await town.code("messages.sendReaction", peer_id=ANNA, cmid=9, reaction_id=1) == 100
        for args, text in (({"message": 9}, "no message 9"), ({"reaction": "🦊"}, "no reaction")):
            with pytest.raises(Wrong, match=text):
                await town.do(town.dialog(), ANNA, "react", **{"message": 2, **args})

    asyncio.run(story())


def test_words_are_found_whatever_their_case() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA)
        await town.send(text="Собрание завтра")
        town.clock.set(advance_s=10)
        await town.vk.say(town.dialog(), ANNA, text="СОБРАНИЕ перенесли")
        await town.vk.say(town.dialog(BORIS), BORIS, text="собрание?")
        found = await town.ok("messages.search", q="собрание", peer_id=ANNA)
        assert [one["text"] for one in found["items"]] == ["СОБРАНИЕ перенесли", "Собрание завтра"]
        assert (await town.ok("messages.search", q="собрание", count=1))["count"] == 3
        early = await town.ok("messages.search", q="собрание", date=int(town.clock.now()) - 5)
        assert [one["text"] for one in early["items"]] == ["Собрание завтра"]

    asyncio.run(story())


def test_a_forgotten_dialog_is_gone_for_the_community_alone() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        last = await town.send()
        gone = await town.ok("messages.deleteConversation", peer_id=ANNA)
        assert gone == {"last_deleted_id": last}
        assert (await town.ok("messages.getHistory", peer_id=ANNA))["count"] == 0
        assert (await town.ok("messages.getConversations"))["count"] == 0
        assert len(town.dialog().messages) == 2
        again = await town.ok("messages.deleteConversation", peer_id=ANNA)
        assert again == {"last_deleted_id": 0}
        assert await town.code("messages.deleteConversation", peer_id=404) == 936

    asyncio.run(story())


def test_activity_is_taken_where_one_may_look() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        assert await town.ok("messages.setActivity", peer_id=ANNA, type="typing") == 1
        assert await town.code("messages.setActivity", peer_id=404) == 936
        assert await town.code("messages.setActivity", type="typing") == 100
        assert await town.code("messages.setActivity", peer_id=ANNA, type="dancing") == 100

    asyncio.run(story())
