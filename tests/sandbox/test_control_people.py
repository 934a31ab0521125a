"""People write, press and look through control, and are told what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asked import Asked

from sandbox.sites.pictures import draw

OLGA, IVAN = 1001, 1002
PRIVATE: dict[str, Any] = {"network": "telegram", "chat": "herald", "as": OLGA}


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked() as asked:
        asked.post(
            "/control/world",
            {
                "people": [{"name": "Ольга Смирнова"}, {"name": "Иван Кузнецов"}, {"name": "Иван Орлов"}],
                "accounts": [
                    {"network": "telegram", "name": "herald", "title": "Вестник"},
                    {"network": "vk", "name": "union", "title": "Профсоюз", "admins": [IVAN]},
                ],
                "chats": [
                    {"network": "telegram", "kind": "channel", "title": "Новости", "members": [OLGA],
                     "admins": [IVAN], "bots": ["herald"], "username": "@news"},
                    {"network": "telegram", "kind": "group", "title": "Цех", "members": [IVAN]},
                ],
            },
        )  # fmt: skip
        yield asked


def test_what_a_person_says_is_seen_in_the_dialog(town: Asked) -> None:
    made = town.post("/control/say", {**PRIVATE, "text": "привет"})
    assert made == {"messages": [1]}
    [message] = town.seen("herald", OLGA)
    assert set(message) == {
        "id", "at", "from", "from_id", "text", "html", "media", "buttons", "edited", "album", "topic", "reply_to",
    }  # fmt: skip
    assert (message["from"], message["from_id"], message["text"]) == (
        "Ольга Смирнова",
        OLGA,
        "привет",
    )
    assert message["at"].endswith("+00:00")


@pytest.mark.parametrize("who", [OLGA, str(OLGA), "Ольга Смирнова", "ольга"])
def test_a_person_is_meant_by_id_or_name(town: Asked, who: int | str) -> None:
    town.post("/control/say", {**PRIVATE, "as": who, "text": "я"})
    assert town.seen("herald", OLGA)[0]["from_id"] == OLGA


@pytest.mark.parametrize("chat", ["@news", "Новости", "-1002000000001", -1002000000001])
@pytest.mark.parametrize("network", ["telegram", "Telegram", "tg"])
def test_a_chat_is_meant_by_id_username_or_title(
    town: Asked, chat: int | str, network: str
) -> None:
    town.post("/control/say", {"network": network, "chat": chat, "as": IVAN, "text": "всем"})
    assert [m["from"] for m in town.seen(str(chat), OLGA)] == ["Новости"]


@pytest.mark.parametrize(
    ("body", "mended_by"),
    [
        ({}, "network"),
        ({**PRIVATE}, "text or media"),
        ({**PRIVATE, "text": "а", "txt": "б"}, "txt"),
        ({**PRIVATE, "as": 5, "text": "а"}, "1001 Ольга Смирнова"),
        ({**PRIVATE, "as": "Иван", "text": "а"}, "give the id"),
        ({**PRIVATE, "network": "icq", "text": "а"}, "telegram, vk"),
        ({**PRIVATE, "chat": "nobody", "text": "а"}, "nobody"),
        ({**PRIVATE, "text": 5}, "text"),
        ({**PRIVATE, "chat": "Цех", "text": "а"}, "Цех"),
        ({**PRIVATE, "chat": "@news", "text": "а"}, ""),
        (
            {**PRIVATE, "media": [{"kind": "photo", "url": "https://elsewhere.test/a.jpg"}]},
            "base64",
        ),
        ({**PRIVATE, "media": [{"kind": "photo", "url": "/control/files/none"}]}, "404"),
        ({**PRIVATE, "media": [{"kind": "photo", "base64": "!!"}]}, "base64"),
        ({**PRIVATE, "media": [{"kind": "photo", "base64": "AAAA"}]}, "document"),
        ({**PRIVATE, "media": [{"kind": "gif", "base64": "AAAA"}]}, "photo"),
        ({**PRIVATE, "text": "а", "reply_to": "x"}, "reply_to"),
    ],
)
def test_a_wrong_say_is_refused_with_the_way_out(
    town: Asked, body: dict[str, Any], mended_by: str
) -> None:
    answer = town.try_post("/control/say", body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert mended_by in answer.json()["error"]


def test_a_body_that_is_no_json_is_refused(town: Asked) -> None:
    async def act(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/control/say", content=b"\xff{")

    answer = town.together(act)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


def test_an_unknown_call_is_answered_in_json(town: Asked) -> None:
    answer = town.get("/control/nonsense")
    assert answer.status_code == 404
    assert "docs/sandbox.md" in answer.json()["error"]


def test_a_picture_goes_in_and_can_be_fetched_again(town: Asked) -> None:
    content = draw("town", 1)
    photo = {"kind": "photo", "base64": base64.b64encode(content).decode(), "name": "двор.jpg"}
    town.post("/control/say", {**PRIVATE, "text": "смотрите", "media": [photo]})
    [media] = town.seen("herald", OLGA)[0]["media"]
    assert set(media) == {"kind", "url", "name"}
    answer = town.get(media["url"])
    assert answer.content == content
    assert answer.headers["content-type"] == "image/jpeg"


def test_a_data_url_and_an_own_address_are_taken(town: Asked) -> None:
    encoded = base64.b64encode(draw("cup", 1)).decode()
    town.post("/control/say", {**PRIVATE, "media": [{"url": f"data:image/jpeg;base64,{encoded}"}]})
    first = town.seen("herald", OLGA)[0]["media"][0]["url"]
    town.post("/control/say", {**PRIVATE, "media": [{"kind": "photo", "url": first}]})
    assert town.seen("herald", OLGA)[1]["media"][0]["url"] == first


def test_an_album_is_several_messages_of_one_album(town: Asked) -> None:
    media = [{"base64": base64.b64encode(draw("cup", n)).decode()} for n in range(3)]
    made = town.post("/control/say", {**PRIVATE, "text": "три", "media": media, "album": True})
    albums = {m["album"] for m in town.seen("herald", OLGA)}
    assert len(made["messages"]) == 3
    assert len(albums) == 1
    assert None not in albums


def test_a_file_that_is_no_picture_is_not_shown_as_a_page(town: Asked) -> None:
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    town.post(
        "/control/say",
        {**PRIVATE, "media": [{"kind": "document", "base64": page, "name": "a.html"}]},
    )
    answer = town.get(town.seen("herald", OLGA)[0]["media"][0]["url"])
    assert answer.headers["content-disposition"] == "attachment"


def test_somebody_outside_does_not_see_a_group(town: Asked) -> None:
    answer = town.get(f"/control/chats/telegram/Цех?as={OLGA}")
    assert answer.status_code == 400
    assert "join" in answer.json()["error"]


def test_an_admin_answers_in_the_communitys_dialog(town: Asked) -> None:
    town.post(
        "/control/say", {"network": "vk", "chat": "union", "as": OLGA, "text": "как вступить?"}
    )
    town.post(
        "/control/say", {"network": "vk", "chat": f"union:{OLGA}", "as": IVAN, "text": "легко"}
    )
    texts = [(m["from"], m["text"]) for m in town.seen("union", OLGA, "vk")]
    assert texts == [("Ольга Смирнова", "как вступить?"), ("Профсоюз", "легко")]


def test_a_stranger_does_not_see_anothers_dialog(town: Asked) -> None:
    town.post("/control/say", {"network": "vk", "chat": "union", "as": IVAN, "text": "я"})
    assert town.get(f"/control/chats/vk/union:{IVAN}?as={OLGA}").status_code == 400


@pytest.fixture
def asked_question(town: Asked) -> Asked:
    town.post("/control/do", {**PRIVATE, "what": "start", "payload": "site"})
    rows = [
        [{"text": "Да", "callback_data": "y"}, {"text": "Да, но позже", "callback_data": "l"}],
        [{"text": "Сайт", "url": "https://example.org/"}],
    ]
    town.bot("sendMessage", chat_id=OLGA, text="Придёте?", reply_markup={"inline_keyboard": rows})
    return town


def test_start_carries_its_payload(asked_question: Asked) -> None:
    assert asked_question.seen("herald", OLGA)[0]["text"] == "/start site"


def test_buttons_are_shown_with_their_addresses(asked_question: Asked) -> None:
    assert asked_question.seen("herald", OLGA)[1]["buttons"] == [
        [{"text": "Да"}, {"text": "Да, но позже"}],
        [{"text": "Сайт", "url": "https://example.org/"}],
    ]


@pytest.mark.parametrize("button", ["Сайт", " сайт ", "Са", {"row": 1, "column": 0}, [1, 0]])
@pytest.mark.parametrize("message", [2, None])
def test_a_button_is_meant_by_text_or_place(
    asked_question: Asked, button: Any, message: int | None
) -> None:
    shown = asked_question.post("/control/press", {**PRIVATE, "message": message, "button": button})
    assert shown == {"url": "https://example.org/"}


@pytest.mark.parametrize(
    ("button", "data"), [("Да", "y"), ("да", "y"), ("да,", "l"), ([0, 1], "l")]
)
def test_a_press_shows_what_the_bot_answers(asked_question: Asked, button: Any, data: str) -> None:
    async def act(client: httpx.AsyncClient) -> Any:
        press = {**PRIVATE, "message": 2, "button": button}
        pressed = asyncio.create_task(client.post("/control/press", json=press))
        token = asked_question.sandbox.world.accounts["telegram", "herald"].token
        got = await client.post(
            f"/telegram/bot{token}/getUpdates", json={"offset": -1, "timeout": 5}
        )
        [update] = got.json()["result"]
        query = update["callback_query"]
        answer = {"callback_query_id": query["id"], "text": query["data"], "show_alert": True}
        await client.post(f"/telegram/bot{token}/answerCallbackQuery", json=answer)
        return (await pressed).json()

    # The start and the press may come in either order of polls: drop what came before the press.
    [last] = asked_question.bot("getUpdates", offset=-1)
    asked_question.bot("getUpdates", offset=last["update_id"] + 1)
    assert asked_question.together(act) == {"text": data, "alert": True}


@pytest.mark.parametrize("button", ["Нет", "", None, {"row": 9, "column": 0}, [0], "Д"])
def test_an_unknown_or_ambiguous_button_is_refused(asked_question: Asked, button: Any) -> None:
    answer = asked_question.try_post("/control/press", {**PRIVATE, "message": 2, "button": button})
    assert answer.status_code == 400


def test_a_reply_keyboard_is_pressed_like_a_button(asked_question: Asked) -> None:
    keyboard = {"keyboard": [[{"text": "Меню"}]]}
    asked_question.bot("sendMessage", chat_id=OLGA, text="вот", reply_markup=keyboard)
    assert asked_question.seen("herald", OLGA)[-1]["keyboard"] == [[{"text": "Меню"}]]
    asked_question.post("/control/press", {**PRIVATE, "button": "Меню"})
    assert asked_question.seen("herald", OLGA)[-1]["text"] == "Меню"


def test_an_edited_message_says_so_and_a_deleted_one_is_gone(asked_question: Asked) -> None:
    asked_question.bot("editMessageText", chat_id=OLGA, message_id=2, text="Точно?")
    message = asked_question.seen("herald", OLGA)[1]
    assert message["text"] == "Точно?"
    assert message["edited"]
    asked_question.bot("deleteMessage", chat_id=OLGA, message_id=2)
    assert [m["id"] for m in asked_question.seen("herald", OLGA)] == [1]


@pytest.mark.parametrize("key", ["bot", "account"])
def test_an_owner_adds_a_bot(town: Asked, key: str) -> None:
    town.post("/control/world", {"accounts": [{"network": "telegram", "name": "crier"}]})
    town.post(
        "/control/do",
        {"network": "telegram", "chat": "@news", "as": IVAN, "what": "add_bot", key: "crier"},
    )
    chats = town.get("/control/world").json()["chats"]
    seat = next(m for c in chats for m in c["members"] if m["name"] == "crier")
    assert seat["status"] == "administrator"


def test_waiting_ends_with_the_next_message(town: Asked) -> None:
    town.post("/control/say", {**PRIVATE, "text": "раз"})
    version = town.get(f"/control/chats/telegram/herald?as={OLGA}").json()["version"]

    async def act(client: httpx.AsyncClient) -> Any:
        path = f"/control/chats/telegram/herald?as={OLGA}&wait=30&after={version}"
        waiting = asyncio.create_task(client.get(path))
        await asyncio.sleep(0)
        await client.post("/control/say", json={**PRIVATE, "text": "два"})
        return (await waiting).json()

    assert [m["text"] for m in town.together(act)["messages"]] == ["раз", "два"]


def test_waiting_for_an_older_version_answers_at_once(town: Asked) -> None:
    town.post("/control/say", {**PRIVATE, "text": "раз"})
    answer = town.get(f"/control/chats/telegram/herald?as={OLGA}&wait=60&after=0")
    assert len(answer.json()["messages"]) == 1


def test_seen_lists_what_a_person_has_and_no_keys(town: Asked) -> None:
    town.post("/control/say", {**PRIVATE, "text": "раз"})
    answer = town.get(f"/control/seen?as={OLGA}")
    chats = answer.json()["chats"]
    assert [(c["title"], c["kind"]) for c in chats] == [
        ("Профсоюз", "wall"),
        ("Новости", "channel"),
        ("Ольга Смирнова", "private"),
    ]
    assert chats[-1]["last"]["text"] == "раз"
    assert "token" not in answer.text


PHOTO = {"kind": "photo", "base64": base64.b64encode(draw("road", 1)).decode(), "name": "31f2.jpg"}
FILE = {"kind": "document", "base64": "JVBERi0=", "name": "Отчёт.pdf"}


@pytest.mark.parametrize(
    ("order", "preview"),
    [
        ({"text": "Подпись", "media": [PHOTO, PHOTO, PHOTO], "album": True}, "Подпись"),
        ({"media": [PHOTO, PHOTO, PHOTO], "album": True}, "Фотографии: 3"),
        ({"media": [PHOTO]}, "Фото"),
        ({"media": [FILE]}, "Отчёт.pdf"),
        ({"media": [FILE, FILE], "album": True}, "Файлы: 2"),
    ],
)
@pytest.mark.parametrize(("network", "chat"), [("telegram", "herald"), ("vk", "union")])
def test_a_chat_in_the_list_shows_what_was_said_last(
    town: Asked, network: str, chat: str, order: dict[str, Any], preview: str
) -> None:
    town.post("/control/say", {"network": network, "chat": chat, "as": OLGA, "text": "раньше"})
    town.post("/control/say", {"network": network, "chat": chat, "as": OLGA, **order})
    chats = town.get(f"/control/seen?as={OLGA}").json()["chats"]
    dialogs = [c for c in chats if (c["network"], c["kind"]) == (network, "private")]
    assert [c["last"]["text"] for c in dialogs] == [preview]


def test_addresses_in_plain_vk_messages_are_links(town: Asked) -> None:
    said = {"network": "vk", "chat": "union", "as": OLGA, "text": "Читайте https://a.ru/б."}
    town.post("/control/say", said)
    [message] = town.seen("union", OLGA, "vk")
    assert '<a href="https://a.ru/б"' in message["html"]
    assert message["html"].endswith("</a>.")
