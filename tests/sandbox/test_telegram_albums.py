"""sendMediaGroup: what may be an album, and what is left in the chat when it fails."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from telegram_town import CHANNEL, Town, in_town, png

CONTENT = {"photo": png(), "video": b"mp4", "document": b"%PDF", "audio": b"mp3"}


async def album(town: Town, *kinds: str, **more: Any) -> Any:
    """Send an album of freshly uploaded files and return the whole answer."""
    items = [{"type": kind, "media": f"attach://f{n}", **more} for n, kind in enumerate(kinds)]
    files = {f"f{n}": (f"{n}.bin", CONTENT[kind]) for n, kind in enumerate(kinds)}
    return await town.upload("sendMediaGroup", files, chat_id=CHANNEL, media=json.dumps(items))


@pytest.mark.parametrize(
    "kinds",
    [
        ("photo", "video"),
        ("document", "document"),
        ("audio", "audio", "audio"),
        ("video",),
        ("photo",) * 10,
    ],
)
def test_an_album_holds_pictures_and_films_or_one_kind_of_file(kinds: tuple[str, ...]) -> None:
    async def story(town: Town) -> None:
        sent = await album(town, *kinds)
        assert [next(k for k in CONTENT if k in message) for message in sent] == list(kinds)
        assert len({message.get("media_group_id") for message in sent}) == 1
        assert ("media_group_id" in sent[0]) is (len(kinds) > 1)

    in_town(story)


X = {"type": "photo", "media": "x"}
UNREAD = "can't parse InputMedia: "


@pytest.mark.careless("albums that nobody can read")
@pytest.mark.parametrize(
    ("media", "says"),
    [
        (None, 'parameter "media" is required'),
        ("{", "can't parse media JSON object"),
        ({}, "expected an Array of InputMedia"),
        ([1], f"{UNREAD}expected an Object"),
        ([{"type": "photo"}], f"{UNREAD}media not found"),
        ([{"type": "photo", "media": "attach://nothing"}], f"{UNREAD}media not found"),
        ([{"media": "x"}], f'{UNREAD}Can\'t find field "type"'),
        ([{"type": "sticker", "media": "x"}], f'{UNREAD}type "sticker" is unsupported'),
        ([X, {"type": "animation", "media": "x"}], f'{UNREAD}type "animation" can\'t be used in sendMediaGroup'),
        ([X, {**X, "caption": "<b>", "parse_mode": "HTML"}],
         f'{UNREAD}Can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
        ([X, {**X, "caption": "я" * 1025}], "message caption is too long"),
        ([], "there are no messages to send"),
        ([X] * 11, "too many messages to send as an album"),
        ([X, {"type": "document", "media": "x"}], "document can't be mixed with other media types"),
        ([X, {"type": "audio", "media": "x"}], "audio can't be mixed with other media types"),
        ([{"type": "audio", "media": "x"}, {"type": "document", "media": "x"}], "audio can't be mixed with other media types"),
        ([X, {**X, "show_caption_above_media": True}], "parameter show_caption_above_media must be the same for all messages"),
        ([X], 'failed to send message #1 with the error message "Wrong file identifier/HTTP URL specified"'),
    ],
)  # fmt: skip
def test_an_album_that_is_refused_beforehand_leaves_nothing(media: Any, says: str) -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("sendMediaGroup", chat_id=CHANNEL, media=media)
        assert refused == (400, f"Bad Request: {says}")
        assert town.side.find_chat("Новости", None).messages == []
        assert town.gate.calls.read()["calls"][-1]["effect"] is False

    in_town(story)


def test_a_broken_file_names_its_item_and_keeps_the_others_back() -> None:
    async def story(town: Town) -> None:
        photo = (await town.upload("sendPhoto", {"photo": ("1.png", png())}, chat_id=CHANNEL))[
            "photo"
        ][-1]
        items = [
            {"type": "photo", "media": photo["file_id"]},
            {"type": "photo", "media": "attach://f"},
        ]
        url, form = town.url("sendMediaGroup"), aiohttp.FormData()
        form.add_field("chat_id", str(CHANNEL))
        form.add_field("media", json.dumps(items))
        form.add_field("f", b"no picture", filename="f.png")
        async with town.http.post(url, data=form) as answer:
            body = await answer.json()
        words = 'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"'
        assert body["description"] == f"Bad Request: {words}"
        assert len(town.side.find_chat("Новости", None).messages) == 1

    in_town(story)


@pytest.mark.parametrize(
    ("fault", "stay", "code", "says"),
    [
        ({"do": "error", "code": 400, "text": "Bad Request: MEDIA_INVALID", "item": 3}, 2, 400,
         'Bad Request: failed to send message #3 with the error message "MEDIA_INVALID"'),
        ({"do": "error", "code": 400, "text": "Bad Request: MEDIA_INVALID", "item": 1}, 0, 400,
         'Bad Request: failed to send message #1 with the error message "MEDIA_INVALID"'),
        ({"do": "throttle", "retry_after": 7, "item": 2}, 1, 429, "Too Many Requests: retry after 7"),
        ({"do": "error", "code": 500, "text": "Internal Server Error", "item": 2}, 1, 500, "Internal Server Error"),
    ],
)  # fmt: skip
def test_an_album_that_fails_half_way_leaves_what_went_before(
    fault: dict[str, Any], stay: int, code: int, says: str
) -> None:
    async def story(town: Town) -> None:
        photo = (await town.upload("sendPhoto", {"photo": ("1.png", png())}, chat_id=CHANNEL))[
            "photo"
        ][-1]
        town.gate.faults.add({"network": "telegram", "times": 1, **fault})
        await town.call("sendMessage", chat_id=CHANNEL, text="другого не касается")
        items = [{"type": "photo", "media": photo["file_id"]}] * 3
        body = await town.raw("sendMediaGroup", chat_id=CHANNEL, media=items)
        assert (body["error_code"], body["description"]) == (code, says)
        if code == 429:
            assert body["parameters"] == {"retry_after": 7}
        there = town.side.find_chat("Новости", None).messages[2:]
        assert len(there) == stay
        logged = town.gate.calls.read()["calls"][-1]
        assert (logged["effect"], logged["messages"]) == (stay > 0, [m.id for m in there])
        assert len(await town.call("sendMediaGroup", chat_id=CHANNEL, media=items)) == 3

    in_town(story)


@pytest.mark.parametrize(
    "order",
    [
        {"do": "html502", "item": 1},
        {"do": "error", "code": 400, "text": "x", "item": 0},
        {"do": "error", "code": 400, "text": "x", "item": "второй"},
    ],
)
def test_an_order_for_an_item_that_makes_no_sense_is_refused(order: dict[str, Any]) -> None:
    async def story(town: Town) -> None:
        async with town.http.post(f"{town.sandbox.url}/control/faults", json=order) as answer:
            assert answer.status == 400
            assert "item" in (await answer.json())["error"]

    in_town(story)


def test_a_caption_above_and_a_spoiler_belong_to_items() -> None:
    async def story(town: Town) -> None:
        sent = await album(
            town, "photo", "photo", show_caption_above_media=True, has_spoiler=True, caption="x"
        )
        for message in sent:
            assert (message["show_caption_above_media"], message["has_media_spoiler"]) == (
                True,
                True,
            )

    in_town(story)


def test_an_album_is_one_message_for_each_item_under_one_group() -> None:
    async def story(town: Town) -> None:
        sent = await album(town, "photo", "photo", "photo")
        assert [m["message_id"] for m in sent] == [1, 2, 3]
        assert len({m["media_group_id"] for m in sent}) == 1
        assert town.gate.calls.read()["calls"][-1]["messages"] == [1, 2, 3]

    in_town(story)


def test_an_album_counts_its_items_against_the_limits() -> None:
    async def story(town: Town) -> None:
        town.gate.limits.change({"telegram": {"on": True, "channel": {"count": 5, "per_s": 60}}})
        await album(town, *["photo"] * 5)
        body = await town.raw("sendMessage", chat_id=CHANNEL, text="x")
        assert body["error_code"] == 429
        assert 59 <= body["parameters"]["retry_after"] <= 60

    in_town(story)
