"""Carousels, formatted text, stickers, places, polls and posts in messages: what passes and how people see it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from vk_town import ANNA, BORIS, GROUP, USER_KEY, Town, picture

from sandbox.control.view import show_message
from sandbox.networks import Wrong


def button(label: str = "Иду", kind: str = "text", **action: Any) -> dict[str, Any]:
    return {"action": {"type": kind, "label": label, **action}}


def card(title: str | None = "Собрание", *buttons: dict[str, Any], **more: Any) -> dict[str, Any]:
    shown = {"title": title, "description": "В пять", "buttons": list(buttons) or [button()]}
    return {name: value for name, value in (shown | more).items() if value is not None}


def carousel(*cards: Any, **more: Any) -> str:
    return json.dumps({"type": "carousel", "elements": list(cards), **more})


async def photo(town: Town) -> str:
    """Upload a photo and return its name as a template takes it."""
    where = await town.ok("photos.getMessagesUploadServer", peer_id=ANNA)
    sent = (await town.http.post(where["upload_url"], files={"photo": ("л.png", picture())})).json()
    [saved] = await town.ok("photos.saveMessagesPhoto", **sent)
    return f"{saved['owner_id']}_{saved['id']}"


def seen(town: Town) -> dict[str, Any]:
    """Return Anna's last message as control shows it."""
    return show_message(town.world, town.dialog(), town.last(), "http://sandbox.test")


def test_a_carousel_is_shown_and_its_buttons_are_pressed_by_card_and_place() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        picture_id = await photo(town)
        first = card(
            "Собрание",
            button(payload={"go": 1}),
            button("Сайт", "open_link", link="https://e.org/"),
            photo_id=picture_id,
            action={"type": "open_photo"},
        )
        second = card(
            "Субботник",
            button(payload={"go": 2}),
            button("Сайт", "open_link", link="https://e.org/2"),
            photo_id=picture_id,
            action={"type": "open_link", "link": "https://e.org/3"},
        )
        id_ = await town.send(text="Куда пойдём?", template=carousel(first, second))
        assert [[b.text for b in row] for row in town.last().buttons] == [["Иду", "Сайт"]] * 2
        [shown] = (await town.ok("messages.getById", message_ids=id_))["items"]
        assert [one["title"] for one in shown["template"]["elements"]] == ["Собрание", "Субботник"]
        assert seen(town)["template"][1]["title"] == "Субботник"
        number = town.last().id
        assert await town.vk.press(town.dialog(), ANNA, number, 1, 0) is None
        said = town.events("message_new")[-1]["message"]
        assert (said["text"], json.loads(said["payload"])) == ("Иду", {"go": 2})
        assert await town.vk.press(town.dialog(), ANNA, number, 0, 1) == {"url": "https://e.org/"}
        for row, column in ((2, 0), (0, 2), (-1, 0)):
            with pytest.raises(Wrong, match="no button"):
                await town.vk.press(town.dialog(), ANNA, number, row, column)
        edit = {"peer_id": ANNA, "cmid": number, "message": "Выбрано"}
        await town.ok("messages.edit", **edit, template=carousel(card("Итог")))
        edited = town.dialog().find(number)
        assert edited is not None and [[b.text for b in row] for row in edited.buttons] == [["Иду"]]

    asyncio.run(story())


WRONG: list[tuple[str, str]] = [
    ("{", "template should be a valid JSON"),
    ("[]", "template should be an object"),
    (json.dumps({"type": "list", "elements": [card()]}), "['type'] should be 'carousel'"),
    (carousel(), "['elements'] should be a non-empty array"),
    (json.dumps({"type": "carousel", "elements": {}}), "['elements'] should be a non-empty"),
    (carousel(*[card()] * 11), "['elements'] should contain at most 10"),
    (carousel("card"), "['elements'][0] should be an object"),
    (carousel(card(colour="red")), "['elements'][0] contains unknown fields"),
    (carousel(card("я" * 81)), "['elements'][0]['title'] should be at most 80"),
    (carousel(card(description="я" * 81)), "['elements'][0]['description'] should be at most 80"),
    (carousel(card(None)), "['elements'][0] should contain title or photo_id"),
    (carousel(card(photo_id="-1_1")), "['elements'][0]['photo_id'] is invalid"),
    (carousel(card(buttons=[])), "['elements'][0]['buttons'] should be an array"),
    (carousel(card("Да", *[button()] * 4)), "['buttons'] should be an array of 1 to 3"),
    (carousel(card("Да", button("я" * 41))), "['elements'][0]['buttons'][0] label should be"),
    (carousel(card(buttons=["?"])), "['elements'][0]['buttons'][0] action should be an object"),
    (carousel(card(action={"type": "open_photo"})), "['elements'][0]['action'] is invalid"),
    (carousel(card(action={"type": "open_link"})), "['elements'][0]['action'] is invalid"),
    (carousel(card(), card(description=None)), "['elements'][1] should have the structure"),
    (carousel(card(), card("Да", button(), button())), "['elements'][1] should have the structure"),
]


def test_what_is_no_carousel_is_refused_with_its_place() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        await town.meet()
        for template, text in WRONG:
            params = {"peer_id": ANNA, "message": "!", "random_id": 0, "template": template}
            error = (await town.call("messages.send", **params))["error"]
            assert error["error_code"] == 911, template
            assert error["error_msg"].startswith("Keyboard format is invalid: template"), template
            assert text in error["error_msg"]
        assert len(town.dialog().messages) == 1

    asyncio.run(story())


