"""Edits and deletions by bots."""

from __future__ import annotations

import json
from typing import Any

import pytest
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.telegram.doings import rights_of
from sandbox.world import Member

NOT_MODIFIED = (
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message",
)
BUTTON = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}


def test_an_edit_changes_the_text_and_says_when() -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Было", reply_markup=BUTTON)
        edited = await town.call(
            "editMessageText", chat_id=CHANNEL, message_id=1, text="<i>Стало</i>", parse_mode="HTML"
        )
        assert (edited["text"], edited["entities"][0]["type"]) == ("Стало", "italic")
        assert edited["edit_date"] >= edited["date"]
        assert "reply_markup" not in edited  # buttons not given again are taken away

    in_town(story)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("editMessageText", {"text": "Текст", "reply_markup": BUTTON}),
        ("editMessageReplyMarkup", {"reply_markup": BUTTON}),
    ],
)
def test_an_edit_that_changes_nothing_is_refused(method: str, params: dict[str, Any]) -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Текст", reply_markup=BUTTON)
        assert await town.refused(method, chat_id=CHANNEL, message_id=1, **params) == NOT_MODIFIED

    in_town(story)


def test_a_caption_and_the_picture_itself_can_be_changed() -> None:
    async def story(town: Town) -> None:
        sent = await town.upload(
            "sendPhoto", {"photo": ("1.png", png())}, chat_id=CHANNEL, caption="Раз"
        )
        same = {"chat_id": CHANNEL, "message_id": 1}
        assert (await town.call("editMessageCaption", **same, caption="Два"))["caption"] == "Два"
        assert await town.refused("editMessageCaption", **same, caption="Два") == NOT_MODIFIED
        assert "caption" not in await town.call("editMessageCaption", **same)
        media = json.dumps({"type": "photo", "media": "attach://new", "caption": "Три"})
        edited = await town.upload(
            "editMessageMedia", {"new": ("2.png", png(50, 50))}, **same, media=media
        )
        assert (edited["photo"][-1]["width"], edited["caption"]) == (50, "Три")
        old = {"type": "photo", "media": sent["photo"][-1]["file_id"], "caption": "Три"}
        back = await town.call("editMessageMedia", **same, media=old)
        assert back["photo"] == sent["photo"]
        assert await town.refused("editMessageMedia", **same, media=old) == NOT_MODIFIED

    in_town(story)


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": " "}, "message text is empty"),
        (
            "editMessageText",
            {"message_id": 2, "text": "x"},
            "there is no text in the message to edit",
        ),
        (
            "editMessageCaption",
            {"message_id": 1, "caption": "x"},
            "there is no caption in the message to edit",
        ),
        (
            "editMessageText",
            {"message_id": 1, "text": "x", "reply_markup": {"keyboard": [["x"]]}},
            "inline keyboard expected",
        ),
        ("deleteMessage", {}, "message identifier is not specified"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        (
            "deleteMessages",
            {"message_ids": list(range(1, 102))},
            "too many message identifiers specified",
        ),
    ],
)
def test_what_cannot_be_edited_or_deleted_is_refused(
    method: str, params: dict[str, Any], says: str
) -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Текст")
        await town.upload("sendDocument", {"document": ("1.pdf", b"%PDF")}, chat_id=CHANNEL)
        assert await town.refused(method, chat_id=CHANNEL, **params) == (
            400,
            f"Bad Request: {says}",
        )

    in_town(story)


def test_a_bot_edits_other_peoples_messages_only_in_a_channel_with_the_right() -> None:
    async def story(town: Town) -> None:
        for name in ("Завод", "Новости"):
            await town.side.say(town.side.find_chat(name, None), OLGA, text="Чужое")
        refused = (400, "Bad Request: message can't be edited")
        assert (
            await town.refused("editMessageText", chat_id=SUPERGROUP, message_id=1, text="x")
            == refused
        )
        assert (await town.call("editMessageText", chat_id=CHANNEL, message_id=1, text="x"))[
            "text"
        ] == "x"
        channel = town.side.find_chat("Новости", None)
        channel.members[town.bot.id] = Member(
            "administrator", rights_of("channel", {"can_edit_messages": False})
        )
        assert (
            await town.refused("editMessageText", chat_id=CHANNEL, message_id=1, text="y")
            == refused
        )

    in_town(story)


