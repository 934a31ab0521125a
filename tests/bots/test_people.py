"""Who has which role, and taking roles back: nobody reaches beyond their own scope."""

from __future__ import annotations

from pathlib import Path

from core.words import OrganizationKind, RoleKind
from storage import tables
from tests.bots.house import ADMIN, House, play
from tests.bots.invited import invite, live_roles, person_id, refusals


async def small_house(house: House) -> None:
    """Let «Образование» have a primary organization below it, and an administrator, the person 8."""
    parent = house.organizations["org-1"]
    house.organizations["school"] = await house.add(
        tables.organization,
        slug="school",
        name="Школа 5",
        short="Школа 5",
        kind=int(OrganizationKind.PRIMARY),
        parent_id=parent,
    )
    await house.role("8", RoleKind.ADMINISTRATOR)


def test_the_network_sees_everybody_an_administrator_the_own_subtree(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await small_house(house)
        await house.role("20", RoleKind.PRESS, "school")
        await house.role("21", RoleKind.MODERATOR, "org-2")
        await house.role("22", RoleKind.MODERATOR, "federation")
        (everybody,) = await house.say("/people", ADMIN)
        assert "Человек 20: пресс-секретарь, Школа 5" in everybody.text
        assert "Человек 22: модератор, Федерация" in everybody.text
        (own,) = await house.say("люди", "8")
        assert "Человек 20: пресс-секретарь, Школа 5" in own.text
        assert "Человек 8: администратор, Отрасль 01" in own.text
        assert "Человек 21" not in own.text
        assert "Человек 22" not in own.text

    play(tmp_path, story)


def test_an_administrator_invites_only_within_the_own_subtree(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await small_house(house)
        await house.say("/people", "8")
        roles = await house.press("Пригласить", "8")
        # There is no youth council below.
        assert roles.labels == ["Пресс-секретарь", "Модератор", "Администратор", "‹ Назад"]
        whom = await house.press("Пресс-секретарь", "8")
        assert whom.labels == [
            "Отрасль 01 (отраслевой профсоюз)",
            "Школа 5 (первичная организация)",
            "‹ Назад",
        ]
        payload, _ = await invite(
            house, "Пресс-секретарь", "Школа 5 (первичная организация)", person="8"
        )
        assert (await house.start(payload)).text.startswith("Вы теперь пресс-секретарь, Школа 5")

    play(tmp_path, story)


def test_what_was_in_scope_a_moment_ago_is_refused_and_journalled(tmp_path: Path) -> None:
    """Buttons of screens that were right when they were shown: rights are asked anew at each press."""

    async def story(house: House) -> None:
        await house.role("21", RoleKind.PRESS, "org-2")
        stranger = await house.role("8", RoleKind.ADMINISTRATOR, "federation")
        await house.say("/people", "8")
        days = await house.walk(
            "Пригласить", "Пресс-секретарь", "По отраслям", "Отрасль 02", person="8"
        )
        await house.say("/people", "8")
        sure = await house.walk(
            "Человек 21, Отрасль 02", "Забрать: пресс-секретарь, Отрасль 02", person="8"
        )
        await invite(house, "Модератор", "Вся область")
        await house.say("/people", "8")
        standing = await house.walk("Приглашения", "модератор, Федерация", person="8")
        # From the whole region down to one organization.
        await house.say("/people", ADMIN)
        await house.walk(
            "Человек 8, Федерация",
            "Забрать: администратор, Федерация",
            "Да, забрать",
            person=ADMIN,
        )
        await house.role("8", RoleKind.ADMINISTRATOR, "org-1")
        for shown, label in ((days, "7 дней"), (sure, "Да, забрать"), (standing, "Отозвать")):
            await house.press_data(shown.data(label), "8")
        assert await refusals(house) == ["outside the scope"] * 3
        assert len(await house.rows(tables.invitation, revoked_at=None)) == 1
        press = await person_id(house, "21")
        assert (press, house.organizations["org-2"], RoleKind.PRESS) in await live_roles(house)
        assert stranger != press

    play(tmp_path, story)


def test_buttons_of_another_persons_screen_do_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("21", RoleKind.PRESS, "org-2")
        await house.role("8", RoleKind.ADMINISTRATOR, "org-1")
        await house.say("/people", ADMIN)
        sure = await house.walk(
            "Человек 21, Отрасль 02", "Забрать: пресс-секретарь, Отрасль 02", person=ADMIN
        )
        await house.press_data(sure.data("Да, забрать"), "8")
        assert await refusals(house) == ["somebody else's screen"]
        assert len(await live_roles(house)) == 2

    play(tmp_path, story)


def test_a_role_is_taken_back_after_a_question_and_the_person_is_told(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        press = await house.role("21", RoleKind.PRESS)
        await house.say("/people", ADMIN)
        card = await house.press("Человек 21, Отрасль 01", ADMIN)
        assert card.text == "Человек 21\n\nпресс-секретарь, Отрасль 01"
        sure = await house.press("Забрать: пресс-секретарь, Отрасль 01", ADMIN)
        assert "Точно?" in sure.text
        assert "Человек 21: пресс-секретарь, Отрасль 01" in sure.text
        assert len(await live_roles(house)) == 1
        after = await house.press("Да, забрать", ADMIN)
        assert "Пока никого" in after.text
        assert await live_roles(house) == []
        told = await house.screen("21")
        assert told.text.startswith("У вас больше нет роли: пресс-секретарь, Отрасль 01.")
        noted = await house.row(tables.journal, action="role.revoked")
        admin = await person_id(house, ADMIN)
        assert (noted.person_id, noted.subject) == (admin, f"person:{press}")
        assert noted.detail == {"role": 1, "organization": house.organizations["org-1"]}

    play(tmp_path, story)


def test_taken_back_means_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("8", RoleKind.ADMINISTRATOR)
        (listed,) = await house.say("/people", "8")
        await house.say("/people", ADMIN)
        await house.walk(
            "Человек 8, Отрасль 01",
            "Забрать: администратор, Отрасль 01",
            "Да, забрать",
            person=ADMIN,
        )
        await house.press_data(listed.data("Пригласить"), "8")
        assert await refusals(house) == ["not an administrator"]
        (shown,) = await house.say("/people", "8")
        assert "Роли здесь раздают администраторы." in shown.text
        (work,) = await house.say("работа", "8")
        assert "У вас пока нет такой роли" in work.text

    play(tmp_path, story)


def test_two_who_take_the_same_role_back_do_it_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("8", RoleKind.ADMINISTRATOR)
        await house.role("21", RoleKind.PRESS)
        taking = ("Человек 21, Отрасль 01", "Забрать: пресс-секретарь, Отрасль 01")
        for person in (ADMIN, "8"):
            await house.say("/people", person)
            await house.walk(*taking, person=person)
        await house.press("Да, забрать", ADMIN)
        await house.press("Да, забрать", "8")
        assert house.last_answer() == "Уже неактуально. Вот как сейчас"
        assert len(await house.rows(tables.journal, action="role.revoked")) == 1
        assert len(await house.shown("21")) == 1

    play(tmp_path, story)


def test_whoever_takes_the_own_last_role_back_sees_no_people_any_more(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("8", RoleKind.ADMINISTRATOR)
        await house.say("/people", "8")
        after = await house.walk(
            "Человек 8, Отрасль 01",
            "Забрать: администратор, Отрасль 01",
            "Да, забрать",
            person="8",
        )
        assert after.text.startswith("Работа")
        assert "Люди" not in after.labels

    play(tmp_path, story)


def test_a_long_list_is_paged_and_fits_the_smallest_keyboard(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for number in range(20, 34):
            await house.role(str(number), RoleKind.PRESS, f"org-{number - 19}")
        (first,) = await house.say("/people", ADMIN)
        assert len(first.labels) <= 10
        seen = [label for label in first.labels if label.startswith("Человек")]
        for _ in range(2):
            page = await house.press("Дальше ›", ADMIN)
            seen += [label for label in page.labels if label.startswith("Человек")]
        assert len(set(seen)) == 14
        assert "Дальше ›" not in page.labels
        card = await house.press(seen[-1], ADMIN)
        assert len(card.labels) == 2
        assert (await house.press("‹ Назад", ADMIN)).text == page.text
        assert (await house.press("‹ Назад", ADMIN)).text != page.text

    play(tmp_path, story)
