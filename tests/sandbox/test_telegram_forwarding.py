"""Forwards and copies: where from, what goes along, what may not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.networks import Wrong
from sandbox.telegram.chats.moderation import rights_of
from sandbox.world import Member

BUTTONS = {"inline_keyboard": [[{"text": "Сайт", "url": "https://a.ru"}]]}
CALLBACK = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}


async def said(town: Town, title: str = "Завод", who: int = IVAN, **what: Any) -> int:
    (number,) = await town.side.say(
        town.side.find_chat(title, who), who, **{"text": "Слово", **what}
    )
    return number


async def forwarded(town: Town, source: int, number: int, target: int = GROUP) -> dict[str, Any]:
    made: dict[str, Any] = await town.call(
        "forwardMessage", chat_id=target, from_chat_id=source, message_id=number
    )
    return made


def test_a_forward_says_of_what_kind_its_origin_is() -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Пост")
        post = await forwarded(town, CHANNEL, 1)
        assert post["forward_origin"]["type"] == "channel"
        assert post["forward_origin"]["chat"]["username"] == "novosti"
        assert (post["forward_origin"]["message_id"], post["text"]) == (1, "Пост")
        assert post["from"]["username"] == "vestnik_bot"

        number = await said(town)
        person = await forwarded(town, SUPERGROUP, number)
        assert person["forward_origin"].items() >= {"type": "user"}.items()
        assert person["forward_origin"]["sender_user"]["id"] == IVAN
        again = await forwarded(town, GROUP, person["message_id"], CHANNEL)
        assert again["forward_origin"] == person["forward_origin"]

        await town.side.do(town.side.find_chat("Завод", IVAN), IVAN, "hide_account", {})
        hidden = await forwarded(town, SUPERGROUP, number)
        assert hidden["forward_origin"] == {
            "type": "hidden_user",
            "date": person["forward_origin"]["date"],
            "sender_user_name": "Иван Кузнецов",
        }
        own = await town.call("sendMessage", chat_id=SUPERGROUP, text="От бота")
        bot = await forwarded(town, SUPERGROUP, own["message_id"])
        assert bot["forward_origin"]["sender_user"]["is_bot"] is True

        of_chat = await said(town, forward_from={"chat": str(GROUP)})
        chat = await forwarded(town, SUPERGROUP, of_chat)
        assert chat["forward_origin"]["type"] == "chat"
        assert chat["forward_origin"]["sender_chat"]["id"] == GROUP

    in_town(story)


def test_a_copy_says_nothing_of_its_origin_and_answers_its_number_only() -> None:
    async def story(town: Town) -> None:
        number = await said(
            town, text="Жирно", entities=[{"type": "bold", "offset": 0, "length": 5}]
        )
        answer = await town.call(
            "copyMessage", chat_id=GROUP, from_chat_id=SUPERGROUP, message_id=number
        )
        assert answer == {"message_id": 1}
        seen = await forwarded(town, GROUP, 1)
        assert seen["forward_origin"]["sender_user"]["is_bot"] is True
        assert (seen["text"], seen["entities"][0]["type"]) == ("Жирно", "bold")

    in_town(story)


def test_a_copied_file_may_get_another_caption_and_buttons() -> None:
    async def story(town: Town) -> None:
        form = {
            "chat_id": CHANNEL,
            "caption": "Было",
            "show_caption_above_media": True,
            "has_spoiler": True,
        }
        sent = await town.upload("sendPhoto", {"photo": ("1.png", png())}, **form)
        from_there = {"chat_id": GROUP, "from_chat_id": CHANNEL, "message_id": sent["message_id"]}
        group = town.side.find_chat("Цех", None)
        for given, caption, above in (
            ({}, "Было", True),
            ({"caption": "<b>Стало</b>", "parse_mode": "HTML"}, "Стало", False),
            ({"caption": "Стало", "show_caption_above_media": True}, "Стало", True),
            ({"caption": ""}, "", False),
        ):
            await town.call("copyMessage", **from_there, reply_markup=CALLBACK, **given)
            copy = group.messages[-1]
            assert (copy.text, bool(copy.extra.get("caption_above"))) == (caption, above)
            assert (copy.extra["spoiler"], copy.buttons[0][0].data) == (True, "y")
        assert await town.refused("copyMessage", **from_there, caption="я" * 1025) == (
            400,
            "Bad Request: message caption is too long",
        )

    in_town(story)


def test_buttons_go_along_with_a_forward_only_if_all_are_links() -> None:
    async def story(town: Town) -> None:
        for number, markup, kept in ((1, BUTTONS, True), (2, CALLBACK, False)):
            await town.call("sendMessage", chat_id=CHANNEL, text="x", reply_markup=markup)
            assert ("reply_markup" in await forwarded(town, CHANNEL, number)) is kept
            await town.call("copyMessage", chat_id=GROUP, from_chat_id=CHANNEL, message_id=number)
            assert town.side.find_chat("Цех", None).messages[-1].buttons == []

    in_town(story)


def test_albums_stay_albums_and_what_is_gone_is_left_out() -> None:
    async def story(town: Town) -> None:
        items = [{"type": "photo", "media": f"attach://f{n}", "caption": f"{n}"} for n in range(3)]
        files = {f"f{n}": (f"{n}.png", png(40 + n)) for n in range(3)}
        await town.upload("sendMediaGroup", files, chat_id=CHANNEL, media=json.dumps(items))
        await town.call("sendMessage", chat_id=CHANNEL, text="Конец")
        await town.call("deleteMessage", chat_id=CHANNEL, message_id=2)
        group = town.side.find_chat("Цех", None)
        old = town.side.find_chat("Новости", None).messages[0].album
        for method, more in (
            ("forwardMessages", {}),
            ("copyMessages", {}),
            ("copyMessages", {"remove_caption": True}),
        ):
            made = await town.call(
                method, chat_id=GROUP, from_chat_id=CHANNEL, message_ids=[1, 2, 3, 4, 99], **more
            )
            first, second, text = group.messages[-3:]
            assert [answer["message_id"] for answer in made] == [m.id for m in group.messages[-3:]]
            assert (first.album == second.album, first.album not in (None, old), text.album) == (
                True,
                True,
                None,
            )
            assert [m.text for m in (first, second, text)] == (
                ["", "", "Конец"] if more else ["0", "2", "Конец"]
            )
            assert ("forward_origin" in first.extra) is (method == "forwardMessages")
            logged = town.gate.calls.read()["calls"][-1]
            assert logged["messages"] == [m.id for m in (first, second, text)]
        alone = await town.call(
            "copyMessages", chat_id=GROUP, from_chat_id=CHANNEL, message_ids=[3, 4]
        )
        assert len(alone) == 2
        assert group.messages[-2].album is None

    in_town(story)


FROM = {"chat_id": GROUP, "from_chat_id": SUPERGROUP}


@pytest.mark.careless("numbers that are none")
@pytest.mark.parametrize(
    ("method", "given", "says"),
    [
        ("forwardMessage", {"from_chat_id": ""}, 'parameter "from_chat_id" is required'),
        ("forwardMessage", {"from_chat_id": "@nobody"}, "chat not found"),
        ("forwardMessage", {"message_id": 99}, "message to forward not found"),
        ("copyMessage", {"message_id": 99}, "message to copy not found"),
        ("forwardMessage", {"message_id": 2}, "message has protected content and can't be forwarded"),
        ("copyMessage", {"message_id": 2}, "message has protected content and can't be forwarded"),
        ("forwardMessage", {"message_id": 3}, "the message can't be forwarded"),
        ("copyMessage", {"message_id": 3}, "the message can't be copied"),
        ("forwardMessages", {}, "message identifiers are not specified"),
        ("copyMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("copyMessages", {"message_ids": {}}, "expected an Array of message identifiers"),
        ("copyMessages", {"message_ids": [{}]}, "message identifier must be a Number"),
        ("copyMessages", {"message_ids": ["x"]}, "can't parse message identifier as Number"),
        ("copyMessages", {"message_ids": [0]}, "invalid message identifier specified"),
        ("forwardMessages", {"message_ids": list(range(1, 102))}, "too many message identifiers specified"),
        ("forwardMessages", {"message_ids": [2, 1]}, "message identifiers must be in a strictly increasing order"),
        ("forwardMessages", {"message_ids": [1, 1]}, "message identifiers must be in a strictly increasing order"),
        ("forwardMessages", {"message_ids": [98, 99]}, "there are no messages to forward"),
        ("forwardMessages", {"message_ids": [3]}, "messages can't be forwarded"),
        ("copyMessages", {"message_ids": [2]}, "message has protected content and can't be forwarded"),
    ],
)  # fmt: skip
def test_what_cannot_be_passed_on_is_refused(method: str, given: dict[str, Any], says: str) -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        await town.call("sendMessage", chat_id=SUPERGROUP, text="x", protect_content=True)
        await town.side.do(town.side.find_chat("Завод", ANNA), ANNA, "join", {})
        refused = await town.refused(method, **{**FROM, **given})
        assert refused == (400, f"Bad Request: {says}")
        assert town.side.find_chat("Цех", None).messages == []

    in_town(story)


def test_both_ends_have_their_rights() -> None:
    async def story(town: Town) -> None:
        number = await said(town)
        group, source = town.side.find_chat("Цех", None), town.side.find_chat("Завод", None)
        call = {**FROM, "message_id": number}
        group.members[town.bot.id] = Member("restricted")
        denied = (400, "Bad Request: not enough rights to send text messages to the chat")
        assert await town.refused("copyMessage", **call) == denied
        group.members[town.bot.id] = Member("administrator", rights_of("group", None))
        source.members[town.bot.id] = Member("kicked")
        for method in ("copyMessage", "forwardMessage"):
            assert await town.refused(method, **call) == (
                403,
                "Forbidden: bot was kicked from the supergroup chat",
            )
        assert await town.refused("copyMessage", **{**call, "chat_id": OLGA}) == (
            403,
            "Forbidden: bot was kicked from the supergroup chat",
        )

    in_town(story)


def test_a_forward_cannot_be_edited_and_a_copy_can() -> None:
    async def story(town: Town) -> None:
        number = await said(town)
        there = (await forwarded(town, SUPERGROUP, number))["message_id"]
        refused = await town.refused("editMessageText", chat_id=GROUP, message_id=there, text="x")
        assert refused == (400, "Bad Request: message can't be edited")
        copy = (await town.call("copyMessage", **FROM, message_id=number))["message_id"]
        edited = await town.call("editMessageText", chat_id=GROUP, message_id=copy, text="x")
        assert edited["text"] == "x"

    in_town(story)


def test_a_chats_owner_may_forbid_to_pass_on_what_is_said_there() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        number = await said(town)
        with pytest.raises(Wrong, match="does not own"):
            await town.side.do(group, IVAN, "protect_content", {})
        await town.side.do(group, OLGA, "protect_content", {})
        refused = await town.refused("copyMessage", **FROM, message_id=number)
        assert refused == (400, "Bad Request: message has protected content and can't be forwarded")
        sent = await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        assert sent["has_protected_content"] is True
        await town.side.do(group, OLGA, "protect_content", {"on": False})
        await town.call("copyMessage", **FROM, message_id=number)

    in_town(story)
