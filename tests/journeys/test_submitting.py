"""A press officer sends news as to a colleague, and reads on the channel what the preview showed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import RoleKind, SubmissionState
from storage import people, tables
from tests.bots.dialog import picture
from tests.journeys.messages import Message, document, labels, photo, pictures
from tests.journeys.scene import SECRETARY
from tests.journeys.talking import MINUTE_S, MODERATOR, NETWORKS, PRESS, Talk, walk, walk_both
from tests.newsroom.docx_files import docx, p, r
from tests.newsroom.docx_files import picture as drawn

on_both = pytest.mark.parametrize("network", NETWORKS)

TITLE = "Оклады учителей выросли"
NEWS = f"{TITLE}\n\nС января оклады всех учителей области выросли на десять процентов."
REPORT_S = 15


async def approved(talk: Talk) -> None:
    """Let the moderator approve what waits, and the minute to undo pass."""
    await talk.walk("Одобрить", person=MODERATOR)
    await talk.town.advance(MINUTE_S)


async def new(talk: Talk, *buttons: str) -> list[Message]:
    """Let the author press these, and return the messages that came of it."""
    known = {m["id"] for m in await talk.seen()}
    await talk.walk(*buttons)
    return [m for m in await talk.seen() if m["id"] not in known]


def shown(messages: list[Message]) -> list[tuple[str, str, list[str]]]:
    """Return what a reader sees of messages: their words, how these look, and their pictures."""
    return [(m["text"], m["html"], pictures(m)) for m in messages]


@on_both
def test_news_appear_on_the_channel_exactly_as_they_were_previewed(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        place = await talk.place("education", title="Канал учителей")
        entities = [{"type": "bold", "offset": 25, "length": 8}]
        await talk.write(NEWS, entities=entities if network == "telegram" else [])
        card = await talk.last()
        assert card["text"].startswith(f"Черновик · Образование\n\n{TITLE}")
        preview, confirm = await new(talk, "Отправить")
        assert "Выйдет здесь: Канал учителей" in confirm["text"]
        assert "Решает: Образование" in confirm["text"]
        await talk.walk("Отправить")
        taken = await talk.sees("Принято\n\nРешают модераторы: Образование")
        assert taken["id"] == confirm["id"], "no questions about pictures, and no second card"
        assert await talk.seen(1, place) == []
        await approved(talk)
        out = await talk.published("на десять процентов", place)
        assert shown([out]) == shown([preview])
        assert (network != "telegram") or "<b>С января</b>" in out["html"]
        await talk.town.advance(REPORT_S)
        report = await talk.sees("Доставлено 1 из 1\n\nКанал учителей")
        address = {"telegram": "https://t.me/c/", "vk": "https://vk.com/wall"}
        assert f"{address[network]}" in report["html"]

    walk(tmp_path, network, journey)


@on_both
def test_an_album_with_words_around_it_is_one_submission_and_known_again(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        place = await talk.place("education")
        # On VK the words stand beside the album, not under one of its pictures.
        caption = "Делегаты за день до начала: на снимке слева председатель."
        under, beside = (caption, "") if network == "telegram" else ("", caption)
        album = [photo(1), photo(2, under), photo(3)]
        await talk.say(TITLE)
        await talk.say(beside, media=album)
        await talk.write("Решение принято единогласно.")
        assert "Фото: 3" in (await talk.last())["text"]
        *preview, _ = await new(talk, "Отправить", "общий план")
        await talk.walk("Отправить")
        assert len(await talk.rows(tables.submission)) == 1
        await approved(talk)
        await talk.published("единогласно", place)
        assert shown(await talk.seen(1, place)) == shown(preview)
        assert (await talk.seen(1, place))[0]["text"] == (
            f"{TITLE}\n\n{caption}\n\nРешение принято единогласно."
        )

        await talk.town.advance(3600)
        await talk.write(beside, media=album)
        again = await talk.sees("Это вы уже прислали: ")
        assert labels(again) == ["Заменить", "Добавить к той", "Это другое", "Удалить черновик"]
        await talk.walk("Это другое")
        await talk.sees("Черновик · Образование")

    walk(tmp_path, network, journey)


@pytest.mark.usefixtures("each_database")
async def in_both(talk: Talk) -> Talk:
    """Let the press officer be known in the other messenger too; returns the house seen from there."""
    person_id = (await talk.row(tables.role, kind=int(RoleKind.PRESS))).person_id
    async with talk.town.db.write() as connection:
        await people.add_identity(connection, person_id, "vk", str(PRESS))
    there = talk.at("vk")
    await there.do("start")
    await there.heard(PRESS, "start")
    return there


def test_one_person_in_two_messengers_has_one_draft_and_is_known_again(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        there = await in_both(talk)
        await talk.write(NEWS, media=[photo(1)])
        await there.write("Подробности у председателя.", media=[photo(2)])
        card = await there.last()
        assert TITLE in card["text"]
        assert "Подробности у председателя." in card["text"]
        assert "Фото: 2" in card["text"]
        assert not any("Отправить" in labels(m) for m in await talk.seen()), "one card, the newest"
        await there.walk("Отправить", "никого", "Отправить")

        await talk.town.advance(3600)
        await talk.write(NEWS, media=[photo(1), photo(2)])
        again = await talk.last()
        assert again["text"].startswith("Это вы уже прислали: ")
        await talk.walk("Добавить к той")
        await talk.sees("Ничего нового: всё это там уже есть.")
        assert len(await talk.rows(tables.review)) == 1
        assert len([m for m in await talk.seen(MODERATOR) if "Одобрить" in labels(m)]) == 1

    walk_both(tmp_path, journey)


@on_both
def test_a_document_and_a_photo_sent_as_a_file_give_their_text_and_pictures(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        place = await talk.place("education")
        paper = docx(
            p(r("Учителя получили премии")) + p() + p(r("Приказ подписан в Шуе."), drawn("a.png")),
            media={"a.png": picture(1, "PNG")},
        )
        await talk.say("", media=[document("Новость.docx", paper)])
        await talk.write("", media=[document("IMG_1.png", picture(2, "PNG"))])
        card = await talk.last()
        assert "Учителя получили премии" in card["text"]
        assert "Фото: 2" in card["text"]

        await talk.walk("Отправить", "дети")
        await talk.sees("Где хранится письменное согласие родителей?")
        await talk.walk("Скажу модератору позже", "Отправить")
        await talk.walk("Одобрить", person=MODERATOR)
        await talk.sees("Где хранится письменное согласие родителей?", MODERATOR)
        await talk.town.advance(MINUTE_S)
        assert await talk.seen(1, place) == [], "children are not shown before that is said"
        await talk.write("папка 12, кабинет 305", MODERATOR)
        assert "Согласие родителей: папка 12" in (await talk.last(MODERATOR))["text"]
        await approved(talk)
        out = await talk.published("Приказ подписан в Шуе.", place)
        assert out["text"].startswith("Учителя получили премии")
        await talk.quiet()
        assert sum(len(m["media"]) for m in await talk.seen(1, place)) == 2

    walk(tmp_path, network, journey)


@pytest.mark.usefixtures("each_database")
@on_both
def test_who_edits_the_own_message_is_heard_before_and_after_publication(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        place = await talk.place("education")
        (own,) = await talk.write(NEWS)
        await talk.walk("Отправить", "Отправить")
        await talk.walk("Одобрить", person=MODERATOR)
        await talk.edit(own, NEWS.replace("десять", "пятнадцать"))
        await talk.sees("Приняли исправление, решают заново")
        await talk.town.advance(MINUTE_S)
        card = await talk.sees("Автор изменил текст, прежнее одобрение не действует.", MODERATOR)
        assert "Одобрить" in labels(card)
        assert await talk.seen(1, place) == [], "the older text was approved, and does not leave"
        await approved(talk)
        out = await talk.published("на пятнадцать процентов", place)

        await talk.edit(own, NEWS.replace("десять", "двадцать"))
        await talk.sees("Исправить опубликованное?")
        assert "двадцать" not in (await talk.seen(1, place))[0]["text"]
        await talk.walk("Исправить")
        await talk.sees("Исправление принято")
        await talk.sees("Новость уже вышла. Поменять её текст везде, где она видна?", MODERATOR)
        await approved(talk)
        corrected = await talk.published("на двадцать процентов", place)
        assert corrected["id"] == out["id"]
        assert corrected["edited"]
        await talk.town.advance(REPORT_S)
        await talk.sees("Исправлено 1 из 1")

    walk(tmp_path, network, journey)


@on_both
def test_a_draft_survives_a_restart_and_what_was_said_meanwhile_joins_it(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        await talk.write(NEWS)
        old = await talk.last()
        await talk.say("Подробности расскажем на собрании.")
        await talk.running.stop()
        await talk.say("Собрание пройдёт в пятницу.")
        await talk.running.start()
        card = await talk.sees("Собрание пройдёт в пятницу.\n\nТема:")
        assert card["text"].startswith(f"Черновик · Образование\n\n{TITLE}")
        assert "Подробности расскажем на собрании." in card["text"]
        await talk.quiet()
        assert [m["id"] for m in await talk.seen() if "Отправить" in labels(m)] == [card["id"]]
        assert card["id"] != old["id"]
        await talk.walk("Отправить", "Отправить")
        await talk.sees("Принято")
        sent = await talk.row(tables.submission)
        assert sent.state == SubmissionState.SENT

    walk(tmp_path, network, journey)


@on_both
def test_an_answer_to_news_and_words_among_others_are_no_submission(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS)
        news = await talk.last()
        await talk.write("А когда это будет у нас в районе?", reply_to=news["id"])
        assert "Ответ на сообщение мы не берём как новость." in (await talk.last())["text"]
        if network == "telegram":
            group = (await talk.town.post("world", chats=[GROUP]))["chats"][0]["id"]
            await talk.say(NEWS, PRESS, group)
        else:
            # The sandbox has no group conversations of communities; the wall has an editor.
            await talk.role(SECRETARY, RoleKind.PRESS, "education")
            wall = await talk.place("education")
            await talk.say(NEWS, SECRETARY, wall)
        await talk.write("Спасибо!")
        assert await talk.rows(tables.submission) == []

    walk(tmp_path, network, journey)


GROUP = {
    "network": "telegram",
    "kind": "supergroup",
    "title": "Учителя Шуи",
    "members": [PRESS],
    "admins": [SECRETARY],
    "bots": ["main"],
}
