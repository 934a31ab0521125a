"""What people send to a bot through control, and how each platform's API then gives it out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from asked import Asked

from sandbox.sites.pictures import draw

OLGA, IVAN = 1001, 1002
TELEGRAM: dict[str, Any] = {"network": "telegram", "chat": "herald", "as": OLGA}
VK: dict[str, Any] = {"network": "vk", "chat": "union", "as": OLGA}


@pytest.fixture
def town() -> Iterator[Asked]:
    with Asked() as asked:
        asked.post(
            "/control/world",
            {
                "people": [{"name": "Ольга Смирнова"}, {"name": "Иван Кузнецов"}],
                "accounts": [
                    {"network": "telegram", "name": "herald"},
                    {"network": "vk", "name": "union", "admins": [IVAN]},
                ],
            },
        )
        yield asked


def file(kind: str, content: bytes, **more: str) -> dict[str, str]:
    return {"kind": kind, "base64": base64.b64encode(content).decode(), **more}


def told(town: Asked, kind: str = "message") -> list[dict[str, Any]]:
    """Return what waits for the Telegram bot."""
    return [update[kind] for update in town.bot("getUpdates") if kind in update]


def events(town: Asked, name: str = "message_new") -> list[dict[str, Any]]:
    """Return what waits for the community, as its long poll gives it out."""
    account = town.sandbox.world.account("vk", "union")
    assert account is not None
    key = {"v": "5.199", "access_token": account.token, "group_id": account.id}
    where = town.post("/vk/method/groups.getLongPollServer", key)["response"]
    answer = town.get(f"{where['server']}?act=a_check&key={where['key']}&ts=1&wait=0").json()
    objects = [one["object"] for one in answer["updates"] if one["type"] == name]
    return [one.get("message", one) for one in objects]


def fetched(town: Asked, file_id: str) -> bytes:
    found = town.bot("getFile", file_id=file_id)
    account = town.sandbox.world.account("telegram", "herald")
    assert account is not None
    content = town.get(f"/telegram/file/bot{account.token}/{found['file_path']}").content
    assert found["file_size"] == len(content)
    return content


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("Отчёт.docx", b"PK\x03\x04 words", "application/vnd.openxmlformats-"),
        ("снимок.jpg", draw("cup", 1), "image/jpeg"),
    ],
)
def test_a_document_goes_to_both_networks_with_its_name_and_bytes(
    town: Asked, name: str, content: bytes, mime: str
) -> None:
    for where in (TELEGRAM, VK):
        town.post("/control/say", {**where, "media": [file("document", content, name=name)]})
    [message] = told(town)
    document = message["document"]
    assert (document["file_name"], document["file_size"]) == (name, len(content))
    assert document["mime_type"].startswith(mime)
    assert fetched(town, document["file_id"]) == content
    [attachment] = events(town)[0]["attachments"]
    doc = attachment["doc"]
    assert (doc["title"], doc["ext"], doc["size"]) == (name, name[-4:].strip("."), len(content))
    assert doc["url"].startswith("http://sandbox.test/")
    assert town.get(doc["url"]).content == content


def test_an_album_is_messages_on_telegram_and_attachments_on_vk(town: Asked) -> None:
    contents = [draw("cup", number) for number in range(3)]
    media = [file("photo", content) for content in contents]
    for where in (TELEGRAM, VK):
        town.post("/control/say", {**where, "text": "Три", "media": media, "album": True})
    messages = told(town)
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Три", None, None]
    assert [fetched(town, message["photo"][-1]["file_id"]) for message in messages] == contents
    [message] = events(town)
    assert message["text"] == "Три"
    sizes = [one["photo"]["sizes"] for one in message["attachments"]]
    assert [town.get(one[-1]["url"]).content for one in sizes] == contents


def test_every_picture_of_an_album_may_have_a_caption_of_its_own(town: Asked) -> None:
    media = [file("photo", draw("cup", 1)), file("photo", draw("cup", 2), caption="Второй #тег")]
    for where in (TELEGRAM, VK):
        town.post("/control/say", {**where, "text": "Два", "media": media, "album": True})
    first, second = told(town)
    assert (first["caption"], second["caption"]) == ("Два", "Второй #тег")
    assert second["caption_entities"] == [{"type": "hashtag", "offset": 7, "length": 4}]
    assert [one["photo"]["text"] for one in events(town)[0]["attachments"]] == ["", "Второй #тег"]


def test_a_caption_is_edited_and_a_picture_replaced(town: Asked) -> None:
    for where in (TELEGRAM, VK):
        media = [file("photo", draw("cup", 1))]
        town.post("/control/say", {**where, "text": "Было", "media": media})
        edit = {**where, "what": "edit", "message": 1}
        town.post("/control/do", {**edit, "text": "Стало"})
        town.post("/control/do", {**edit, "media": [file("photo", draw("cup", 2))]})
    worded, replaced = told(town, "edited_message")
    assert (worded["caption"], replaced["caption"]) == ("Стало", "Стало")
    assert worded["edit_date"]
    contents = [fetched(town, one["photo"][-1]["file_id"]) for one in (worded, replaced)]
    assert contents == [draw("cup", 1), draw("cup", 2)]
    worded, replaced = events(town, "message_edit")
    assert (worded["text"], replaced["text"]) == ("Стало", "Стало")
    assert worded["update_time"]
    urls = [one["attachments"][0]["photo"]["sizes"][-1]["url"] for one in (worded, replaced)]
    assert [town.get(url).content for url in urls] == contents


@pytest.mark.parametrize("where", [TELEGRAM, VK])
@pytest.mark.parametrize("change", [{}, {"text": ""}])
def test_an_edit_to_nothing_is_refused(
    town: Asked, where: dict[str, Any], change: dict[str, Any]
) -> None:
    town.post("/control/say", {**where, "text": "Слово"})
    answer = town.try_post("/control/do", {**where, "what": "edit", "message": 1, **change})
    assert (answer.status_code, answer.json()["error"]) == (400, "give the new text as text")


def test_a_text_gets_no_file_by_an_edit_on_telegram(town: Asked) -> None:
    town.post("/control/say", {**TELEGRAM, "text": "Слово"})
    edit = {**TELEGRAM, "what": "edit", "message": 1, "media": [file("photo", draw("cup", 1))]}
    assert "one without stays without" in town.try_post("/control/do", edit).json()["error"]


def test_somebodys_words_are_forwarded_alike_on_both_networks(town: Asked) -> None:
    said = {"text": "Иван сказал", "forward_from": {"person": IVAN}}
    for where in (TELEGRAM, VK):
        town.post("/control/say", {**where, **said, "media": [file("photo", draw("cup", 1))]})
    [message] = told(town)
    assert message["forward_origin"]["sender_user"]["id"] == IVAN
    assert (message["caption"], len(message["photo"]) > 0) == ("Иван сказал", True)
    [message] = events(town)
    assert (message["text"], message["attachments"]) == ("", [])
    [forwarded] = message["fwd_messages"]
    assert (forwarded["from_id"], forwarded["text"]) == (IVAN, "Иван сказал")
    [attachment] = forwarded["attachments"]
    assert town.get(attachment["photo"]["sizes"][-1]["url"]).content == draw("cup", 1)


def test_what_is_there_is_forwarded_with_what_stands_in_it(town: Asked) -> None:
    wall = {"network": "vk", "chat": "wall:union", "as": IVAN}
    town.post("/control/say", {**wall, "text": "Пост", "media": [file("photo", draw("cup", 1))]})
    town.post("/control/say", {**VK, "text": "Раз"})
    town.post("/control/say", {**VK, "forward_from": {"chat": "union", "message": 1}})
    town.post("/control/say", {**VK, "forward_from": {"chat": "wall:union", "message": 1}})
    _, message, post = events(town)
    assert [one["text"] for one in message["fwd_messages"]] == ["Раз"]
    [attachment] = post["attachments"]
    assert (attachment["type"], attachment["wall"]["text"]) == ("wall", "Пост")
    url = attachment["wall"]["attachments"][0]["photo"]["sizes"][-1]["url"]
    assert town.get(url).content == draw("cup", 1)


@pytest.mark.parametrize(
    "source", [{"chat": "union", "message": 9}, {"chat": "wall:union"}, {"text": "чьё?"}, {"from_id": 1, "text": 5}]
)  # fmt: skip
def test_what_is_not_there_cannot_be_forwarded(town: Asked, source: dict[str, Any]) -> None:
    answer = town.try_post("/control/say", {**VK, "forward_from": source})
    assert answer.status_code == 400
    assert "forward" in answer.json()["error"]


def test_a_dialog_shows_the_menu_that_its_person_sees(town: Asked) -> None:
    town.post("/control/say", {**TELEGRAM, "text": "я"})
    town.post("/control/say", {**VK, "text": "я"})

    def menu() -> list[str]:
        shown = town.get(f"/control/chats/telegram/herald?as={OLGA}").json()["commands"]
        return [one["command"] for one in shown]

    assert menu() == []
    for_all = [{"command": "help", "description": "Помощь"}]
    town.bot("setMyCommands", commands=for_all)
    assert menu() == ["help"]
    own = [{"command": "news", "description": "Новость"}, *for_all]
    version = town.get(f"/control/chats/telegram/herald?as={OLGA}").json()["version"]
    town.bot("setMyCommands", commands=own, scope={"type": "chat", "chat_id": OLGA})
    later = town.get(f"/control/chats/telegram/herald?as={OLGA}").json()
    assert menu() == ["news", "help"]
    assert later["version"] > version
    assert "commands" not in town.get(f"/control/chats/vk/union?as={OLGA}").json()