TWO_DAYS = 48 * 3600
LATE = "message can't be deleted for everyone"
NO = "message can't be deleted"


@pytest.mark.parametrize(
    ("chat", "rights", "own", "age", "says"),
    [
        (OLGA, None, True, TWO_DAYS - 5, None),
        (OLGA, None, True, TWO_DAYS + 5, LATE),
        (OLGA, None, False, 60, None),
        (GROUP, None, True, 60, None),
        (GROUP, None, True, TWO_DAYS + 5, LATE),
        (GROUP, None, False, 60, NO),
        (GROUP, {}, False, TWO_DAYS + 5, None),
        (SUPERGROUP, {"can_delete_messages": True}, False, TWO_DAYS + 5, None),
        (SUPERGROUP, {"can_delete_messages": False}, False, 60, NO),
        (CHANNEL, {"can_delete_messages": True}, True, TWO_DAYS + 5, None),
        (CHANNEL, {"can_delete_messages": False}, True, 60, None),
        (CHANNEL, {"can_delete_messages": False}, True, TWO_DAYS + 5, LATE),
        (CHANNEL, {"can_delete_messages": False}, False, 60, NO),
    ],
)
def test_whose_messages_and_how_old_may_be_deleted(
    chat: int, rights: dict[str, bool] | None, own: bool, age: int, says: str | None
) -> None:
    async def story(town: Town) -> None:
        await town.started()
        place = town.dialog() if chat > 0 else town.side.find_chat(str(chat), None)
        if own:
            message = (await town.call("sendMessage", chat_id=chat, text="x"))["message_id"]
        else:
            (message,) = await town.side.say(place, OLGA, text="x")
        if chat < 0:
            seat = (
                Member("member")
                if rights is None
                else Member("administrator", rights_of(place.kind, rights))
            )
            place.members[town.bot.id] = seat
        town.world.clock.set(advance_s=age)
        if says is None:
            assert await town.call("deleteMessage", chat_id=chat, message_id=message) is True
            assert place.find(message) is None
        else:
            refused = await town.refused("deleteMessage", chat_id=chat, message_id=message)
            assert refused == (400, f"Bad Request: {says}")
            assert place.find(message) is not None

    in_town(story)


def test_deleting_several_skips_those_that_are_gone() -> None:
    async def story(town: Town) -> None:
        for text in ("раз", "два", "три"):
            await town.call("sendMessage", chat_id=CHANNEL, text=text)
        assert await town.call("deleteMessages", chat_id=CHANNEL, message_ids=[1, 3, 50]) is True
        assert [m.text for m in town.side.find_chat("Новости", None).messages] == ["два"]
        assert town.gate.calls.read()["calls"][-1]["messages"] == [1, 3]

    in_town(story)


def test_deleting_several_takes_all_or_nothing() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Цех", None)
        group.members[town.bot.id] = Member("member")
        own = (await town.call("sendMessage", chat_id=GROUP, text="своё"))["message_id"]
        (foreign,) = await town.side.say(group, IVAN, text="чужое")
        refused = await town.refused("deleteMessages", chat_id=GROUP, message_ids=[own, foreign])
        assert refused == (400, f"Bad Request: {NO}")
        assert len(group.messages) == 2

    in_town(story)


def test_an_items_kind_in_an_album_stays_in_its_family() -> None:
    async def story(town: Town) -> None:
        items = [{"type": "photo", "media": f"attach://f{n}"} for n in range(2)]
        files = {f"f{n}": (f"{n}.png", png(40 + n)) for n in range(2)}
        await town.upload("sendMediaGroup", files, chat_id=CHANNEL, media=json.dumps(items))
        document = await town.upload(
            "sendDocument", {"document": ("1.pdf", b"%PDF")}, chat_id=CHANNEL
        )
        media = {"type": "document", "media": document["document"]["file_id"]}
        refused = await town.refused("editMessageMedia", chat_id=CHANNEL, message_id=1, media=media)
        assert refused == (
            400,
            "Bad Request: can't change media type in the album",
        )

    in_town(story)


