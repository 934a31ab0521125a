"""Reactions and pinned messages, by bots and by people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.networks import Wrong
from sandbox.telegram.chats.moderation import rights_of
from sandbox.world import Member

HEART = {"type": "emoji", "emoji": "❤"}
THUMB = {"type": "emoji", "emoji": "👍"}
KINDS = ["message_reaction", "message_reaction_count", "message", "channel_post"]


async def said(town: Town, title: str = "Завод") -> int:
    (number,) = await town.side.say(town.side.find_chat(title, OLGA), OLGA, text="Слово")
    await town.updates()
    return number


def test_a_bot_reacts_changes_its_mind_and_takes_it_back() -> None:
    async def story(town: Town) -> None:
        number = await said(town)
        message = town.side.find_chat("Завод", None).find(number)
        assert message is not None
        there: list[tuple[dict[str, Any], dict[int, list[str]] | None]] = [
            ({"reaction": [HEART]}, {town.bot.id: ["❤"]}),
            ({"reaction": [THUMB], "is_big": True}, {town.bot.id: ["👍"]}),
            ({}, None),
        ]
        for given, kept in there:
            call = {"chat_id": SUPERGROUP, "message_id": number, **given}
            assert await town.call("setMessageReaction", **call) is True
            assert message.reactions == kept
        assert await town.updates() == []

    in_town(story)


@pytest.mark.careless("reactions that are none")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"message_id": 99}, "message to react not found"),
        ({}, "message to react not found"),
        ({"message_id": 1, "reaction": {}}, "expected an Array of ReactionType"),
        ({"message_id": 1, "reaction": ["❤"]}, "can't parse ReactionType: expected an Object"),
        ({"message_id": 1, "reaction": [{"type": "emoji"}]}, "can't parse ReactionType: Can't find field \"emoji\""),
        ({"message_id": 1, "reaction": [{"type": "star"}]}, "can't parse ReactionType: invalid reaction type specified"),
        ({"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🚂"}]}, "REACTION_INVALID"),
        ({"message_id": 1, "reaction": [{"type": "paid"}]}, "REACTION_INVALID"),
        ({"message_id": 1, "reaction": [HEART, THUMB]}, "REACTIONS_TOO_MANY"),
        ({"message_id": 2, "reaction": [HEART]}, "REACTION_INVALID"),
    ],
)  # fmt: skip
def test_a_reaction_that_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    async def story(town: Town) -> None:
        await said(town)
        await town.side.do(town.side.find_chat("Завод", IVAN), IVAN, "leave", {})
        refused = await town.refused("setMessageReaction", chat_id=SUPERGROUP, **given)
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


def test_bots_hear_of_peoples_reactions_when_they_ask_for_it() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        number = await said(town)
        await town.side.do(group, IVAN, "react", {"message": number, "emoji": "👍"})
        assert await town.updates(allowed_updates=KINDS) == []
        for emoji in ("❤", ["👍"], "👍", []):
            await town.side.do(group, IVAN, "react", {"message": number, "emoji": emoji})
        got = [update["message_reaction"] for update in await town.updates()]
        assert [(one["old_reaction"], one["new_reaction"]) for one in got] == [
            ([THUMB], [HEART]),
            ([HEART], [THUMB]),
            ([THUMB], []),
        ]
        assert (got[0]["user"]["id"], got[0]["message_id"]) == (IVAN, number)

    in_town(story)


@pytest.mark.parametrize("admin", [True, False])
def test_in_a_group_only_administrators_hear_of_reactions(admin: bool) -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        seat = Member("administrator", rights_of("supergroup", None)) if admin else Member("member")
        group.members[town.bot.id] = seat
        number = await said(town)
        await town.updates(allowed_updates=KINDS)
        await town.side.do(group, IVAN, "react", {"message": number, "emoji": "❤"})
        assert len(await town.updates()) == admin

    in_town(story)


def test_a_channel_tells_numbers_without_names_and_an_album_reacts_as_one() -> None:
    async def story(town: Town) -> None:
        await town.updates(allowed_updates=KINDS)
        items = [{"type": "photo", "media": f"attach://f{n}"} for n in range(2)]
        files = {f"f{n}": (f"{n}.png", png(40 + n)) for n in range(2)}
        await town.upload("sendMediaGroup", files, chat_id=CHANNEL, media=json.dumps(items))
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, IVAN, "react", {"message": 2, "emoji": "❤"})
        await town.side.do(channel, OLGA, "react", {"message": 1, "emoji": "❤"})
        got = [update["message_reaction_count"] for update in await town.updates()]
        assert [one["reactions"] for one in got] == [
            [{"type": HEART, "total_count": n}] for n in (1, 2)
        ]
        assert {one["message_id"] for one in got} == {1}

    in_town(story)


def test_a_reaction_survives_and_what_is_none_is_refused_to_people() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        await town.updates(allowed_updates=KINDS)
        sent = await town.call("sendMessage", chat_id=OLGA, text="Письмо")
        await town.side.do(chat, OLGA, "react", {"message": sent["message_id"], "emoji": "🔥"})
        (update,) = await town.updates()
        assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]
        for args, says in (
            ({"message": 99, "emoji": "❤"}, "there is no message"),
            ({"message": sent["message_id"], "emoji": "🚂"}, "REACTION_INVALID"),
        ):
            with pytest.raises(Wrong, match=says):
                await town.side.do(chat, OLGA, "react", args)

    in_town(story)


def test_a_pin_is_told_once_and_shown_by_the_chat_until_it_is_gone() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        first, second = await said(town), await said(town)
        for number in (first, second, first):
            await town.call(
                "pinChatMessage", chat_id=SUPERGROUP, message_id=number, disable_notification=True
            )
        assert group.pinned == [second, first]
        assert [m.extra["service"] for m in group.messages if "service" in m.extra] == [
            {"pinned_message": {"message_id": first}},
            {"pinned_message": {"message_id": second}},
        ]
        shown = await town.call("getChat", chat_id=SUPERGROUP)
        assert shown["pinned_message"]["message_id"] == first
        await town.call("unpinChatMessage", chat_id=SUPERGROUP, message_id=first)
        assert group.pinned == [second]
        await town.call("unpinChatMessage", chat_id=SUPERGROUP)
        assert group.pinned == []
        nothing = await town.refused("unpinChatMessage", chat_id=SUPERGROUP)
        assert nothing == (400, "Bad Request: message to unpin not found")
        await town.side.do(group, OLGA, "pin", {"message": second})
        (update,) = await town.updates()
        assert update["message"]["pinned_message"]["text"] == "Слово"
        assert update["message"]["from"]["id"] == OLGA
        await town.call("unpinAllChatMessages", chat_id=SUPERGROUP)
        assert group.pinned == []

    in_town(story)


def test_a_message_that_a_person_deletes_is_pinned_no_more() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", OLGA)
        (number,) = await town.side.say(channel, OLGA, text="Важно")
        await town.side.do(channel, OLGA, "pin", {"message": number})
        await town.side.do(channel, OLGA, "delete", {"message": number})
        assert channel.pinned == []

    in_town(story)


def test_a_pinned_message_that_was_deleted_is_inaccessible() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await town.call("sendMessage", chat_id=CHANNEL, text="x")
        await town.call("pinChatMessage", chat_id=CHANNEL, message_id=1)
        await town.call("deleteMessage", chat_id=CHANNEL, message_id=1)
        assert channel.pinned == []
        reply = await town.call(
            "sendMessage", chat_id=CHANNEL, text="x", reply_parameters={"message_id": 2}
        )
        pinned = reply["reply_to_message"]["pinned_message"]
        assert (pinned["message_id"], pinned["date"]) == (1, 0)

    in_town(story)


DENIED = "not enough rights to manage pinned messages in the chat"


@pytest.mark.parametrize(
    ("chat", "seat", "says"),
    [
        (CHANNEL, Member("administrator", {"can_edit_messages": True}), None),
        (CHANNEL, Member("administrator", {"can_post_messages": True}), DENIED),
        (SUPERGROUP, Member("administrator", {"can_pin_messages": True}), None),
        (SUPERGROUP, Member("administrator", {"can_change_info": True}), DENIED),
        (SUPERGROUP, Member("restricted", {"can_send_messages": True}), DENIED),
        (GROUP, Member("administrator", {}), None),
        (GROUP, Member("restricted"), DENIED),
    ],
)
def test_who_may_pin(chat: int, seat: Member, says: str | None) -> None:
    async def story(town: Town) -> None:
        place = town.side.find_chat(str(chat), None)
        (number,) = await town.side.say(place, OLGA, text="x")
        place.members[town.bot.id] = seat
        call = {"chat_id": chat, "message_id": number}
        for method in ("pinChatMessage", "unpinChatMessage", "unpinAllChatMessages"):
            given = {"chat_id": chat} if method == "unpinAllChatMessages" else call
            if says:
                assert await town.refused(method, **given) == (400, f"Bad Request: {says}")
            else:
                assert await town.call(method, **given) is True

    in_town(story)


def test_what_cannot_be_pinned_is_refused() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await said(town)
        await town.side.do(group, IVAN, "leave", {})
        for number, says in (
            (99, "message to pin not found"),
            (2, "service messages can't be pinned"),
        ):
            refused = await town.refused("pinChatMessage", chat_id=SUPERGROUP, message_id=number)
            assert refused == (400, f"Bad Request: {says}")
        with pytest.raises(Wrong, match="not pinned"):
            await town.side.do(group, OLGA, "unpin", {"message": 1})
        group.members[IVAN] = Member("restricted")
        with pytest.raises(Wrong, match="may not pin"):
            await town.side.do(group, IVAN, "pin", {"message": 1})

    in_town(story)
