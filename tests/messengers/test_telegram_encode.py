"""Parts as calls of the Bot API: what exactly is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.messenger import Button, MediaFile, Part, Place
from core.richtext import RichText, Style, plain, styled
from core.words import ChatKind
from messengers.telegram.encode import delete_calls, edit_calls, send_call

CHANNEL = Place("-100777", ChatKind.CHANNEL)


def media(sha: str, ref: str | None = None) -> MediaFile:
    return MediaFile(sha, Path("nowhere") / sha, "image/jpeg", "фото.jpg", ref)


def params(part: Part, place: Place = CHANNEL) -> dict[str, Any]:
    return dict(send_call(place, part).params)


def test_styles_go_as_entities_in_utf16_units_and_never_as_markup() -> None:
    rich = (
        plain("👋 ")
        + styled("<b>Ёлка</b>", Style.BOLD)
        + plain(" & ")
        + styled("сайт", Style.LINK, "https://prof.example/?a=1&b=2")
    )
    sent = params(Part(rich))
    assert sent["text"] == "👋 <b>Ёлка</b> & сайт"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 11},
        {"type": "text_link", "offset": 17, "length": 4, "url": "https://prof.example/?a=1&b=2"},
    ]
    assert "parse_mode" not in sent


def test_a_topic_silence_and_no_preview_are_said() -> None:
    place = Place("-100777", ChatKind.GROUP, topic="12")
    sent = params(Part(plain("Новость"), preview=False, silent=True), place)
    assert sent["chat_id"] == -100777
    assert sent["message_thread_id"] == 12
    assert sent["disable_notification"] is True
    assert sent["link_preview_options"] == {"is_disabled": True}


def test_a_channel_may_be_named() -> None:
    assert params(Part(plain("Новость")), Place("@prof", ChatKind.CHANNEL))["chat_id"] == "@prof"


def test_buttons_stand_in_their_rows() -> None:
    buttons = (
        (Button("Да", "1.0"), Button("Нет", "1.1")),
        (Button("Сайт", url="https://a.example"),),
    )
    assert params(Part(plain("Ну?"), buttons=buttons))["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Да", "callback_data": "1.0"}, {"text": "Нет", "callback_data": "1.1"}],
            [{"text": "Сайт", "url": "https://a.example"}],
        ]
    }


def test_an_album_uploads_only_what_has_no_reference() -> None:
    part = Part(plain("Подпись"), (media("a", "ref-a"), media("b")))
    call = send_call(CHANNEL, part)
    assert call.method == "sendMediaGroup"
    first, second = call.params["media"]
    assert first == {
        "type": "photo",
        "media": "ref-a",
        "caption": "Подпись",
        "caption_entities": [],
    }
    assert second == {"type": "photo", "media": "attach://file0"}
    assert [(name, file.sha) for name, file in call.files] == [("file0", "b")]


def test_one_picture_has_its_caption_and_buttons() -> None:
    part = Part(plain("Подпись"), (media("a", "ref-a"),), ((Button("Да", "1"),),))
    call = send_call(CHANNEL, part)
    assert (call.method, call.params["photo"], call.params["caption"]) == (
        "sendPhoto",
        "ref-a",
        "Подпись",
    )
    assert "reply_markup" in call.params


def test_an_albums_edit_is_one_call_an_item_with_the_text_on_the_first() -> None:
    part = Part(plain("Стало"), (media("a", "ref-a"), media("b")))
    calls = edit_calls(CHANNEL, ["5", "6"], part)
    assert [call.method for call in calls] == ["editMessageMedia"] * 2
    assert [call.params["message_id"] for call in calls] == [5, 6]
    assert calls[0].params["media"]["caption"] == "Стало"
    assert "caption" not in calls[1].params["media"]
    assert [file.sha for _, file in calls[1].files] == ["b"]


def test_deletions_go_a_hundred_at_once() -> None:
    [one] = delete_calls(CHANNEL, ["5"])
    assert (one.method, one.params["message_id"]) == ("deleteMessage", 5)
    many = delete_calls(CHANNEL, [str(n) for n in range(1, 251)])
    assert {call.method for call in many} == {"deleteMessages"}
    assert [len(call.params["message_ids"]) for call in many] == [100, 100, 50]


@pytest.mark.parametrize(
    "part",
    [
        Part(plain("Выбор"), (media("a"), media("b")), ((Button("Да", "1"),),)),
        Part(RichText("я" * 1025), (media("a"),)),
        Part(plain("Выбор"), buttons=((Button("Да", "ж" * 33),),)),  # 66 bytes
        Part(plain("Выбор"), buttons=((),)),
    ],
)
def test_a_part_that_telegram_cannot_take_is_a_mistake_of_ours(part: Part) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        send_call(CHANNEL, part)


def test_limits_are_in_code_points() -> None:
    assert params(Part(plain("👋" * 4096)))["text"] == "👋" * 4096
    with pytest.raises(ValueError, match="4097"):
        params(Part(plain("👋" * 4097)))
