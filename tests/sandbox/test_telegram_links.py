"""Invite links and requests to join: made, used, used up, revoked; answered by bots and by people."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town

from sandbox.networks import Wrong
from sandbox.telegram.doings import rights_of
from sandbox.world import Chat, Member, Person

BOT, SECOND = 7000000001, 7000000002
MARIA = 1004
KINDS = ["message", "chat_member", "chat_join_request"]


def group(town: Town) -> Chat:
    return town.side.find_chat("Завод", None)


async def new_link(town: Town, **params: Any) -> str:
    made = await town.call("createChatInviteLink", chat_id=SUPERGROUP, **params)
    return str(made["invite_link"])


async def join(town: Town, person: int, link: str = "") -> bool:
    """Let a person try to come in; returns whether the link was good."""
    try:
        await town.side.do(group(town), person, "join", {"link": link})
    except Wrong as error:
        assert "leads nowhere" in str(error)
        return False
    return True


def test_a_link_is_made_as_asked_for() -> None:
    async def story(town: Town) -> None:
        until = int(town.world.clock.now()) + 60
        asked = {"name": "Для цеха", "expire_date": until, "member_limit": 5}
        made = await town.call("createChatInviteLink", chat_id=SUPERGROUP, **asked)
        assert made.pop("invite_link").startswith("https://t.me/+")
        assert made.pop("creator")["id"] == BOT
        flags = {"creates_join_request": False, "is_primary": False, "is_revoked": False}
        assert made == {**asked, **flags}

    in_town(story)


def test_who_comes_by_a_link_is_told_with_it() -> None:
    async def story(town: Town) -> None:
        await town.call("getUpdates", allowed_updates=KINDS)
        link = await new_link(town, name="Для цеха")
        assert await join(town, ANNA, link)
        member, message = await town.updates()
        assert member["chat_member"]["invite_link"]["invite_link"] == link
        assert member["chat_member"]["invite_link"]["name"] == "Для цеха"
        assert message["message"]["new_chat_members"][0]["id"] == ANNA
        assert "via_join_request" not in member["chat_member"]

    in_town(story)


@pytest.mark.parametrize("why", ["expired", "used up", "revoked", "replaced", "of nobody"])
def test_a_link_that_is_over_lets_nobody_in(why: str) -> None:
    async def story(town: Town) -> None:
        now = int(town.world.clock.now())
        params = {"expired": {"expire_date": now + 60}, "used up": {"member_limit": 1}}
        link = await new_link(town, **params.get(why, {}))
        if why == "expired":
            town.world.clock.set(advance_s=61)
        elif why == "used up":
            town.world.people[MARIA] = Person(MARIA, "Мария")
            assert await join(town, MARIA, link)
        elif why == "revoked":
            revoked = await town.call("revokeChatInviteLink", chat_id=SUPERGROUP, invite_link=link)
            assert revoked["is_revoked"] is True
        elif why == "replaced":
            link = await town.call("exportChatInviteLink", chat_id=SUPERGROUP)
            assert await town.call("exportChatInviteLink", chat_id=SUPERGROUP) != link
        else:
            link += "x"
        assert not await join(town, ANNA, link)
        assert ANNA not in group(town).members

    in_town(story)


def test_a_place_that_became_free_can_be_taken_again() -> None:
    async def story(town: Town) -> None:
        link = await new_link(town, member_limit=1)
        town.world.people[MARIA] = Person(MARIA, "Мария")
        assert await join(town, ANNA, link)
        assert not await join(town, MARIA, link)
        await town.side.do(group(town), OLGA, "promote", {"person": ANNA})
        assert not await join(town, MARIA, link)
        await town.side.do(group(town), ANNA, "leave", {})
        assert await join(town, MARIA, link)

    in_town(story)


def test_an_edit_puts_back_what_it_does_not_name() -> None:
    async def story(town: Town) -> None:
        link = await new_link(town, name="Старое", member_limit=3)
        place = {"chat_id": SUPERGROUP, "invite_link": link}
        edited = await town.call("editChatInviteLink", name="Новое", **place)
        assert (edited["name"], edited["invite_link"]) == ("Новое", link)
        assert "member_limit" not in edited
        await town.call("revokeChatInviteLink", **place)
        refused = await town.refused("editChatInviteLink", name="x", **place)
        assert refused == (400, "Bad Request: INVITE_HASH_EXPIRED")

    in_town(story)


def test_each_administrator_has_a_main_link_of_its_own() -> None:
    async def story(town: Town) -> None:
        group(town).members[SECOND] = Member("administrator", rights_of("supergroup", None))
        main = (await town.call("getChat", chat_id=SUPERGROUP))["invite_link"]
        other = (await town.call("getChat", "second", chat_id=SUPERGROUP))["invite_link"]
        assert main != other
        assert (await town.call("getChat", chat_id=SUPERGROUP))["invite_link"] == main
        place = {"chat_id": SUPERGROUP, "invite_link": main}
        refused = await town.refused("editChatInviteLink", name="x", **place)
        assert refused == (400, "Bad Request: CHAT_INVITE_PERMANENT")
        refused = await town.refused("revokeChatInviteLink", "second", **place)
        assert refused == (400, "Bad Request: CHAT_ADMIN_REQUIRED")
        revoked = await town.call("revokeChatInviteLink", **place)
        assert (revoked["is_primary"], revoked["is_revoked"]) == (True, True)
        assert (await town.call("getChat", chat_id=SUPERGROUP))["invite_link"] != main

    in_town(story)


def test_of_anothers_link_a_bot_sees_only_the_beginning() -> None:
    async def story(town: Town) -> None:
        await town.call("getUpdates", allowed_updates=KINDS)
        made = await town.side.do(group(town), OLGA, "create_link", {"name": "Ольги"})
        assert await join(town, ANNA, made["link"])
        seen = (await town.updates())[0]["chat_member"]["invite_link"]
        assert seen["creator"]["id"] == OLGA
        shown = seen["invite_link"].removesuffix("...")
        assert made["link"].startswith(shown) and len(shown) < len(made["link"])

    in_town(story)


@pytest.mark.parametrize("answer", ["approve", "decline"])
@pytest.mark.parametrize("who", ["the bot", "a person"])
def test_a_request_waits_for_its_answer(answer: str, who: str) -> None:
    async def story(town: Town) -> None:
        await town.call("getUpdates", allowed_updates=KINDS)
        link = await new_link(town, creates_join_request=True)
        assert await town.side.do(group(town), ANNA, "join", {"link": link}) == {"waits": True}
        (update,) = await town.updates()
        request = update["chat_join_request"]
        assert (request["from"]["id"], request["user_chat_id"]) == (ANNA, ANNA)
        assert request["invite_link"]["pending_join_request_count"] == 1
        assert ANNA not in group(town).members
        if who == "the bot":
            method = f"{answer}ChatJoinRequest"
            assert await town.call(method, chat_id=SUPERGROUP, user_id=ANNA) is True
        else:
            await town.side.do(group(town), OLGA, answer, {"person": ANNA})
        assert (ANNA in group(town).members) is (answer == "approve")
        got = await town.updates()
        if answer == "approve":
            change = got[0]["chat_member"]
            assert change["invite_link"]["invite_link"] == link
            assert change["from"]["id"] == (BOT if who == "the bot" else OLGA)
            assert "via_join_request" not in change
        else:
            assert got == []
        refused = await town.refused("approveChatJoinRequest", chat_id=SUPERGROUP, user_id=ANNA)
        known = "USER_ALREADY_PARTICIPANT" if answer == "approve" else "HIDE_REQUESTER_MISSING"
        assert refused == (400, f"Bad Request: {known}")

    in_town(story)


def test_a_direct_request_says_so() -> None:
    async def story(town: Town) -> None:
        await town.call("getUpdates", allowed_updates=KINDS)
        await town.side.do(group(town), OLGA, "set_join_by_request", {})
        assert (await town.call("getChat", chat_id=SUPERGROUP))["join_by_request"] is True
        await town.side.do(group(town), ANNA, "join", {})
        await town.call("approveChatJoinRequest", chat_id=SUPERGROUP, user_id=ANNA)
        asked, change, _ = await town.updates()
        assert "invite_link" not in asked["chat_join_request"]
        assert change["chat_member"]["via_join_request"] is True

    in_town(story)


def test_only_bots_that_may_invite_hear_of_requests() -> None:
    async def story(town: Town) -> None:
        for bot in ("vestnik", "second"):
            await town.call("getUpdates", bot, allowed_updates=KINDS)
        lacking = {"can_invite_users": False}
        group(town).members[SECOND] = Member("administrator", rights_of("supergroup", lacking))
        link = await new_link(town, creates_join_request=True)
        await town.side.do(group(town), ANNA, "join", {"link": link})
        assert len(await town.updates()) == 1
        assert await town.updates("second") == []

    in_town(story)


def test_who_asks_to_join_may_be_written_to_for_five_minutes() -> None:
    async def story(town: Town) -> None:
        link = await new_link(town, creates_join_request=True)
        cannot = (403, "Forbidden: bot can't initiate conversation with a user")
        assert await town.refused("sendMessage", chat_id=ANNA, text="x") == cannot
        await town.side.do(group(town), ANNA, "join", {"link": link})
        assert (await town.call("sendMessage", chat_id=ANNA, text="Почему?"))["chat"]["id"] == ANNA
        town.world.clock.set(advance_s=301)
        assert await town.refused("sendMessage", chat_id=ANNA, text="x") == cannot

    in_town(story)


def test_what_cannot_be_done_with_links_is_refused_in_the_servers_words() -> None:
    async def story(town: Town) -> None:
        await town.started()
        soon = int(town.world.clock.now())
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("createChatInviteLink", {"chat_id": OLGA}, "can't invite members to a private chat"),
            ("exportChatInviteLink", {"chat_id": OLGA}, "can't invite members to a private chat"),
            (
                "createChatInviteLink",
                {"chat_id": SUPERGROUP, "member_limit": 1, "creates_join_request": True},
                "member limit can't be specified for links requiring administrator approval",
            ),
            ("createChatInviteLink", {"chat_id": GROUP, "expire_date": soon}, "EXPIRE_DATE_INVALID"),
            ("editChatInviteLink", {"chat_id": GROUP}, "invite link must be non-empty"),
            ("revokeChatInviteLink", {"chat_id": GROUP}, "invite link must be non-empty"),
            ("revokeChatInviteLink", {"chat_id": GROUP, "invite_link": "t.me/+x"}, "INVITE_HASH_EXPIRED"),
            ("approveChatJoinRequest", {"chat_id": OLGA, "user_id": IVAN}, "the chat can't have join requests"),
            ("declineChatJoinRequest", {"chat_id": CHANNEL}, "invalid user_id specified"),
            ("declineChatJoinRequest", {"chat_id": GROUP, "user_id": ANNA}, "HIDE_REQUESTER_MISSING"),
        ]  # fmt: skip
        for method, params, says in cases:
            assert await town.refused(method, **params) == (400, f"Bad Request: {says}"), method
        lacking = rights_of("supergroup", {"can_invite_users": False})
        group(town).members[BOT] = Member("administrator", lacking)
        for method in ("exportChatInviteLink", "createChatInviteLink", "revokeChatInviteLink"):
            refused = await town.refused(method, chat_id=SUPERGROUP)
            assert refused == (400, "Bad Request: not enough rights to manage chat invite link")
        refused = await town.refused("approveChatJoinRequest", chat_id=SUPERGROUP, user_id=ANNA)
        assert refused == (400, "Bad Request: not enough rights to manage chat join requests")
        assert "invite_link" not in await town.call("getChat", chat_id=SUPERGROUP)

    in_town(story)
