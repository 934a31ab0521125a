"""What a bot learns of chats, how it changes them, and where it may write."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.api import Refusal
from sandbox.networks import Wrong
from sandbox.telegram.access import SEND_RIGHTS, may_write
from sandbox.telegram.doings import rights_of
from sandbox.world import Account, Chat, Member, Person

BOT, SECOND, STRANGER = 7000000001, 7000000002, 1009
CANNOT_START = (403, "Forbidden: bot can't initiate conversation with a user")


def group(town: Town) -> Chat:
    return town.side.find_chat(str(SUPERGROUP), None)


def lacks(town: Town, chat: int, *lacking: str) -> None:
    place = town.side.find_chat(str(chat), None)
    given = rights_of(place.kind, dict.fromkeys(lacking, False))
    place.members[BOT] = Member("administrator", given)


def test_a_chat_is_described_with_all_that_was_set() -> None:
    async def story(town: Town) -> None:
        bare = await town.call("getChat", chat_id=SUPERGROUP)
        assert all(bare["permissions"].values())
        assert {"description", "photo", "pinned_message", "is_forum"}.isdisjoint(bare)
        await town.call("setChatTitle", chat_id=SUPERGROUP, title="  Завод   имени ")
        await town.call("setChatDescription", chat_id=SUPERGROUP, description="О нас")
        await town.upload("setChatPhoto", {"photo": ("1.png", png(640, 640))}, chat_id=SUPERGROUP)
        allowed = {"can_send_messages": True}
        await town.call("setChatPermissions", chat_id=SUPERGROUP, permissions=allowed)
        await town.side.do(group(town), OLGA, "set_slow_mode", {"seconds": 30})
        sent = await town.call("sendMessage", chat_id=SUPERGROUP, text="важно")
        group(town).pinned.append(sent["message_id"])
        shown = await town.call("getChat", chat_id=SUPERGROUP)
        assert (shown["title"], shown["description"]) == ("Завод имени", "О нас")
        assert shown["slow_mode_delay"] == 30
        assert shown["pinned_message"]["text"] == "важно"
        assert shown["permissions"]["can_send_messages"] is True
        assert shown["permissions"]["can_react_to_messages"] is True
        assert shown["permissions"]["can_send_photos"] is False
        assert shown["has_visible_history"] is True
        file = await town.call("getFile", file_id=shown["photo"]["big_file_id"])
        assert file["file_path"]

    in_town(story)


def test_changes_of_a_chat_are_said_in_it_and_the_bot_hears_its_own() -> None:
    async def story(town: Town) -> None:
        for chat, kind in ((SUPERGROUP, "message"), (CHANNEL, "channel_post")):
            await town.call("setChatTitle", chat_id=chat, title="Новое имя")
            await town.call("setChatTitle", chat_id=chat, title="Новое имя")
            await town.upload("setChatPhoto", {"photo": ("1.png", png())}, chat_id=chat)
            await town.call("deleteChatPhoto", chat_id=chat)
            titled, pictured, bare = [update[kind] for update in await town.updates()]
            assert titled["new_chat_title"] == "Новое имя" == titled["chat"]["title"]
            assert pictured["new_chat_photo"][-1]["width"] == 40
            assert bare["delete_chat_photo"] is True
            assert ("from" in titled) is (kind == "message")
            again = await town.refused("deleteChatPhoto", chat_id=chat)
            assert again == (400, "Bad Request: CHAT_NOT_MODIFIED")

    in_town(story)


def test_a_renaming_by_a_person_reaches_the_bots() -> None:
    async def story(town: Town) -> None:
        await town.side.do(group(town), OLGA, "set_title", {"title": "Завод № 2"})
        await town.side.do(group(town), OLGA, "set_description", {"description": "Второй"})
        (update,) = await town.updates()
        assert update["message"]["new_chat_title"] == "Завод № 2"
        assert update["message"]["from"]["id"] == OLGA
        assert (await town.call("getChat", chat_id=SUPERGROUP))["description"] == "Второй"

    in_town(story)


def test_changes_of_a_chat_are_refused_in_the_servers_words() -> None:
    async def story(town: Town) -> None:
        await town.started()
        await town.call("setChatDescription", chat_id=SUPERGROUP, description="О нас")
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("setChatTitle", {"chat_id": SUPERGROUP, "title": "  "}, "title must be non-empty"),
            ("setChatTitle", {"chat_id": OLGA, "title": "x"}, "can't change private chat title"),
            ("setChatDescription", {"chat_id": OLGA}, "can't change private chat description"),
            ("setChatDescription", {"chat_id": SUPERGROUP, "description": "О нас "}, "chat description is not modified"),
            ("setChatPhoto", {"chat_id": SUPERGROUP}, "there is no photo in the request"),
            ("setChatPhoto", {"chat_id": SUPERGROUP, "photo": "http://a.ru/1.png"}, "photo must be uploaded as an InputFile"),
            ("deleteChatPhoto", {"chat_id": OLGA}, "can't change private chat photo"),
            ("leaveChat", {"chat_id": OLGA}, "can't leave private chats"),
            ("getChatAdministrators", {"chat_id": OLGA}, "there are no administrators in the private chat"),
            ("getChatMember", {"chat_id": SUPERGROUP, "user_id": "x"}, "invalid user_id specified"),
            ("getChatMember", {"chat_id": SUPERGROUP, "user_id": 404}, "member not found"),
            ("sendChatAction", {"chat_id": SUPERGROUP, "action": "sleep"}, "wrong parameter action in request"),
        ]  # fmt: skip
        for method, params, says in cases:
            assert await town.refused(method, **params) == (400, f"Bad Request: {says}"), method
        for chat in (SUPERGROUP, CHANNEL, GROUP):
            lacks(town, chat, "can_change_info")
            for method, params, doing in (
                ("setChatTitle", {"title": "x"}, "change chat title"),
                ("setChatDescription", {"description": "x"}, "set chat description"),
                ("deleteChatPhoto", {}, "change chat photo"),
            ):
                refused = await town.refused(method, chat_id=chat, **params)
                assert refused == (400, f"Bad Request: not enough rights to {doing}"), method

    in_town(story)


@pytest.mark.parametrize("kind", sorted(SEND_RIGHTS))
def test_each_kind_of_message_has_its_permission(kind: str) -> None:
    permission, words = SEND_RIGHTS[kind]
    bot = Account(BOT, "telegram", "vestnik", "Вестник", "vestnik_bot", "")
    place = Chat(SUPERGROUP, "telegram", "supergroup", "Завод")
    everything = dict.fromkeys((name for name, _ in SEND_RIGHTS.values()), True)
    nearly = {**everything, permission: False}
    for seat, default, may in (
        (Member("member"), everything, True),
        (Member("member"), nearly, False),
        (Member("restricted", everything), everything, True),
        (Member("restricted", nearly), everything, False),
        (Member("restricted", everything), nearly, False),
        (Member("administrator", {}), nearly, True),
    ):
        place.members[BOT], place.extra["permissions"] = seat, default
        try:
            may_write(bot, place, kind)
        except Refusal as refusal:
            says = f"Bad Request: not enough rights to send {words} to the chat"
            assert not may and (refusal.code, refusal.text) == (400, says)
        else:
            assert may, (seat, default)


def test_the_permissions_of_a_group_bind_bots_and_people_that_are_no_administrators() -> None:
    async def story(town: Town) -> None:
        await town.side.do(group(town), OLGA, "demote_bot", {"account": "vestnik"})
        permissions = {"can_send_messages": False}
        await town.side.do(group(town), OLGA, "set_permissions", {"permissions": permissions})
        refused = await town.refused("sendMessage", chat_id=SUPERGROUP, text="x")
        assert refused == (400, "Bad Request: not enough rights to send text messages to the chat")
        with pytest.raises(Wrong, match="may not send text messages"):
            await town.side.say(group(town), IVAN, text="x")
        assert await town.side.say(group(town), OLGA, text="x")
        await town.side.do(group(town), OLGA, "promote_bot", {"account": "vestnik"})
        assert await town.call("sendMessage", chat_id=SUPERGROUP, text="x")

    in_town(story)


def test_slow_mode_holds_members_and_not_administrators() -> None:
    async def story(town: Town) -> None:
        await town.side.do(group(town), OLGA, "set_slow_mode", {"seconds": 30})
        for _ in range(2):
            await town.side.say(group(town), OLGA, text="x")
            await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        await town.side.say(group(town), IVAN, text="раз")
        with pytest.raises(Wrong, match="slow mode: one message in 30 seconds"):
            await town.side.say(group(town), IVAN, text="два")
        town.world.clock.set(advance_s=30)
        await town.side.say(group(town), IVAN, text="два")

    in_town(story)


def test_slow_mode_holds_a_bot_that_is_no_administrator_like_any_flood_wait() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        await town.side.do(group(town), OLGA, "set_slow_mode", {"seconds": 30})
        await town.side.do(group(town), OLGA, "demote_bot", {"account": "vestnik"})
        await town.call("sendMessage", chat_id=SUPERGROUP, text="раз")
        town.world.clock.set(advance_s=10)
        body = await town.raw("sendMessage", chat_id=SUPERGROUP, text="два")
        assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 20})
        town.world.clock.set(advance_s=20)
        await town.call("sendMessage", chat_id=SUPERGROUP, text="два")

    in_town(story)


def test_of_a_public_channel_a_bot_may_read_but_not_write() -> None:
    async def story(town: Town) -> None:
        assert (await town.call("getChat", "second", chat_id="@novosti"))["title"] == "Новости"
        assert await town.call("getChatMemberCount", "second", chat_id="@novosti") == 4
        stranger = {"chat_id": "@novosti", "user_id": IVAN}
        refused = await town.refused("getChatMember", "second", **stranger)
        assert refused == (400, "Bad Request: member list is inaccessible")
        refused = await town.refused("sendMessage", "second", chat_id="@novosti", text="x")
        assert refused == (403, "Forbidden: bot is not a member of the channel chat")
        refused = await town.refused("getChat", "second", chat_id=SUPERGROUP)
        assert refused == (400, "Bad Request: chat not found")

    in_town(story)


def test_a_bot_knows_the_people_it_met() -> None:
    async def story(town: Town) -> None:
        town.world.people[STRANGER] = Person(STRANGER, "Мария")
        assert (await town.call("getChat", chat_id=IVAN))["first_name"] == "Иван"
        assert await town.refused("sendMessage", chat_id=IVAN, text="x") == CANNOT_START
        unknown = (400, "Bad Request: chat not found")
        assert await town.refused("getChat", chat_id=STRANGER) == unknown
        assert await town.refused("getChat", "second", chat_id=IVAN) == unknown

    in_town(story)


def test_an_account_that_was_given_up_is_refused_and_known() -> None:
    async def story(town: Town) -> None:
        await town.started()
        await town.side.do(town.dialog(), OLGA, "deactivate", {})
        refused = await town.refused("sendMessage", chat_id=OLGA, text="x")
        assert refused == (403, "Forbidden: user is deactivated")
        assert (await town.call("getChat", chat_id=OLGA))["id"] == OLGA
        with pytest.raises(Wrong, match="no person 1001 on Telegram"):
            await town.side.say(group(town), OLGA, text="x")

    in_town(story)


def test_a_group_that_was_deleted_is_gone() -> None:
    async def story(town: Town) -> None:
        for chat, says in (
            (GROUP, (403, "Forbidden: the group chat was deleted")),
            (SUPERGROUP, (400, "Bad Request: chat not found")),
            (CHANNEL, (400, "Bad Request: chat not found")),
        ):
            place = town.side.find_chat(str(chat), None)
            await town.side.do(place, OLGA, "delete_group", {})
            assert await town.refused("sendMessage", chat_id=chat, text="x") == says
            with pytest.raises(Wrong, match="was deleted"):
                await town.side.do(place, ANNA, "join", {})

    in_town(story)


def test_a_group_that_grew_up_keeps_its_look_but_not_its_links() -> None:
    async def story(town: Town) -> None:
        small = town.side.find_chat("Цех", None)
        await town.call("setChatDescription", chat_id=GROUP, description="О цехе")
        await town.call("createChatInviteLink", chat_id=GROUP)
        grown = (await town.side.do(small, OLGA, "migrate", {}))["chat"]
        place = town.side.find_chat(str(grown), None)
        assert "links" not in place.extra
        assert (await town.call("getChat", chat_id=grown))["description"] == "О цехе"
        body = await town.raw("sendMessage", chat_id=GROUP, text="x")
        assert body["parameters"] == {"migrate_to_chat_id": grown}
        with pytest.raises(Wrong, match="became the supergroup"):
            await town.side.do(small, ANNA, "join", {})

    in_town(story)


def test_comings_and_goings_of_bots_are_said_in_the_group() -> None:
    async def story(town: Town) -> None:
        second = {"account": "second"}
        await town.side.do(group(town), OLGA, "add_bot", second)
        await town.side.do(group(town), OLGA, "promote_bot", second)
        await town.side.do(group(town), OLGA, "remove_bot", second)
        await town.side.do(group(town), OLGA, "add_bot", second)
        await town.call("leaveChat", "second", chat_id=SUPERGROUP)
        lines = [update["message"] for update in await town.updates()]
        said = [next(name for name in line if "chat_member" in name) for line in lines]
        assert said == ["new_chat_members", "left_chat_member"] * 2
        assert [line["from"]["id"] for line in lines] == [OLGA, OLGA, OLGA, SECOND]

    in_town(story)


def test_what_a_chat_remembers_survives_a_restart(tmp_path: Any) -> None:
    kept: dict[str, Any] = {}
    state = tmp_path / "state.json"

    async def before(town: Town) -> None:
        until = int(town.world.clock.now()) + 3600
        ban = {"chat_id": SUPERGROUP, "user_id": IVAN, "until_date": until}
        await town.call("banChatMember", **ban)
        link = await town.call("createChatInviteLink", chat_id=SUPERGROUP, member_limit=1)
        kept.update(until=until, link=link["invite_link"])

    async def after(town: Town) -> None:
        member = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=IVAN)
        assert (member["status"], member["until_date"]) == ("kicked", kept["until"])
        await town.side.do(group(town), ANNA, "join", {"link": kept["link"]})
        assert group(town).members[ANNA].status == "member"

    in_town(before, state=state)
    in_town(after, state=state)