def test_a_carousel_needs_words_and_tolerates_only_a_usual_keyboard() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        cards = {"peer_id": ANNA, "random_id": 0, "template": carousel(card())}
        assert await town.code("messages.send", **cards, lat="56", long="60") == 100
        keyboard = {"one_time": False, "inline": True, "buttons": [[button()]]}
        both = {**cards, "message": "!", "keyboard": json.dumps(keyboard)}
        error = (await town.call("messages.send", **both))["error"]
        assert error["error_msg"].endswith("Only template or keyboard field should be specified")
        both["keyboard"] = json.dumps({**keyboard, "inline": False})
        await town.ok("messages.send", **both)
        assert town.last().keyboard and town.last().buttons

    asyncio.run(story())


def test_formats_become_what_people_see() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        text = "🙂 важно, и сайт"
        items = [
            {"type": "bold", "offset": 3, "length": 5},
            {"type": "italic", "offset": 3, "length": 5},
            {"type": "underline", "offset": 10, "length": 1},
            {"type": "url", "offset": 12, "length": 4, "url": "https://e.org/"},
        ]
        for version in (1, "1"):
            wire = {"version": version, "items": items}
            id_ = await town.send(text=text, format_data=json.dumps(wire))
            html = seen(town)["html"]
            assert "<b><i>важно</i></b>, <u>и</u> <a href=" in html and ">сайт</a>" in html
            [shown] = (await town.ok("messages.getById", message_ids=id_))["items"]
            assert shown["format_data"] == {"version": "1", "items": items}
        await town.ok("messages.edit", peer_id=ANNA, message_id=id_, message="Просто")
        assert seen(town)["html"] == "Просто"

    asyncio.run(story())


BOLD = {"type": "bold", "offset": 0, "length": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        json.dumps({"items": [BOLD]}),
        json.dumps({"version": 2, "items": [BOLD]}),
        json.dumps({"version": 1, "items": [{**BOLD, "type": "blink"}]}),
        json.dumps({"version": 1, "items": [{**BOLD, "offset": -1}]}),
        json.dumps({"version": 1, "items": [{**BOLD, "length": 0}]}),
        json.dumps({"version": 1, "items": [{**BOLD, "length": "1"}]}),
        json.dumps({"version": 1, "items": [{**BOLD, "type": "url"}]}),
        json.dumps({"version": 1, "items": ["bold"]}),
    ],
)
def test_formats_of_another_shape_are_refused(wrong: str) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        params = {"peer_id": ANNA, "message": "!", "random_id": 0, "format_data": wrong}
        error = (await town.call("messages.send", **params))["error"]
        assert (error["error_code"], "format_data is invalid" in error["error_msg"]) == (100, True)

    asyncio.run(story())


def test_a_sticker_goes_alone_and_cannot_be_edited() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send(text="не видно", sticker_id=163)
        assert [one["kind"] for one in seen(town)["media"]] == ["sticker"]
        [shown] = (await town.ok("messages.getById", message_ids=id_))["items"]
        [sticker] = shown["attachments"]
        assert (shown["text"], sticker["sticker"]["sticker_id"]) == ("", 163)
        url = sticker["sticker"]["images"][0]["url"]
        assert (await town.http.get(url)).content.startswith(b"\x89PNG")
        edit = {"peer_id": ANNA, "message_id": id_, "message": "Слова"}
        assert await town.code("messages.edit", **edit) == 920

    asyncio.run(story())


def test_a_place_needs_no_words() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        id_ = await town.send(text="", lat="56.85", long="60.6")
        [shown] = (await town.ok("messages.getById", message_ids=id_))["items"]
        assert shown["geo"]["coordinates"] == {"latitude": 56.85, "longitude": 60.6}
        assert seen(town)["location"] == {"latitude": 56.85, "longitude": 60.6}
        where = {"action": {"type": "location", "payload": '{"where":1}'}}
        keyboard = {"one_time": True, "inline": False, "buttons": [[where]]}
        await town.send(keyboard=json.dumps(keyboard))
        assert await town.vk.press(town.dialog(), ANNA, town.last().id, 0, 0) is None
        told = town.events("message_new")[-1]["message"]
        assert (told["text"], told["payload"]) == ("", '{"where":1}')
        assert told["geo"]["coordinates"]["latitude"] == 55.7539

    asyncio.run(story())


def test_a_post_and_a_poll_are_attached_by_name() -> None:
    async def story() -> None:
        town = Town()
        await town.meet(ANNA, BORIS)
        post = {"owner_id": -GROUP, "from_group": 1, "message": "Собрание"}
        number = (await town.ok("wall.post", USER_KEY, **post))["post_id"]
        made = {"owner_id": -GROUP, "question": "Идём?", "add_answers": '["Да","Нет"]'}
        poll = await town.ok("polls.create", USER_KEY, **made)
        names = f"wall-{GROUP}_{number},poll{poll['owner_id']}_{poll['id']}"
        sent = {"peer_ids": f"{ANNA},{BORIS}", "attachment": names, "random_id": 0}
        for entry in await town.ok("messages.send", **sent):
            [shown] = (await town.ok("messages.getById", message_ids=entry["message_id"]))["items"]
            kinds = {one["type"]: one for one in shown["attachments"]}
            assert kinds["wall"]["wall"]["text"] == "Собрание"
            assert kinds["poll"]["poll"]["question"] == "Идём?"
        assert seen(town)["poll"]["question"] == "Идём?"
        assert town.last(ANNA).poll is not town.last(BORIS).poll

    asyncio.run(story())
