"""«Работа», help and the way to them: each sees what their roles open, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import Reach, ReviewState, RoleKind
from storage import tables
from tests.bots.house import ADMIN, House, play

JOIN, BACK = "Я и в другом мессенджере", "‹ Назад"


@pytest.mark.parametrize(
    ("kind", "slug", "labels"),
    [
        (RoleKind.PRESS, "org-1", ["Мои новости"]),
        (RoleKind.MODERATOR, "org-1", ["Ждёт решения: 0"]),
        (RoleKind.YOUTH_AUTHOR, "youth", ["Мои новости", "План"]),
        (RoleKind.YOUTH_CHAIR, "youth", ["Мои новости", "Ждёт решения: 0", "План"]),
        (RoleKind.YOUTH_DEPUTY, "youth", ["Мои новости", "Ждёт решения: 0", "План"]),
        (RoleKind.ADMINISTRATOR, "org-1", ["Люди"]),
    ],
)
def test_each_role_opens_its_ways(
    tmp_path: Path, kind: RoleKind, slug: str, labels: list[str]
) -> None:
    async def story(house: House) -> None:
        await house.second()
        await house.role("7", kind, slug)
        (by_word,) = await house.say("работа")
        (by_command,) = await house.say("/work")
        assert by_word.labels == by_command.labels == [*labels, JOIN, BACK]
        writes = "Чтобы прислать новость, просто напишите её сюда" in by_word.text
        assert writes == ("Мои новости" in labels)

    play(tmp_path, story)


def test_several_roles_stand_together(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        await house.role("7", RoleKind.MODERATOR, "federation")
        (work,) = await house.say("работа")
        assert "Вы: пресс-секретарь, Отрасль 01; модератор, Федерация." in work.text

    play(tmp_path, story)


def test_the_queue_counts_what_waits_at_the_own_desks(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.MODERATOR)
        for slug in ("org-1", "org-1", "org-2"):
            revision = await house.row(tables.revision, id=await house.post(slug))
            await house.add(
                tables.review,
                post_id=revision.post_id,
                level=int(Reach.OWN),
                organization_id=house.organizations[slug],
                state=int(ReviewState.WAITING),
                needed=1,
                revision_id=revision.id,
                created_at=1,
            )
        (work,) = await house.say("работа")
        assert "Ждёт решения: 2" in work.labels

    play(tmp_path, story)


def test_an_administrator_of_the_network_has_everything_on_ten_buttons(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.second()
        await house.subscribe(ADMIN)
        await house.role(ADMIN, RoleKind.YOUTH_CHAIR, "youth")
        (menu,) = await house.say("меню", ADMIN)
        assert menu.labels[-2:] == ["Мои каналы", "Работа"]
        work = await house.press("Работа", ADMIN)
        assert "администратор сети; председатель, Молодёжный совет" in work.text
        assert work.labels == [
            "Мои новости",
            "Ждёт решения: 0",
            "План",
            "Люди",
            "Мои каналы",
            "Остановить рассылку",
            JOIN,
            BACK,
        ]
        assert (await house.press("Остановить рассылку", ADMIN)).text.startswith("Остановить")
        assert "Люди" in (await house.press(BACK, ADMIN)).labels
        assert (await house.press(BACK, ADMIN)).text.startswith("Мои подписки")

    play(tmp_path, story)


def test_a_reader_sees_no_work_in_the_menu_and_is_told_whom_to_ask(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (menu,) = await house.say("меню")
        assert "Работа" not in menu.labels
        (work,) = await house.say("/work")
        assert "У вас пока нет такой роли" in work.text
        assert "fed@example.org" in work.text
        assert work.labels == [BACK]

    play(tmp_path, story)


def test_where_there_is_one_messenger_nobody_is_asked_about_another(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        (work,) = await house.say("работа")
        assert JOIN not in work.labels

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "slug", "said"),
    [
        (None, "", []),
        (RoleKind.PRESS, "org-1", ["/mine"]),
        (RoleKind.MODERATOR, "org-1", ["/queue"]),
        (RoleKind.YOUTH_AUTHOR, "youth", ["/mine", "/plan"]),
        (RoleKind.YOUTH_CHAIR, "youth", ["/mine", "/queue", "/plan"]),
        (RoleKind.ADMINISTRATOR, "org-1", ["/people"]),
    ],
)
def test_help_speaks_to_the_role(
    tmp_path: Path, kind: RoleKind | None, slug: str, said: list[str]
) -> None:
    async def story(house: House) -> None:
        if kind is not None:
            await house.role("7", kind, slug)
        (shown,) = await house.say("/help")
        for command in ("/mine", "/queue", "/plan", "/people", "/halt"):
            assert (command in shown.text) == (command in said)
        assert ("Работа" in shown.labels) == (kind is not None)
        assert "/id" in shown.text

    play(tmp_path, story)


def test_help_tells_an_administrator_of_the_network_how_to_stop(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        (shown,) = await house.say("помощь", ADMIN)
        assert "/halt" in shown.text
        assert "/people" in shown.text

    play(tmp_path, story)
