"""The same thing sent twice makes no second card."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import RoleKind, SubmissionState
from storage import people, tables
from tests.bots.dialog import Dialog, approve, picture
from tests.bots.house import House, play

NEWS = "Оклады выросли\n\nС января зарплата учителей области выше на десятую часть у всех, кто работает."


async def sent(house: House) -> Dialog:
    """Submit an album of three pictures."""
    await house.role("7", RoleKind.PRESS)
    await house.role("8", RoleKind.MODERATOR)
    for number in range(1, 5):
        house.messenger.files[f"{number}.jpg"] = picture(number)
    author = Dialog(house)
    await album(author, "a", 1, 2, 3)
    await author.walk("Отправить", "никого", "Отправить")
    return author


async def album(author: Dialog, name: str, *numbers: int, text: str = NEWS) -> None:
    """Send an album."""
    for number in numbers:
        said = text if number == numbers[0] else ""
        await author.write(said, f"{number}.jpg", album=name, settle=number == numbers[-1])


def test_an_album_sent_again_is_asked_about_instead_of_a_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3)
        asked = await author.last()
        assert asked.text.startswith("Это вы уже прислали: сегодня, понедельник, 23 ноября 2026")
        assert "«Оклады выросли»" in asked.text
        assert list(asked.buttons) == [
            "Заменить",
            "Добавить к той",
            "Это другое",
            "Удалить черновик",
        ]

    play(tmp_path, story)


def test_replacing_makes_a_revision_of_the_first(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3, text=NEWS + " Ура.")
        await author.press("Заменить")
        assert "решают заново" in (await author.last()).text
        first, second = await house.rows(tables.submission)
        assert (first.state, second.state) == (SubmissionState.SENT, SubmissionState.DISCARDED)
        assert [row.number for row in await house.rows(tables.revision)] == [1, 2]
        assert len(await house.rows(tables.review)) == 1
        assert len(await house.rows(tables.submission_message, post_id=first.post_id)) == 3

    play(tmp_path, story)


def test_replacing_by_the_very_same_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3)
        replaced = await author.press("Заменить")
        assert "Ничего нового" in replaced.text
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_adding_keeps_what_was_there(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3, 4)
        await author.walk("Добавить к той", "никого")
        assert "решают заново" in (await author.last()).text
        _, second = await house.rows(tables.revision)
        assert second.body["text"].count("С января") == 1
        assert len(await house.rows(tables.revision_media, revision_id=second.id)) == 4

    play(tmp_path, story)


def test_another_thing_is_a_draft_and_is_not_asked_about_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3)
        card = await author.press("Это другое")
        assert card.text.startswith("Черновик")
        await author.write("Подробности у председателя.")
        assert (await author.card()).text.startswith("Черновик")

    play(tmp_path, story)


def test_after_publication_replacing_offers_a_correction(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await approve(house)
        assert (await house.row(tables.post)).public_revision_id is not None
        await album(author, "b", 1, 2, 3, text=NEWS + " Ура.")
        await author.press("Заменить")
        offer = await author.find("Исправить опубликованное?")
        assert "Ура" in offer.text

    play(tmp_path, story)


def test_what_a_colleague_has_sent_is_told_with_the_name(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await sent(house)
        await house.role("17", RoleKind.PRESS)
        colleague = Dialog(house, "17")
        await album(colleague, "c", 1, 2, 3)
        asked = await colleague.last()
        assert asked.text.startswith("Это уже прислано")
        assert list(asked.buttons) == ["Это другое", "Удалить черновик"]
        await colleague.walk("Удалить черновик", "Да, удалить")
        assert len(await house.rows(tables.review)) == 1

    play(tmp_path, story)


def test_a_colleagues_post_is_not_replaced_by_a_forged_press(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await sent(house)
        await album(author, "b", 1, 2, 3)
        asked = await author.last()
        async with house.db.write() as connection:
            other = await people.find_or_add(connection, "alpha", "55", "Другой", 1)
            await connection.execute(
                tables.submission.update()
                .where(tables.submission.c.state == int(SubmissionState.SENT))
                .values(author_id=other)
            )
        await author.press_on(asked, "Заменить")
        assert len(await house.rows(tables.revision)) == 1
        assert (await author.card()).text.startswith("Черновик")

    play(tmp_path, story)


async def two_messengers(house: House) -> tuple[Dialog, Dialog]:
    """Let one person be a press officer in two messengers."""
    person = await house.role("7", RoleKind.PRESS)
    await house.role("8", RoleKind.MODERATOR)
    there = await house.second()
    house.engine = there.engine
    async with house.db.write() as connection:
        await connection.execute(
            tables.identity.insert().values(person_id=person, network="beta", external="77")
        )
    await there.start(person="77")
    for number in (1, 2, 3):
        house.messenger.files[f"{number}.jpg"] = picture(number)
        there.messenger.files[f"{number}.jpg"] = picture(number, quality=60)
    return Dialog(house), Dialog(there, "77")


def test_one_draft_in_two_messengers(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        here, there = await two_messengers(house)
        await here.write(NEWS)
        first = await here.card()
        await there.write("", "1.jpg")
        card = await there.card()
        assert "Оклады выросли" in card.text and "Фото: 1" in card.text
        shown = {one.message: one for one in await here.seen()}
        assert shown[first.message].text == "Карточка обновилась, она ниже."
        assert len(await house.rows(tables.submission)) == 1

    play(tmp_path, story)


def test_the_same_album_in_the_other_messenger_doubles_nothing_in_a_draft(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        here, there = await two_messengers(house)
        await album(here, "a", 1, 2, 3)
        await album(there, "b", 1, 2, 3)
        card = await there.card()
        assert "Фото: 3" in card.text
        assert card.text.count("С января") == 1

    play(tmp_path, story)


@pytest.mark.parametrize("minutes", [1, 600])
def test_the_same_album_in_the_other_messenger_after_sending_is_asked_about(
    tmp_path: Path, minutes: int
) -> None:
    async def story(house: House) -> None:
        here, there = await two_messengers(house)
        await album(here, "a", 1, 2, 3)
        await here.walk("Отправить", "никого", "Отправить")
        house.clock.advance(minutes * 60_000)
        await album(there, "b", 1, 2, 3)
        assert (await there.last()).text.startswith("Это вы уже прислали")

    play(tmp_path, story)
