"""«Когда?»: what is offered, what is taken, and what is asked once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import dialogs, tables
from storage.dialogs import Dialog as Asked
from tests.bots.council import Council, play

SKIS = "Собираемся на лыжах в воскресенье, ждём всех желающих."


async def ask(council: Council) -> list[str]:
    """Let the author be asked when; returns what the buttons say."""
    await council.author.write(SKIS)
    return list((await council.author.press("Когда выйдет")).buttons)


async def asked(council: Council) -> Asked | None:
    """Return what is waited for in the author's dialog."""
    chat = await council.house.row(tables.chat, external=council.author.person)
    async with council.house.db.read() as connection:
        return await dialogs.get(connection, chat.id)


async def zone(council: Council, name: str) -> None:
    """Let the council live in another zone."""
    async with council.house.db.write() as connection:
        await connection.execute(
            tables.organization.update()
            .where(tables.organization.c.slug == "youth")
            .values(zone=name)
        )


async def wall(council: Council) -> str | None:
    """Return the moment that was taken, on the council's clocks."""
    found: str | None = (await council.house.row(tables.submission)).wall
    return found


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-23 11:00", ["Сегодня, 12:00", "Сегодня, 18:00", "Завтра, 09:00", "Завтра, 18:00"]),
        ("2026-11-23 11:50", ["Сегодня, 18:00", "Завтра, 09:00", "Завтра, 18:00", "ср 25.11, 09:00"]),
        ("2026-11-23 20:00", ["Завтра, 09:00", "Завтра, 18:00", "ср 25.11, 09:00", "ср 25.11, 18:00"]),
        # At night «today» and «tomorrow» would mislead.
        (
            "2026-11-24 02:00",
            ["вт 24.11, 12:00", "вт 24.11, 18:00", "ср 25.11, 09:00", "ср 25.11, 18:00"],
        ),
        ("2026-12-31 20:00", ["Завтра, 09:00", "Завтра, 18:00", "сб 02.01.2027, 09:00", "сб 02.01.2027, 18:00"]),
    ],
)  # fmt: skip
def test_four_moments_ahead_are_offered(tmp_path: Path, now: str, offered: list[str]) -> None:
    async def story(council: Council) -> None:
        await council.until(now)
        assert await ask(council) == [*offered, "‹ Назад"]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("завтра в 18:00", "2026-11-24T18:00"),
        ("в пятницу в 9:30", "2026-11-27T09:30"),
        ("25 ноября в 12:00", "2026-11-25T12:00"),
        ("Послезавтра, в полдень", "2026-11-25T12:00"),
    ],
)
def test_a_sure_moment_is_taken_and_no_longer_asked(tmp_path: Path, said: str, taken: str) -> None:
    async def story(council: Council) -> None:
        await ask(council)
        await council.author.write(said, settle=False)
        assert await wall(council) == taken
        assert await asked(council) is None

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("как-нибудь", "Не понял, когда."),
        ("???", "Не понял, когда."),
        ("в 10:00", "Это время уже прошло."),
        ("вчера в 5", "этот день уже прошёл"),
        ("завтра вечером", "Во сколько?"),
        ("в 6", "Утром или вечером?"),
    ],
)
def test_what_is_not_sure_is_asked_and_still_waited_for(
    tmp_path: Path, said: str, answer: str
) -> None:
    async def story(council: Council) -> None:
        await ask(council)
        await council.author.write(said, settle=False)
        shown = await council.author.last()
        assert answer in shown.text
        assert "‹ Назад" in shown.buttons
        assert await wall(council) is None
        assert await asked(council) is not None

    play(tmp_path, story)


def test_a_no_to_a_guess_is_no_moment(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await ask(council)
        await council.author.write("в 6", settle=False)
        await council.author.write("нет", settle=False)
        assert await wall(council) is None
        # The guess is forgotten with that.
        await council.author.write("да", settle=False)
        assert await wall(council) is None

    play(tmp_path, story)


def test_older_questions_lose_their_buttons(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await ask(council)
        for said in ("завтра", "в среду"):
            await council.author.write(said, settle=False)
            await council.house.deliver()
        having = [one for one in await council.author.seen() if "‹ Назад" in one.buttons]
        assert len(having) == 1
        await council.author.write("в 12:00", settle=False)
        assert await wall(council) == "2026-11-25T12:00"

    play(tmp_path, story)


def test_an_hour_that_comes_twice_is_told_by_its_offset(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await zone(council, "Europe/Berlin")
        await council.until("2027-10-29 12:00")
        await ask(council)
        await council.author.write("31 октября в 2:30", settle=False)
        shown = await council.author.last()
        two = [label for label in shown.buttons if "02:30" in label]
        assert two == ["вс 31.10, 02:30 (UTC+2)", "вс 31.10, 02:30 (UTC+1)"]
        await council.author.press(two[1])
        due = (await council.house.row(tables.submission)).due_at
        assert due % 86_400_000 == 90 * 60_000  # 1:30 in Greenwich

    play(tmp_path, story)


def test_words_of_a_day_later_answer_nothing(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await ask(council)
        await council.house.pass_time(25 * 3600)
        await council.author.write("завтра в 18:00", settle=False)
        assert await wall(council) is None

    play(tmp_path, story)