def test_a_file_gives_way_to_any_other_and_a_text_to_a_file() -> None:
    async def story(town: Town) -> None:
        await town.call(
            "sendMessage", chat_id=CHANNEL, text="Текст", link_preview_options={"is_disabled": True}
        )
        for kind, name in (
            ("animation", "1.gif"),
            ("audio", "1.mp3"),
            ("document", "1.pdf"),
            ("video", "1.mp4"),
        ):
            media = json.dumps({"type": kind, "media": "attach://f", "caption": kind})
            edited = await town.upload(
                "editMessageMedia", {"f": (name, b"x")}, chat_id=CHANNEL, message_id=1, media=media
            )
            assert (edited["caption"], kind in edited, "text" in edited) == (kind, True, False)
            assert "link_preview_options" not in edited

    in_town(story)


GIVEN = {"type": "photo", "media": "x"}


@pytest.mark.careless("media that nobody can read")
@pytest.mark.parametrize(
    ("number", "media", "says"),
    [
        (1, None, 'parameter "media" is required'),
        (1, "{", "can't parse input media JSON object"),
        (1, [], "can't parse InputMedia: expected an Object"),
        (1, {"type": "photo"}, "can't parse InputMedia: media not found"),
        (1, {**GIVEN, "type": "voice"}, 'can\'t parse InputMedia: type "voice" is unsupported'),
        (1, {**GIVEN, "caption": "я" * 1025}, "message caption is too long"),
        (1, GIVEN, "wrong file identifier/HTTP URL specified"),
        (2, GIVEN, "message media can't be edited"),
        (3, GIVEN, "message media can't be edited"),
    ],
)  # fmt: skip
def test_media_that_cannot_take_the_place_is_refused(number: int, media: Any, says: str) -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="Текст")
        await town.upload("sendVoice", {"voice": ("1.oga", b"x")}, chat_id=CHANNEL)
        await town.call("sendDice", chat_id=CHANNEL)
        refused = await town.refused(
            "editMessageMedia", chat_id=CHANNEL, message_id=number, media=media
        )
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


@pytest.mark.parametrize(
    "markup",
    [{"keyboard": [[{"text": "Да"}]]}, {"remove_keyboard": True}, {"force_reply": True}],
)
def test_a_message_that_brought_a_reply_keyboard_cannot_be_edited(markup: dict[str, Any]) -> None:
    async def story(town: Town) -> None:
        await town.started()
        sent = await town.call("sendMessage", chat_id=OLGA, text="?", reply_markup=markup)
        refused = await town.refused(
            "editMessageText", chat_id=OLGA, message_id=sent["message_id"], text="!"
        )
        assert refused == (400, "Bad Request: message can't be edited")

    in_town(story)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"inline_message_id": "AbC"}, "MESSAGE_ID_INVALID"),
        ({}, "message identifier is not specified"),
        ({"message_id": 5}, "chat_id is empty"),
    ],
)
def test_messages_of_the_inline_mode_are_unknown(given: dict[str, Any], says: str) -> None:
    async def story(town: Town) -> None:
        for method, more in (
            ("editMessageText", {"text": "x"}),
            ("editMessageReplyMarkup", {}),
            ("stopMessageLiveLocation", {}),
        ):
            refused = await town.refused(method, **given, **more)
            assert refused == (400, f"Bad Request: {says}")

    in_town(story)


def test_new_text_may_change_its_link_preview_only() -> None:
    async def story(town: Town) -> None:
        await town.call("sendMessage", chat_id=CHANNEL, text="https://a.ru")
        same = {"chat_id": CHANNEL, "message_id": 1, "text": "https://a.ru"}
        above = {"show_above_text": True, "url": "https://b.ru"}
        edited = await town.call("editMessageText", **same, link_preview_options=above)
        assert edited["link_preview_options"] == above
        off = await town.call("editMessageText", **same, disable_web_page_preview=True)
        assert off["link_preview_options"] == {"is_disabled": True}
        assert "link_preview_options" not in await town.call("editMessageText", **same)

    in_town(story)
