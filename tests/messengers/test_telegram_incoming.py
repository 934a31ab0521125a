"""Updates of the Bot API: what each says, and that none can stop the loop."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from town import ANNA, OLGA, Town, play, text
from wire import Wire, answer, saying

from core.errors import MessengerError, PollConflict, TokenDead
from core.incoming import Incoming, IncomingFile, IncomingKind
from core.messenger import Place, Rights
from core.words import ChatKind
from messengers.telegram import incoming
from messengers.telegram.adapter import Telegram
from messengers.transport import Timeouts

NOW, DATE = 1_770_000_000_000, 1_769_999_999
ANNA_SAYS = {"id": 11, "is_bot": False, "first_name": "Анна", "last_name": "Котова"}
DIALOG = {"id": 11, "type": "private", "first_name": "Анна", "last_name": "Котова"}
GROUP = {"id": -1002, "type": "supergroup", "title": "Профком цеха"}
CHANNEL = {"id": -1003, "type": "channel", "title": "Новости"}


def message(chat: dict[str, Any] = DIALOG, **more: Any) -> dict[str, Any]:
    said = {"message_id": 5, "date": DATE, "chat": chat, "from": ANNA_SAYS, **more}
    return {"update_id": 900, "message": said}


def read(update: dict[str, Any]) -> Incoming:
    found = incoming.read(update, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "chat", "kind", "payload"),
    [
        ("/start", DIALOG, IncomingKind.START, None),
        ("/start inv_42", DIALOG, IncomingKind.START, "inv_42"),
        ("/start@vestnik_bot inv_42 ", DIALOG, IncomingKind.START, "inv_42"),
        ("/start inv 42", DIALOG, IncomingKind.MESSAGE, None),
        ("/started", DIALOG, IncomingKind.MESSAGE, None),
        ("/start inv_42", GROUP, IncomingKind.MESSAGE, None),
        ("Здравствуйте", DIALOG, IncomingKind.MESSAGE, None),
    ],
)
def test_a_start_is_told_from_a_message(
    text: str, chat: dict[str, Any], kind: IncomingKind, payload: str | None
) -> None:
    found = read(message(chat, text=text))
    assert (found.kind, found.payload, found.at) == (kind, payload, DATE * 1000)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        ({"photo": [{"file_id": "x"}]}, ("photo",)),
        ({"animation": {}, "document": {}}, ("animation",)),
        ({"voice": {}}, ("voice",)),
        ({"sticker": {"emoji": "👍"}}, ("sticker",)),
        ({"video_note": {}}, ("video_note",)),
        ({"text": "слова"}, ()),
    ],
)
def test_what_is_attached_is_named(content: dict[str, Any], media: tuple[str, ...]) -> None:
    assert read(message(**content)).media == media


def test_entities_are_read_in_code_points() -> None:
    entities = [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "hashtag", "offset": 0, "length": 1},
    ]
    found = read(message(caption="👋 Ёлка", caption_entities=entities, photo=[{}]))
    assert found.text.text == "👋 Ёлка"
    assert [(e.offset, e.length) for e in found.text.entities] == [(2, 4)]


def test_an_albums_items_share_its_name() -> None:
    found = read(
        message(GROUP, photo=[{}], media_group_id="77", reply_to_message={"message_id": 4})
    )
    assert (found.album, found.reply_to, found.chat_title) == ("77", "4", "Профком цеха")
    assert found.chat_kind is ChatKind.GROUP


@pytest.mark.parametrize(
    "update",
    [
        message(GROUP, new_chat_members=[ANNA_SAYS]),
        message(GROUP, pinned_message={"message_id": 1}),
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1, "callback_query": {"id": "1", "from": ANNA_SAYS, "game_short_name": "x"}},
    ],
)
def test_what_is_not_ours_is_left_out(update: dict[str, Any]) -> None:
    assert incoming.read(update, NOW) is None


def test_a_renumbered_update_is_not_taken_for_an_old_one() -> None:
    later = message(text="раз")
    later["message"] |= {"date": DATE + 8 * 86400}
    assert read(message(text="раз")).key != read(later).key
    assert read(message(text="раз")).key == read(message(text="раз")).key


def test_two_edits_of_one_message_are_two_things() -> None:
    said = {"message_id": 5, "date": DATE, "chat": DIALOG, "from": ANNA_SAYS, "text": "раз"}
    edits = [
        read({"update_id": number, "edited_message": said | {"edit_date": DATE + 60}})
        for number in (900, 901)
    ]
    assert {one.kind for one in edits} == {IncomingKind.EDITED}
    assert edits[0].key != edits[1].key
    assert edits[0].at == (DATE + 60) * 1000


def member(status: str, **rights: bool) -> dict[str, Any]:
    return {"status": status, "user": {"id": 99}, **rights}


@pytest.mark.parametrize(
    ("chat", "new", "kind", "present", "can_post"),
    [
        (DIALOG, member("kicked"), IncomingKind.BLOCKED, False, False),
        (DIALOG, member("member"), IncomingKind.ALLOWED, True, True),
        (GROUP, member("member"), IncomingKind.MEMBERSHIP, True, True),
        (GROUP, member("administrator"), IncomingKind.MEMBERSHIP, True, True),
        (GROUP, member("left"), IncomingKind.MEMBERSHIP, False, False),
        (GROUP, member("kicked"), IncomingKind.MEMBERSHIP, False, False),
        (GROUP, member("restricted", is_member=True, can_send_messages=True), IncomingKind.MEMBERSHIP, True, True),
        (GROUP, member("restricted", is_member=True, can_send_messages=False), IncomingKind.MEMBERSHIP, True, False),
        (GROUP, member("restricted", is_member=False, can_send_messages=True), IncomingKind.MEMBERSHIP, False, False),
        (CHANNEL, member("administrator", can_post_messages=True), IncomingKind.MEMBERSHIP, True, True),
        (CHANNEL, member("administrator", can_post_messages=False), IncomingKind.MEMBERSHIP, True, False),
        (CHANNEL, member("administrator"), IncomingKind.MEMBERSHIP, True, False),
        (CHANNEL, member("member"), IncomingKind.MEMBERSHIP, True, False),
        (CHANNEL, member("left"), IncomingKind.MEMBERSHIP, False, False),
    ],
)  # fmt: skip
def test_a_membership_says_who_changed_it_and_what_may_be_done(
    chat: dict[str, Any], new: dict[str, Any], kind: IncomingKind, present: bool, can_post: bool
) -> None:
    change = {"chat": chat, "from": ANNA_SAYS, "date": DATE, "new_chat_member": new}
    found = read({"update_id": 3, "my_chat_member": change})
    assert (found.kind, found.present, found.can_post) == (kind, present, can_post)
    assert (found.sender, found.sender_name) == ("11", "Анна Котова")
    assert found.chat_title == chat.get("title", "Анна Котова")


def poll(act: Any, cursor: str | None = None) -> tuple[Any, str, bytes]:
    async def story(base: str) -> tuple[Any, str]:
        bot = Telegram("77:token", base, timeouts=Timeouts(poll=0))
        try:
            return await bot.updates(cursor)
        finally:
            await bot.close()

    with Wire(act) as server:
        batch, after = asyncio.run(story(f"http://127.0.0.1:{server.port}"))
        return batch, after, server.heard[0]


def ok(result: Any) -> bytes:
    return answer(json.dumps({"ok": True, "result": result}).encode())


def test_an_update_that_cannot_be_read_is_passed_over_and_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = {"update_id": 901, "message": {"text": "тайна", "date": "вчера"}}
    good = message(text="раз") | {"update_id": 902}
    with caplog.at_level(logging.WARNING):
        batch, after, _ = poll(saying(ok([broken, good])))
    assert [one.text.text for one in batch] == ["раз"]
    assert after == "903"
    assert "901" in caplog.text
    assert "тайна" not in caplog.text


def test_the_next_poll_begins_behind_the_last_update_and_names_what_it_wants() -> None:
    _, after, heard = poll(saying(ok([])), cursor="903")
    asked = json.loads(heard.partition(b"\r\n\r\n")[2])
    assert after == "903"
    assert asked["offset"] == 903
    assert asked["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]


@pytest.mark.parametrize(
    ("code", "text", "more", "expected"),
    [
        (409, "Conflict: terminated by other getUpdates request", {}, PollConflict),
        (401, "Unauthorized", {}, TokenDead),
        (404, "Not Found", {}, TokenDead),
        (500, "Internal Server Error", {}, MessengerError),
    ],
)
def test_a_poll_that_fails_says_why(
    code: int, text: str, more: dict[str, Any], expected: type[MessengerError]
) -> None:
    body = json.dumps({"ok": False, "error_code": code, "description": text, **more}).encode()
    with pytest.raises(MessengerError) as caught:
        poll(saying(answer(body, f"{code} Something")))
    assert type(caught.value) is expected
    assert text in str(caught.value)


def test_a_throttled_poll_says_how_long_to_wait() -> None:
    body = b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}'
    with pytest.raises(MessengerError) as caught:
        poll(saying(answer(body, "429 Too Many Requests")))
    assert caught.value.retry_after == 7


def test_a_token_of_another_shape_is_dead_before_any_call() -> None:
    bot = Telegram("not a token", "http://127.0.0.1:1")
    with pytest.raises(TokenDead, match="does not look like"):
        asyncio.run(bot.check())


def test_a_late_answer_to_a_button_is_no_error() -> None:
    async def story(town: Town) -> None:
        text = "Bad Request: query is too old and response timeout expired or query ID is invalid"
        town.fault("answerCallbackQuery", "error", code=400, text=text)
        await town.messenger.answer("12345", "Принято")
        town.fault("answerCallbackQuery", "error", code=400, text="Bad Request: other")
        with pytest.raises(MessengerError, match="other"):
            await town.messenger.answer("12345", "Принято")

    play("telegram", story)


def test_adding_the_bot_to_a_channel_comes_in_with_its_rights() -> None:
    async def story(town: Town) -> None:
        chat = town.side.add_chat("channel", "Профком", admins=[OLGA])
        place = Place(str(chat.id), ChatKind.CHANNEL)
        with pytest.raises(MessengerError):
            await town.messenger.rights(place)
        await town.side.do(chat, OLGA, "add_bot", {"account": "news", "bot": "news"})
        joined = (await town.updates())[-1]
        assert joined.kind is IncomingKind.MEMBERSHIP
        assert (joined.chat, joined.chat_title, joined.sender) == (place.chat, "Профком", str(OLGA))
        assert joined.present
        rights = await town.messenger.rights(place)
        assert rights == Rights(True, "Профком", admin=True)
        assert joined.can_post
        await town.side.do(chat, OLGA, "remove_bot", {"account": "news", "bot": "news"})
        gone = (await town.updates())[-1]
        assert (gone.present, gone.can_post) == (False, False)

    play("telegram", story)


def test_a_second_poller_is_told_apart_from_trouble() -> None:
    async def story(town: Town) -> None:
        error = {"code": 409, "text": "Conflict: terminated by other getUpdates request"}
        town.fault("getUpdates", "error", **error)
        with pytest.raises(PollConflict):
            await town.messenger.updates(None)
        await town.meet(ANNA)
        await town.sent(Place(str(ANNA), ChatKind.PRIVATE), text("и дальше"))

    play("telegram", story)


SIZES = [
    {"file_id": "s", "width": 90, "height": 60, "file_size": 900},
    {"file_id": "l", "width": 1280, "height": 853, "file_size": 90000},
    {"file_id": "m", "width": 320, "height": 213, "file_size": 9000},
]
REPORT = {
    "file_id": "d",
    "file_name": "Отчёт.docx",
    "mime_type": "application/msword",
    "file_size": 7,
}


@pytest.mark.parametrize(
    ("content", "files"),
    [
        ({"photo": SIZES}, (IncomingFile("photo", "l", size=90000),)),
        (
            {"document": REPORT},
            (IncomingFile("document", "d", "Отчёт.docx", "application/msword", 7),),
        ),
        ({"document": {"file_id": "d"}}, (IncomingFile("document", "d"),)),
        (
            {"animation": {"file_id": "a", "mime_type": "video/mp4"}, "document": {"file_id": "d"}},
            (IncomingFile("animation", "a", mime="video/mp4"),),
        ),
        (
            {"video": {"file_id": "v", "file_name": "v.mp4"}},
            (IncomingFile("video", "v", "v.mp4"),),
        ),
        ({"voice": {"file_id": "o"}}, (IncomingFile("voice", "o"),)),
        ({"audio": {"file_id": "o"}}, (IncomingFile("audio", "o"),)),
        ({"sticker": {"file_id": "k"}}, ()),
        ({"photo": []}, ()),
        ({"document": {"file_name": "x"}}, ()),
        ({"document": {"file_id": "d", "file_size": "много"}}, (IncomingFile("document", "d"),)),
        ({"text": "слова"}, ()),
    ],
)
def test_what_can_be_fetched_is_told_with_name_and_size(
    content: dict[str, Any], files: tuple[IncomingFile, ...]
) -> None:
    assert read(message(**content)).files == files


def test_an_edited_item_of_an_album_brings_its_file_and_the_albums_name() -> None:
    edited = message(photo=SIZES, media_group_id="77", edit_date=DATE + 5)["message"]
    found = read({"update_id": 901, "edited_message": edited})
    assert (found.kind, found.album) == (IncomingKind.EDITED, "77")
    assert [file.ref for file in found.files] == ["l"]


@pytest.mark.parametrize(
    ("more", "forwarded"),
    [
        ({"forward_origin": {"type": "hidden_user", "sender_user_name": "?"}}, True),
        ({"forward_from": ANNA_SAYS, "forward_date": DATE}, True),
        ({"forward_date": DATE}, True),
        ({"external_reply": {"origin": {"type": "channel"}}, "quote": {"text": "раз"}}, False),
        ({"reply_to_message": {"message_id": 4, "forward_date": DATE}}, False),
        ({}, False),
    ],
)
def test_a_forward_is_told_from_own_words(more: dict[str, Any], forwarded: bool) -> None:
    assert read(message(text="раз", **more)).forwarded is forwarded
