"""Group conversations: who hears whom, the grey lines, what a community may do and what it is refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from asked import Asked
from vk_town import ADMIN, ANNA, BORIS, GROUP, Town

from sandbox.networks import Wrong
from sandbox.state import Keeper
from sandbox.vk.conversations import CHATS_FROM
from sandbox.world import Chat, Message

ME = -GROUP
FIRST = CHATS_FROM + 1


def heard(town: Town) -> list[tuple[int, str, int]]:
    """Return author, words and number of what the community was told of."""
    told = [event["message"] for event in town.events("message_new")]
    return [(m["from_id"], m["text"], m["conversation_message_id"]) for m in told]


def actions(town: Town) -> list[dict[str, Any]]:
    told = [event["message"] for event in town.events("message_new")]
    told += town.events("message_reply")
    told.sort(key=lambda message: message["conversation_message_id"])
    return [{**m["action"], "from": m["from_id"]} for m in told if "action" in m]


async def write(town: Town, chat: Chat, text: str = "Новость", **params: Any) -> Message:
    usual: dict[str, Any] = {"peer_id": chat.id, "message": text, "random_id": 0}
    assert await town.ok("messages.send", **(usual | params)) == 0, "conversations have no ids"
    return chat.messages[-1]


def test_everybody_is_heard_and_the_community_is_answered_with_0() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        assert chat.id == FIRST
        await town.vk.say(chat, ANNA, text="Собрание в пять")
        await town.vk.say(chat, BORIS, text="Буду", reply_to=1)
        said = await write(town, chat, "Записала")
        assert heard(town) == [(ANNA, "Собрание в пять", 1), (BORIS, "Буду", 2)]
        [reply] = town.events("message_reply")
        assert (reply["id"], reply["peer_id"], reply["from_id"], reply["out"]) == (0, FIRST, ME, 1)
        assert (said.id, said.sender, said.by_account) == (3, GROUP, True)
        several = await town.ok("messages.send", peer_ids=FIRST, message="!", random_id=0)
        assert several == [{"peer_id": FIRST, "message_id": 0, "conversation_message_id": 4}]
        assert await town.ok("messages.send", chat_id=1, message="?", random_id=0) == 0
        assert town.gate.calls.read()["calls"][-1]["chats"] == [str(FIRST)]
        shown = (await town.ok("messages.getHistory", peer_id=FIRST))["items"]
        assert [one["from_id"] for one in shown] == [ME, ME, ME, BORIS, ANNA]
        assert shown[3]["reply_message"]["conversation_message_id"] == 1

    asyncio.run(story())


def test_two_communities_have_each_their_own_memory_and_sight() -> None:
    async def story() -> None:
        town = Town()
        other = town.vk.add_account("youth", token="youth-key")
        chat = town.conversation(bots=["news", "youth"])
        params = {"peer_id": chat.id, "message": "Раз", "random_id": 7}
        for key in ("community-key", "youth-key", "community-key"):
            await town.ok("messages.send", key, **params)
        assert [(m.id, m.sender) for m in chat.messages] == [(1, GROUP), (2, other.id)]
        told = [(u["type"], u["object"]) for u in other.updates]
        assert [name for name, _ in told] == ["message_new", "message_reply"]
        assert told[0][1]["message"]["from_id"] == ME
        assert told[0][1]["message"]["random_id"] == 0, "another's random_id is nobody's business"
        await town.ok("messages.delete", peer_id=chat.id, cmids="1,2")
        for key, seen in (("community-key", []), ("youth-key", [2, 1])):
            items = (await town.ok("messages.getHistory", key, peer_id=chat.id))["items"]
            assert [one["conversation_message_id"] for one in items] == seen

    asyncio.run(story())


HAPPENINGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("invite", {"person": ADMIN}, {"type": "chat_invite_user", "member_id": ADMIN}),
    ("kick", {"person": BORIS}, {"type": "chat_kick_user", "member_id": BORIS}),
    ("kick", {"account": "news"}, {"type": "chat_kick_user", "member_id": ME}),
    ("leave", {}, {"type": "chat_kick_user", "member_id": ANNA}),
    ("rename", {"title": "Цех № 2"}, {"type": "chat_title_update", "text": "Цех № 2"}),
    (
        "pin",
        {"message": 1},
        {
            "type": "chat_pin_message",
            "member_id": ANNA,
            "conversation_message_id": 1,
            "message": "Важно",
        },
    ),
]


@pytest.mark.parametrize(("what", "args", "action"), HAPPENINGS)
def test_a_happening_is_a_message_with_an_action(
    what: str, args: dict[str, Any], action: dict[str, Any]
) -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.vk.say(chat, ANNA, text="Важно")
        await town.do(chat, ANNA, what, **args)
        assert actions(town) == [{**action, "from": ANNA}]
        assert chat.messages[-1].extra["service"] == action, "control shows it as a grey line"

    asyncio.run(story())


def test_the_community_is_told_when_it_comes_and_goes() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation(bots=[])
        await town.vk.say(chat, ANNA, text="без свидетелей")
        assert town.account.updates == []
        await town.do(chat, ANNA, "add_bot", account="news")
        await town.vk.say(chat, ANNA, text="при всех")
        await town.do(chat, ANNA, "remove_bot", account="news")
        await town.vk.say(chat, ANNA, text="снова одни")
        assert [text for _, text, _ in heard(town)] == ["", "при всех", ""]
        kinds = [(one["type"], one["member_id"]) for one in actions(town)]
        assert kinds == [("chat_invite_user", ME), ("chat_kick_user", ME)]

    asyncio.run(story())


# What bars the way: an act of people, then the error of writing and of looking into the conversation.
BARRED: list[tuple[str, dict[str, Any], int, int | None]] = [
    ("kick", {"account": "news"}, 917, 917),
    ("close_chat", {}, 945, None),
    ("unsupport_chat", {}, 946, None),
]


@pytest.mark.parametrize(("what", "args", "writing", "reading"), BARRED)
def test_a_barred_conversation_refuses_and_an_opened_one_takes_again(
    what: str, args: dict[str, Any], writing: int, reading: int | None
) -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.do(chat, ANNA, what, **args)
        message = {"peer_id": chat.id, "message": "?"}
        assert await town.code("messages.send", random_id=0, **message) == writing
        assert await town.code("messages.edit", cmid=1, **message) == writing
        assert await town.code("messages.editChat", chat_id=1, title="?") == writing
        body = await town.call("messages.getHistory", peer_id=chat.id)
        assert body.get("error", {}).get("error_code") == reading
        if args:
            await town.do(chat, ANNA, "invite", **args)
        else:
            with pytest.raises(Wrong, match="open_chat"):
                await town.vk.say(chat, BORIS, text="?")
            await town.do(chat, ANNA, "open_chat")
        await write(town, chat)

    asyncio.run(story())


def test_where_the_community_never_was_or_left_it_is_refused() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation(bots=[])
        send = {"message": "?", "random_id": 0}
        assert await town.code("messages.send", peer_id=chat.id, **send) == 917
        assert await town.code("messages.send", peer_id=chat.id + 1, **send) == 917
        assert await town.code("messages.getHistory", peer_id=chat.id) == 917
        assert await town.code("messages.getHistory", peer_id=chat.id + 1) == 927
        assert await town.code("photos.getMessagesUploadServer", peer_id=chat.id) == 901
        await town.do(chat, ANNA, "add_bot", account="news")
        assert "upload_url" in await town.ok("photos.getMessagesUploadServer", peer_id=chat.id)
        assert await town.ok("messages.removeChatUser", chat_id=1, member_id=ME) == 1
        assert await town.code("messages.send", peer_id=chat.id, **send) == 922

    asyncio.run(story())


RULERS_ONLY: list[tuple[str, dict[str, Any], int]] = [
    ("messages.editChat", {"chat_id": 1, "title": "Новое"}, 925),
    ("messages.removeChatUser", {"chat_id": 1, "member_id": BORIS}, 925),
    ("messages.pin", {"peer_id": FIRST, "cmid": 1}, 925),
    ("messages.unpin", {"peer_id": FIRST}, 925),
    ("messages.getConversationMembers", {"peer_id": FIRST}, 917),
    ("messages.getInviteLink", {"peer_id": FIRST}, 919),
    ("messages.getInviteLink", {"peer_id": FIRST, "reset": 1}, 931),
]


def test_only_an_administrator_may_rule() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        chat = town.conversation()
        await town.vk.say(chat, BORIS, text="Важно")
        await town.do(chat, ANNA, "demote_bot", account="news")
        for method, params, code in RULERS_ONLY:
            assert await town.code(method, **params) == code, method
        found = await town.ok("messages.getConversationsById", peer_ids=FIRST)
        assert found == {"count": 0, "items": []}
        await write(town, chat, "Писать можно и без прав")
        before = len(chat.messages)
        await town.do(chat, ANNA, "promote_bot", account="news")
        assert len(chat.messages) == before, "ranks are changed without a grey line"
        for method, params, _ in RULERS_ONLY:
            await town.ok(method, **params)
        assert chat.title == "Новое"

    asyncio.run(story())


def test_the_community_renames_pins_and_removes() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        chat = town.conversation()
        await town.vk.say(chat, BORIS, text="Закрепите")
        pinned = await town.ok("messages.pin", peer_id=FIRST, cmid=1)
        assert (pinned["from_id"], pinned["text"]) == (BORIS, "Закрепите")
        [seen] = (await town.ok("messages.getConversationsById", peer_ids=FIRST))["items"]
        assert seen["chat_settings"]["pinned_message"]["conversation_message_id"] == 1
        await town.ok("messages.unpin", peer_id=FIRST)
        await town.ok("messages.unpin", peer_id=FIRST)
        assert await town.ok("messages.editChat", chat_id=1, title="Цех") == 1
        await town.ok("messages.removeChatUser", chat_id=1, user_id=BORIS)
        kinds = [(one["type"], one["from"]) for one in actions(town)]
        assert kinds == [
            ("chat_pin_message", ME),
            ("chat_unpin_message", ME),
            ("chat_title_update", ME),
            ("chat_kick_user", ME),
        ]
        with pytest.raises(Wrong, match="first do join"):
            await town.vk.say(chat, BORIS, text="За что?")
        with pytest.raises(Wrong, match="an administrator must invite"):
            await town.do(chat, BORIS, "join")
        for wrong, code in (
            ({"chat_id": 1, "member_id": BORIS}, 935),
            ({"chat_id": 1, "member_id": ANNA}, 15),
            ({"chat_id": 1}, 100),
            ({"chat_id": 0, "member_id": BORIS}, 100),
            ({"chat_id": 9, "member_id": BORIS}, 917),
        ):
            assert await town.code("messages.removeChatUser", **wrong) == code, wrong
        for wrong, code in (
            ({"peer_id": FIRST, "cmid": 99}, 100),
            ({"peer_id": FIRST, "cmid": 2}, 100),  # a grey line
            ({"peer_id": FIRST}, 100),
            ({"peer_id": ANNA, "cmid": 1}, 100),
        ):
            assert await town.code("messages.pin", **wrong) == code, wrong

    asyncio.run(story())


def test_a_conversation_tells_who_is_in_it() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.do(chat, BORIS, "invite", person=ADMIN)
        found = await town.ok("messages.getConversationMembers", peer_id=FIRST)
        rows = {one["member_id"]: one for one in found["items"]}
        assert list(rows) == [ANNA, BORIS, ME, ADMIN]
        assert (rows[ANNA]["is_owner"], rows[ANNA]["can_kick"]) == (True, False)
        assert (rows[ME]["is_admin"], rows[ME]["is_owner"]) == (True, False)
        assert (rows[ADMIN]["invited_by"], rows[ADMIN]["can_kick"]) == (BORIS, True)
        assert {one["id"] for one in found["profiles"]} == {ANNA, BORIS, ADMIN}
        assert [one["id"] for one in found["groups"]] == [GROUP]
        one = {"peer_id": FIRST, "member_ids": f"{BORIS},404"}
        named = await town.ok("messages.getConversationMembers", **one)
        assert [row["member_id"] for row in named["items"]] == [BORIS] and named["count"] == 1
        [seen] = (await town.ok("messages.getConversationsById", peer_ids=FIRST))["items"]
        settings = seen["chat_settings"]
        assert seen["peer"] == {"id": FIRST, "type": "chat", "local_id": 1}
        assert (settings["title"], settings["members_count"]) == ("Профком", 4)
        assert (settings["owner_id"], settings["admin_ids"]) == (ANNA, [ANNA, ME])
        assert settings["acl"]["can_moderate"] is True
        await town.meet(ANNA)
        dialog = await town.ok("messages.getConversationMembers", peer_id=ANNA)
        assert [one["member_id"] for one in dialog["items"]] == [ANNA, ME]

    asyncio.run(story())


def test_the_link_lets_people_in_and_stays_until_it_is_reset() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        link = (await town.ok("messages.getInviteLink", peer_id=FIRST))["link"]
        assert (await town.ok("messages.getInviteLink", peer_id=FIRST))["link"] == link
        new = (await town.ok("messages.getInviteLink", peer_id=FIRST, reset=1))["link"]
        assert new != link and new.startswith("https://vk.me/join/")
        await town.do(chat, ADMIN, "join")
        [action] = actions(town)
        assert action == {"type": "chat_invite_user_by_link", "member_id": ADMIN, "from": ADMIN}

    asyncio.run(story())


def test_the_community_makes_a_conversation_of_those_it_may_write_to() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA)
        people = f"{ANNA},{BORIS}"
        made = await town.ok("messages.createChat", user_ids=people, title="Новая беседа")
        assert made == {"chat_id": 1, "peer_ids": [ANNA]}
        chat = town.vk.find_chat("Новая беседа", ANNA)
        assert (chat.id, list(chat.members)) == (FIRST, [ME, ANNA])
        assert actions(town)[0]["type"] == "chat_create"
        await town.vk.say(chat, ANNA, text="Ура")
        with pytest.raises(Wrong, match="Новая беседа"):
            await town.vk.say(chat, BORIS, text="А я?")
        assert await town.code("messages.createChat", user_ids=ANNA, title="") == 100

    asyncio.run(story())


def test_words_are_edited_and_deleted_by_their_number() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.vk.say(chat, BORIS, text="спам")
        await write(town, chat, "было")
        edit = {"peer_id": FIRST, "message": "стало"}
        assert await town.ok("messages.edit", cmid=2, **edit) == 1
        assert chat.messages[-1].text == "стало"
        assert await town.code("messages.edit", cmid=1, **edit) == 15, "another's"
        assert await town.code("messages.edit", message_id=0, **edit) == 100, "0 names nothing"
        gone = await town.ok("messages.delete", peer_id=FIRST, cmids="1,2", delete_for_all=1)
        assert [one.get("response") for one in gone] == [1, 1], "an administrator deletes all"
        assert chat.messages == []
        await town.vk.say(chat, BORIS, text="снова спам")
        await town.do(chat, ANNA, "rename", title="Цех")
        deletion = {"peer_id": FIRST, "delete_for_all": 1}
        [grey] = await town.ok("messages.delete", cmids="4", **deletion)
        await town.do(chat, ANNA, "demote_bot", account="news")
        [kept] = await town.ok("messages.delete", cmids="3", **deletion)
        assert grey["error"]["code"] == kept["error"]["code"] == 924
        await town.do(chat, BORIS, "edit", message=3, text="не спам")
        assert [one["text"] for one in town.events("message_edit")] == ["стало", "не спам"]

    asyncio.run(story())


def test_buttons_say_whom_they_mean_and_call_their_own_community() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        text = {"action": {"type": "text", "label": "Буду", "payload": '{"go":1}'}}
        call = {"action": {"type": "callback", "label": "Я", "payload": "{}"}}
        buttons = {"one_time": False, "inline": True, "buttons": [[text, call]]}
        said = await write(town, chat, keyboard=json.dumps(buttons))
        assert await town.vk.press(chat, BORIS, said.id, 0, 0) is None
        told = town.events("message_new")[-1]["message"]
        assert told["text"] == f"[club{GROUP}|@club{GROUP}] Буду"
        assert (told["payload"], told["from_id"]) == ('{"go":1}', BORIS)
        press = asyncio.create_task(town.vk.press(chat, BORIS, said.id, 0, 1))
        await asyncio.sleep(0)
        [event] = town.events("message_event")
        assert (event["peer_id"], event["user_id"]) == (FIRST, BORIS)
        answer = {name: event[name] for name in ("event_id", "user_id", "peer_id")}
        answer["event_data"] = json.dumps({"type": "show_snackbar", "text": "Ждём"})
        assert await town.ok("messages.sendMessageEventAnswer", **answer) == 1
        assert await press == {"text": "Ждём", "alert": False}
        with pytest.raises(Wrong, match="not in"):
            await town.vk.press(chat, ADMIN, said.id, 0, 0)

    asyncio.run(story())


def test_words_are_replied_to_and_passed_on_by_their_number() -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.meet(ANNA)
        await town.vk.say(chat, BORIS, text="Кто за?")
        order = {"peer_id": FIRST, "conversation_message_ids": [1], "is_reply": True}
        assert (await write(town, chat, forward=json.dumps(order))).reply_to == 1
        order["is_reply"] = False
        await town.send(ANNA, text="", forward=json.dumps(order))
        [passed] = town.last(ANNA).extra["fwd"]
        assert (passed["from_id"], passed["text"]) == (BORIS, "Кто за?")
        await town.do(chat, ANNA, "rename", title="Другое")
        grey = {**order, "conversation_message_ids": [chat.last_id]}
        params = {"peer_id": ANNA, "random_id": 0, "forward": json.dumps(grey)}
        assert await town.code("messages.send", **params) == 921
        await town.do(chat, ANNA, "remove_bot", account="news")
        params["forward"] = json.dumps(order)
        assert await town.code("messages.send", **params) == 917

    asyncio.run(story())


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"kind": "group"}, "group conversation"),
        ({"username": "profkom"}, "without a username"),
        ({"title": ""}, "1 to 50"),
        ({"title": "я" * 51}, "1 to 50"),
        ({"bots": ["gossip"]}, "no community 'gossip'"),
        ({"members": [404]}, "no person 404"),
        ({"id": 5}, "above 2000000000"),
    ],
)
def test_a_conversation_that_cannot_be_is_refused_with_the_reason(
    order: dict[str, Any], text: str
) -> None:
    usual: dict[str, Any] = {"kind": "chat", "title": "Профком", "members": [ANNA]}
    with pytest.raises(Wrong, match=text):
        Town().vk.add_chat(**(usual | order))


@pytest.mark.parametrize(
    ("who", "what", "args", "text"),
    [
        (BORIS, "kick", {"person": ANNA}, "takes an administrator"),
        (BORIS, "pin", {"message": 1}, "takes an administrator"),
        (BORIS, "join", {}, "already"),
        (ADMIN, "leave", {}, "not in"),
        (ANNA, "invite", {"person": BORIS}, "already"),
        (ANNA, "invite", {"person": 404}, "whom"),
        (ANNA, "invite", {"account": "gossip"}, "whom"),
        (ANNA, "kick", {"person": ADMIN}, "not in"),
        (ANNA, "demote", {"person": ANNA}, "owns it"),
        (ANNA, "unpin", {}, "nothing is pinned"),
        (ANNA, "pin", {"message": 9}, "no message 9"),
        (ANNA, "rename", {}, "new title"),
        (ANNA, "start", {}, "there are: join, leave, invite"),
        (ANNA, "edit", {"message": 1, "text": "?"}, "not this person's"),
    ],
)
def test_people_cannot_do_what_they_may_not(
    who: int, what: str, args: dict[str, Any], text: str
) -> None:
    async def story() -> None:
        town = Town()
        chat = town.conversation()
        await town.vk.say(chat, BORIS, text="Привет")
        with pytest.raises(Wrong, match=text):
            await town.do(chat, who, what, **args)
        assert len(chat.messages) == 1

    asyncio.run(story())


def test_a_conversation_is_made_and_lived_in_through_control() -> None:
    with Asked() as town:
        people = [{"id": ANNA, "name": "Анна Котова"}, {"id": BORIS, "name": "Борис Лис"}]
        account = {"network": "vk", "name": "news", "token": "key", "id": GROUP}
        chat = {"network": "vk", "kind": "chat", "title": "Профком", "members": [BORIS]}
        order = {"people": people, "accounts": [account]}
        order["chats"] = [{**chat, "admins": [ANNA], "bots": ["news"]}]
        [made] = town.post("/control/world", order)["chats"]
        assert (made["ref"], made["admins"]) == (str(FIRST), [ANNA, ME])
        said = {"network": "vk", "chat": "Профком", "as": ANNA, "text": "Собрание"}
        assert town.post("/control/say", said) == {"messages": [1]}
        kick = {"network": "vk", "chat": made["ref"], "as": ANNA, "what": "kick"}
        assert town.post("/control/do", {**kick, "person": BORIS}) == {"message": 2}
        seen = town.seen(made["ref"], ANNA, "vk")
        assert seen[0]["text"] == "Собрание" and "service" not in seen[0]
        assert seen[1]["service"] and seen[1]["text"] == ""
        hidden = town.get(f"/control/chats/vk/{FIRST}?as={BORIS}")
        assert hidden.status_code == 400 and "not in" in hidden.json()["error"]


def test_a_conversation_survives_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        town, later = Town(), Town()
        chat = town.conversation()
        await write(town, chat, "Важно", random_id=7)
        await town.do(chat, ANNA, "react", message=1, reaction=2)
        await town.ok("messages.sendReaction", peer_id=FIRST, cmid=1, reaction_id=1)
        await town.ok("messages.pin", peer_id=FIRST, cmid=1)
        await Keeper(tmp_path / "state.json", town.world, town.gate).save()
        later.world.clear()
        assert Keeper(tmp_path / "state.json", later.world, later.gate).load()
        assert later.vk.find_chat("Профком", ANNA) == chat
        members = {"peer_id": FIRST}
        for method in ("messages.getConversationMembers", "messages.getHistory"):
            assert await later.ok(method, **members) == await town.ok(method, **members)
        again = {"peer_ids": FIRST, "message": "Важно", "random_id": 7}
        [entry] = await later.ok("messages.send", **again)
        assert entry["conversation_message_id"] == 1, "the random_id is remembered"

    asyncio.run(story())
