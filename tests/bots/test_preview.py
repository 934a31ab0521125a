"""The preview is what will be sent, once for each look, and says who will see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import richtext
from core.richtext import plain
from core.words import ChatKind, ChatState, Mode, RoleKind
from storage import audience, tables
from storage.sought import Sought
from tests.bots.dialog import Dialog, picture
from tests.bots.house import House, play

NEWS = "Оклады выросли\n\nС января зарплата учителей области выше на десятую часть."


async def place(
    house: House, title: str, kind: ChatKind = ChatKind.CHANNEL, footer: str | None = None
) -> None:
    """Let a channel, group or wall follow the organization."""
    chat = await house.add(
        tables.chat,
        account_id=1,
        external=f"-{title} {int(kind)}",
        kind=int(kind),
        state=int(ChatState.ACTIVE),
        title=title,
        footer=None if footer is None else richtext.to_json(plain(footer)),
    )
    wish = await house.add(
        tables.subscription,
        chat_id=chat,
        mode=int(Mode.AT_ONCE),
        digest_minute=0,
        created_at=house.clock.now(),
    )
    async with house.db.write() as connection:
        await connection.execute(
            tables.subscription_organization.insert().values(
                subscription_id=wish, organization_id=house.organizations["org-1"]
            )
        )


async def previewed(house: House, text: str = NEWS, *files: str) -> list[str]:
    """Send a text and look at its preview; returns what was said, the last is the card below."""
    await house.role("7", RoleKind.PRESS)
    author = Dialog(house)
    await author.write(text, *files)
    before = len(await author.seen())
    await author.press("Посмотреть")
    return [one.text for one in (await author.seen())[before:]]


def test_where_all_looks_are_alike_it_is_shown_once_without_a_label(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await place(house, "Учителя")
        await place(house, "Школы", ChatKind.WALL)
        await house.subscribe("9")
        shown, below = await previewed(house)
        assert shown == NEWS
        assert "Выйдет здесь: Учителя, Школы" in below
        assert "Подписчиков: 1" in below

    play(tmp_path, story)


def test_each_look_is_shown_with_where_it_is(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await place(house, "Учителя", footer="Подписывайтесь")
        await place(house, "Школы", ChatKind.WALL)
        label, first, other, second, _ = await previewed(house)
        assert label == "Так увидят — Альфа: каналы"
        assert first == f"{NEWS}\n\nПодписывайтесь"
        assert other == "Так увидят — Альфа: стены сообществ"
        assert second == NEWS

    play(tmp_path, story)


def test_of_many_looks_three_are_shown_and_the_rest_on_request(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for number in range(5):
            await place(house, f"Канал {number}", footer=f"Подпись {number}")
        assert len(await previewed(house)) == 3 * 2 + 1
        author = Dialog(house)
        before = len(await author.seen())
        await author.press("Ещё 2 вида")
        rest = [one.text for one in (await author.seen())[before:]]
        assert [text for text in rest if text.startswith("Оклады")] == [
            f"{NEWS}\n\nПодпись 3",
            f"{NEWS}\n\nПодпись 4",
        ]
        assert "Отправить" in (await author.last()).buttons
        assert not any("Ещё" in label for label in (await author.last()).buttons)

    play(tmp_path, story)


def test_a_long_text_is_shown_in_the_parts_it_will_have(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await place(house, "Учителя")
        house.messenger.files["1.jpg"] = picture(1)
        text = "Начало. " + "Слово за словом, одно за другим. " * 60 + "Конец."
        *parts, _ = await previewed(house, text, "1.jpg")
        assert len(parts) == 2
        assert len(parts[0]) <= 1024
        assert " ".join(parts).split() == text.split()

    play(tmp_path, story)


def test_where_nobody_follows_the_author_still_sees_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        shown, below = await previewed(house)
        assert shown == NEWS
        assert "Пока этого никто не получит" in below

    play(tmp_path, story)


def test_of_many_places_the_first_are_named(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for number in range(14):
            await place(house, f"Канал {number:02}")
        *_, below = await previewed(house)
        assert "Канал 11 и ещё 2" in below
        assert "Канал 12" not in below

    play(tmp_path, story)


@pytest.mark.parametrize("limits", [(2, 5, 10), (5, 6, 10)])
def test_the_fullest_card_fits_the_smallest_keyboard(
    tmp_path: Path, limits: tuple[int, int, int]
) -> None:
    async def story(house: House) -> None:
        house.messenger.limits = limits
        house.messenger.files["1.jpg"] = picture(1)
        await house.role("7", RoleKind.YOUTH_AUTHOR, "youth")
        await house.role("7", RoleKind.PRESS, "org-1")
        author = Dialog(house)
        await author.write(NEWS, "1.jpg")
        await author.press("Молодёжный совет")
        card = await author.card()
        assert list(card.buttons) == [
            "Тема: без темы",
            "Кто на снимках: не сказано",
            "Когда выйдет",
            "От имени: Молодёжный совет",
            "Посмотреть",
            "Отправить",
            "Удалить черновик",
        ]
        assert "Когда выйдет: сразу, как одобрят" in card.text
        assert "Кому показать: своим (Молодёжный совет)" in card.text

    play(tmp_path, story)


def test_many_themes_are_paged(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for number in range(10):
            await house.add(
                tables.rubric, slug=f"r{number}", name=f"Тема {number}", position=number
            )
        await house.role("7", RoleKind.PRESS)
        author = Dialog(house)
        await author.write(NEWS)
        first = await author.press("Тема: без темы")
        assert len(first.buttons) == 10
        second = await author.press("Дальше ›")
        assert "Тема 9" in second.buttons
        assert second.message == first.message
        await author.press("Тема 9")
        assert "Тема: Тема 9" in (await author.card()).text

    play(tmp_path, story)


def test_subscribers_are_counted_and_places_with_one_name_are_two(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for person in ("9", "10", "11"):
            await house.subscribe(person)
        await place(house, "Школы")
        await place(house, "Школы", ChatKind.GROUP)
        async with house.db.read() as connection:
            ids = [house.organizations["org-1"]]
            found = await audience.reached(connection, Sought(ids, None, house.clock.now()))
        assert [(one.kind, one.title, one.count) for one in found] == [
            (ChatKind.PRIVATE, "", 3),
            (ChatKind.CHANNEL, "Школы", 1),
            (ChatKind.GROUP, "Школы", 1),
        ]

    play(tmp_path, story)
