"""Files of every kind, places, contacts and dice: how bots send them and people do."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town, png

from sandbox.networks import Wrong

WAV, MP4 = b"RIFF....WAVE", b"\x00\x00\x00\x18ftypmp42"
# kind, method, file name, content, parameters, what the file's object must hold
KINDS = [
    ("photo", "sendPhoto", "п.png", png(), {}, {}),
    ("document", "sendDocument", "у.pdf", b"%PDF", {}, {"file_name": "у.pdf", "mime_type": "application/pdf"}),
    ("video", "sendVideo", "в.mp4", MP4, {"width": 640, "height": 360, "duration": 7},
     {"width": 640, "height": 360, "duration": 7, "mime_type": "video/mp4"}),
    ("audio", "sendAudio", "г.mp3", WAV, {"duration": 200, "performer": "Хор", "title": "Гимн"},
     {"duration": 200, "performer": "Хор", "title": "Гимн", "file_name": "г.mp3", "mime_type": "audio/mpeg"}),
    ("voice", "sendVoice", "г.oga", WAV, {"duration": 3}, {"duration": 3, "mime_type": "audio/ogg"}),
    ("animation", "sendAnimation", "а.gif", b"GIF89a", {"width": 8, "height": 6, "duration": 1},
     {"width": 8, "height": 6, "duration": 1, "mime_type": "image/gif"}),
    ("video_note", "sendVideoNote", "к.mp4", MP4, {"length": 360, "duration": 9}, {"length": 360, "duration": 9}),
    ("sticker", "sendSticker", "с.webp", png(512, 300), {"emoji": "👍"},
     {"width": 512, "height": 300, "emoji": "👍", "is_animated": False, "is_video": False, "type": "regular"}),
]  # fmt: skip
NAMES = {
    "photo": "Photo", "document": "Document", "video": "Video", "audio": "Audio", "voice": "VoiceNote",
    "animation": "Animation", "video_note": "VideoNote", "sticker": "Sticker",
}  # fmt: skip


def test_every_kind_of_file_is_sent_again_by_its_id_and_as_nothing_else() -> None:
    async def story(town: Town) -> None:
        ids = {}
        for kind, method, name, content, given, holds in KINDS:
            sent = await town.upload(method, {kind: (name, content)}, chat_id=CHANNEL, **given)
            file = sent["photo"][-1] if kind == "photo" else sent[kind]
            assert file.items() >= {**holds, "file_size": len(content)}.items(), kind
            again = await town.call(method, chat_id=GROUP, **{kind: file["file_id"]})
            assert again[kind] == sent[kind], kind
            path = (await town.call("getFile", file_id=file["file_id"]))["file_path"]
            url = f"{town.sandbox.url}/telegram/file/bot{town.bot.token}/{path}"
            async with town.http.get(url) as answer:
                assert await answer.read() == content, kind
            ids[kind] = file["file_id"]
        for kind, method, *_ in KINDS:
            other = "document" if kind != "document" else "sticker"
            refused = await town.refused(method, chat_id=CHANNEL, **{kind: ids[other]})
            words = f"can't use file of type {NAMES[other]} as {NAMES[kind]}"
            assert refused == (400, f"Bad Request: type of file mismatch: {words}")
            called = kind.replace("_", " ")
            nothing = f"Bad Request: there is no {called} in the request"
            assert await town.refused(method, chat_id=CHANNEL, **{kind: ""}) == (400, nothing)

    in_town(story)


def test_an_animation_is_a_document_too_for_clients_that_know_no_animations() -> None:
    async def story(town: Town) -> None:
        sent = await town.upload("sendAnimation", {"animation": ("а.gif", b"GIF")}, chat_id=CHANNEL)
        names = ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")
        assert sent["document"] == {name: sent["animation"][name] for name in names}

    in_town(story)


def test_all_kinds_but_stickers_and_notes_have_a_caption() -> None:
    async def story(town: Town) -> None:
        for kind, method, name, content, *_ in KINDS:
            form = {"chat_id": CHANNEL, "caption": "<b>П</b>", "parse_mode": "HTML"}
            if kind in ("sticker", "video_note"):
                del form["caption"], form["parse_mode"]
            sent = await town.upload(method, {kind: (name, content)}, **form)
            assert sent.get("caption") == ("П" if "caption" in form else None)
            edit = {"chat_id": CHANNEL, "message_id": sent["message_id"], "caption": "Д"}
            if "caption" in form:
                assert (await town.call("editMessageCaption", **edit))["caption"] == "Д"
            else:
                words = "Bad Request: there is no caption in the message to edit"
                assert await town.refused("editMessageCaption", **edit) == (400, words)
            text = {"chat_id": CHANNEL, "message_id": sent["message_id"], "text": "Д"}
            words = "Bad Request: there is no text in the message to edit"
            assert await town.refused("editMessageText", **text) == (400, words)

    in_town(story)


@pytest.mark.parametrize(
    ("name", "moves"),
    [("с.tgs", {"is_animated": True}), ("с.webm", {"is_video": True})],
)
def test_a_moving_sticker_is_always_of_one_size(name: str, moves: dict[str, bool]) -> None:
    async def story(town: Town) -> None:
        sent = await town.upload("sendSticker", {"sticker": (name, b"bytes")}, chat_id=CHANNEL)
        assert sent["sticker"].items() >= {**moves, "width": 512, "height": 512}.items()

    in_town(story)


POINT = {"latitude": 56.8389, "longitude": 60.6057}
CARDS = [
    ("sendLocation", POINT, {"location": POINT}),
    ("sendLocation", {**POINT, "horizontal_accuracy": 20}, {"location": {**POINT, "horizontal_accuracy": 20.0}}),
    ("sendVenue", {**POINT, "title": "ДК", "address": "Мира, 1", "foursquare_id": "f", "google_place_id": "g"},
     {"location": POINT, "venue": {"location": POINT, "title": "ДК", "address": "Мира, 1", "foursquare_id": "f"}}),
    ("sendContact", {"phone_number": "+73430000000", "first_name": "Профком", "vcard": "BEGIN:VCARD"},
     {"contact": {"phone_number": "+73430000000", "first_name": "Профком", "vcard": "BEGIN:VCARD"}}),
]  # fmt: skip


def test_places_and_contacts_come_back_as_they_were_sent_and_say_no_text() -> None:
    async def story(town: Town) -> None:
        button = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
        for method, given, holds in CARDS:
            sent = await town.call(method, chat_id=SUPERGROUP, reply_markup=button, **given)
            content = set(sent) - {"message_id", "from", "date", "chat", "reply_markup"}
            assert {name: sent[name] for name in content} == holds
            assert sent["reply_markup"] == button

    in_town(story)


@pytest.mark.parametrize(
    ("method", "given", "says"),
    [
        ("sendLocation", {}, "latitude is empty"),
        ("sendLocation", {"latitude": 5}, "longitude is empty"),
        ("sendLocation", {"latitude": 95, "longitude": 5}, "wrong location specified"),
        ("sendLocation", {**POINT, "live_period": 59}, "wrong live location period specified"),
        ("sendLocation", {**POINT, "live_period": 86401}, "wrong live location period specified"),
        ("sendLocation", {**POINT, "heading": 361}, "wrong live location heading specified"),
        (
            "sendLocation",
            {**POINT, "proximity_alert_radius": 100_001},
            "wrong live location proximity alert radius specified",
        ),
        ("sendContact", {"first_name": "x"}, 'parameter "phone_number" is required'),
        ("sendContact", {"phone_number": "1"}, 'parameter "first_name" is required'),
        ("sendVenue", {**POINT, "address": "x"}, 'parameter "title" is required'),
        ("sendDice", {"emoji": "🐳"}, "EMOTICON_INVALID"),
    ],
)
def test_a_place_contact_or_throw_that_makes_no_sense_is_refused(
    method: str, given: dict[str, Any], says: str
) -> None:
    async def story(town: Town) -> None:
        assert await town.refused(method, chat_id=CHANNEL, **given) == (400, f"Bad Request: {says}")
        assert town.side.find_chat("Новости", None).messages == []

    in_town(story)


def test_dice_fall_on_every_value_of_their_emoji_and_no_other() -> None:
    async def story(town: Town) -> None:
        for emoji, highest in (("🎲", 6), ("⚽", 5)):
            thrown = set()
            while len(thrown) < highest:
                dice = (await town.call("sendDice", chat_id=CHANNEL, emoji=emoji))["dice"]
                assert dice["emoji"] == emoji
                assert 1 <= dice["value"] <= highest
                thrown.add(dice["value"])
        assert (await town.call("sendDice", chat_id=CHANNEL))["dice"]["emoji"] == "🎲"
        assert (
            1 <= (await town.call("sendDice", chat_id=CHANNEL, emoji="🎰"))["dice"]["value"] <= 64
        )

    in_town(story)


def test_a_live_location_moves_until_it_is_stopped_or_its_time_is_over() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        there = {"chat_id": SUPERGROUP}
        for _ in range(2):
            sent = await town.call("sendLocation", **there, **POINT, live_period=600, heading=90)
            assert sent["location"] == {**POINT, "live_period": 600, "heading": 90}
        first, second = ({**there, "message_id": number} for number in (1, 2))
        moved = {"latitude": 57.0, "longitude": 60.0}
        edited = await town.call("editMessageLiveLocation", **first, **moved)
        assert edited["location"] == {**moved, "live_period": 600}
        assert "edit_date" in edited
        same = await town.refused("editMessageLiveLocation", **first, **moved)
        assert same[1].startswith("Bad Request: message is not modified")
        stopped = await town.call("stopMessageLiveLocation", **first)
        assert stopped["location"] == moved
        town.world.clock.set(advance_s=601)
        over = (400, "Bad Request: message can't be edited")
        for which in (first, second):
            assert await town.refused("editMessageLiveLocation", **which, **POINT) == over
        reply = {"message_id": 2}
        answer = await town.call(
            "sendMessage", chat_id=SUPERGROUP, text="x", reply_parameters=reply
        )
        assert answer["reply_to_message"]["location"] == POINT
        text = {"chat_id": SUPERGROUP, "message_id": 3}
        refused = await town.refused("stopMessageLiveLocation", **text)
        assert refused == (400, "Bad Request: there is no live location in the message to edit")
        shown = await town.call(
            "forwardMessage", chat_id=GROUP, from_chat_id=SUPERGROUP, message_id=2
        )
        assert shown["location"] == POINT

    in_town(story)


def test_nobody_has_a_profile_photo() -> None:
    async def story(town: Town) -> None:
        empty = {"total_count": 0, "photos": []}
        assert await town.call("getUserProfilePhotos", user_id=OLGA) == empty
        refused = await town.refused("getUserProfilePhotos", user_id=0)
        assert refused == (400, "Bad Request: invalid user_id specified")

    in_town(story)


def test_what_people_send_comes_as_the_same_kinds() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        for kind, _, name, content, *_ in KINDS:
            await town.side.say(chat, OLGA, media=[town.media(content, kind, name)])
        await town.side.do(chat, OLGA, "send_location", POINT)
        await town.side.do(
            chat, OLGA, "send_location", {**POINT, "title": "ДК", "address": "Мира, 1"}
        )
        await town.side.do(chat, OLGA, "send_contact", {})
        got = [update["message"] for update in await town.updates()]
        for (kind, *_), message in zip(KINDS, got, strict=False):
            assert kind in message
        place, venue, contact = got[len(KINDS) :]
        assert place["location"] == POINT
        assert venue["venue"]["title"] == "ДК"
        assert contact["contact"]["user_id"] == OLGA
        with pytest.raises(Wrong, match="has no caption"):
            await town.side.say(
                chat, OLGA, text="x", media=[town.media(png(), "sticker", "с.webp")]
            )

    in_town(story)


def test_buttons_that_ask_for_a_contact_or_a_place_send_it() -> None:
    async def story(town: Town) -> None:
        chat = await town.started()
        asks = [
            [
                {"text": "Телефон", "request_contact": True},
                {"text": "Где я", "request_location": True},
            ]
        ]
        asks += [[{"text": "Опрос", "request_poll": {"type": "quiz"}}], [{"text": "Нет"}]]
        sent = await town.call(
            "sendMessage", chat_id=OLGA, text="?", reply_markup={"keyboard": asks}
        )
        for row, column in ((0, 0), (0, 1), (2, 0)):
            await town.side.press(chat, OLGA, sent["message_id"], row, column)
        contact, place, plain = (update["message"] for update in await town.updates())
        assert contact["contact"] == {
            "phone_number": "+70000001001", "first_name": "Ольга", "last_name": "Смирнова", "user_id": OLGA,
        }  # fmt: skip
        assert set(place["location"]) == {"latitude", "longitude"}
        assert plain["text"] == "Нет"
        with pytest.raises(Wrong, match="request_poll"):
            await town.side.press(chat, OLGA, sent["message_id"], 1, 0)

    in_town(story)


def test_a_group_that_forbids_a_kind_forbids_it_to_people_and_bots() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await town.side.do(
            group, OLGA, "restrict_bot", {"account": "vestnik", "rights": ["can_send_messages"]}
        )
        refused = {
            "sendPoll": ({"question": "?", "options": [{"text": "да"}]}, "polls"),
            "sendDice": ({}, "dice"),
            "sendSticker": ({"sticker": "CAAC"}, "stickers"),
            "sendAnimation": ({"animation": "CgAC"}, "animations"),
            "sendVideoNote": ({"video_note": "DQAC"}, "video notes"),
        }
        for method, (given, words) in refused.items():
            says = (400, f"Bad Request: not enough rights to send {words} to the chat")
            assert await town.refused(method, chat_id=SUPERGROUP, **given) == says
        await town.call("sendLocation", chat_id=SUPERGROUP, **POINT)
        await town.side.do(group, OLGA, "set_permissions", {"permissions": ["can_send_messages"]})
        with pytest.raises(Wrong, match="polls"):
            await town.side.do(group, IVAN, "send_poll", {"question": "?", "options": ["да"]})

    in_town(story)
