"""An administrator passes on a link; the first who opens it gets the role, and nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bots.phrases import invitation
from core.incoming import IncomingKind
from core.words import RoleKind
from storage import tables
from tests.bots.house import ADMIN, House, play
from tests.bots.invited import PRESS_OF_1, invite, live_roles, person_id

DAY_MS = 86_400_000


def test_an_invitation_is_passed_on_opened_and_both_are_told(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        beta = await house.second()
        await house.start(person=ADMIN)
        payload, forwarded = await invite(house)
        assert "пресс-секретарь, Отрасль 01" in forwarded.text
        assert "Beta: https://beta.example/beta?start=" + payload in forwarded.text
        assert "alpha.example" not in forwarded.text  # that account has no name for links
        assert f"/start {payload}" in forwarded.text
        assert "понедельник, 30 ноября 2026, 11:00" in forwarded.text
        assert not forwarded.buttons
        taken = await beta.start(payload, "55")
        assert taken.text.startswith("Вы теперь пресс-секретарь, Отрасль 01.")
        assert "Что дальше" in taken.text
        told = await house.screen(ADMIN)
        assert told.text.startswith("Человек 55 теперь пресс-секретарь, Отрасль 01.")
        work = await beta.press("Работа", "55")
        assert "Вы: пресс-секретарь, Отрасль 01." in work.text
        assert await live_roles(house) == [
            (await person_id(beta, "55"), house.organizations["org-1"], RoleKind.PRESS)
        ]

    play(tmp_path, story)


def test_a_link_fits_what_messengers_let_it_carry(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        assert len(payload) <= 64
        assert set(payload) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
        )

    play(tmp_path, story)


def test_only_the_hash_is_kept_and_the_journal_never_sees_the_link(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        await house.start(payload)
        kept = [
            list(map(str, row))
            for table in (tables.invitation, tables.journal, tables.screen, tables.dialog)
            for row in await house.rows(table)
        ]
        assert payload.removeprefix("inv-") not in json.dumps(kept, ensure_ascii=False)

    play(tmp_path, story)


def test_of_fifty_who_race_for_one_invitation_exactly_one_gets_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        people = [str(number) for number in range(1000, 1050)]
        await house.take(
            *(house.incoming(IncomingKind.START, one, payload=payload) for one in people)
        )
        await house.engine.drain()
        answers = [(await house.screen(one)).text for one in people]
        assert len([text for text in answers if text.startswith("Вы теперь")]) == 1
        used = "Этим приглашением уже кто-то воспользовался"
        assert len([text for text in answers if text.startswith(used)]) == 49
        assert len(await live_roles(house)) == 1
        assert len(await house.rows(tables.journal, action="role.granted")) == 1

    play(tmp_path, story)


@pytest.mark.parametrize("typed", ["/start {}", "/start@vestnik_bot {}", "  {} "])
def test_what_the_link_carries_may_be_typed(tmp_path: Path, typed: str) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        (said,) = await house.say(typed.format(payload))
        assert said.text.startswith("Вы теперь пресс-секретарь")

    play(tmp_path, story)


def test_it_may_be_typed_where_a_human_reads_along_too(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        (said,) = await house.say(payload)
        assert said.text.startswith("Вы теперь пресс-секретарь")
        assert (await house.row(tables.chat, external="7")).began_at is not None

    play(tmp_path, story, shared_dialogs=frozenset({1}))


def test_whoever_opens_the_own_used_link_again_hears_that_it_is_theirs(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        await house.start(payload)
        again = await house.start(payload)
        assert "уже ваше" in again.text
        assert len(await live_roles(house)) == 1
        other = await house.start(payload, "8")
        assert "уже кто-то воспользовался" in other.text

    play(tmp_path, story)


def test_an_expired_invitation_names_whom_to_ask(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        payload, _ = await invite(house, days="1 день")
        house.clock.advance(DAY_MS - 1)
        second, _ = await invite(house, days="1 день")
        house.clock.advance(1)
        late = await house.start(payload)
        assert late.text == "Срок этого приглашения вышел.\n\nНовое может дать Человек 900."
        in_time = await house.start(second, "8")
        assert in_time.text.startswith("Вы теперь")

    play(tmp_path, story)


def test_a_forged_link_is_refused_politely_and_journalled(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        shown = await house.start("inv-" + "x" * 32)
        assert shown.text.startswith("Такого приглашения нет.")
        assert "fed@example.org" in shown.text
        noted = await house.row(tables.journal, action="invitation.forged")
        assert (noted.person_id, noted.detail) == (await person_id(house, "7"), {})
        assert not await live_roles(house)

    play(tmp_path, story)


def test_whoever_has_the_role_already_leaves_the_invitation_unused(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        payload, _ = await invite(house)
        had = await house.start(payload)
        assert "осталось неиспользованным" in had.text
        taken = await house.start(payload, "8")
        assert taken.text.startswith("Вы теперь")

    play(tmp_path, story)


def test_a_revoked_invitation_does_not_work(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        await house.say("/people", ADMIN)
        listed = await house.press("Приглашения", ADMIN)
        assert "пресс-секретарь, Отрасль 01\nДействует до: понедельник" in listed.text
        assert "Кто пригласил: Человек 900" in listed.text
        await house.walk("пресс-секретарь, Отрасль 01", "Отозвать", person=ADMIN)
        assert "нет приглашений" in (await house.screen(ADMIN)).text
        shown = await house.start(payload)
        assert shown.text.startswith("Это приглашение отозвано.")
        assert not await live_roles(house)

    play(tmp_path, story)


def test_used_and_expired_invitations_are_not_listed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        payload, _ = await invite(house)
        await invite(house, days="1 день")
        await house.start(payload)
        house.clock.advance(DAY_MS)
        await house.say("/people", ADMIN)
        assert "нет приглашений" in (await house.press("Приглашения", ADMIN)).text

    play(tmp_path, story)


def test_an_invitation_of_somebody_who_lost_the_right_does_not_work(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("8", RoleKind.ADMINISTRATOR)
        payload, _ = await invite(
            house, "Пресс-секретарь", "Отрасль 01 (отраслевой профсоюз)", person="8"
        )
        await house.say("/people", ADMIN)
        await house.walk(
            "Человек 8, Отрасль 01",
            "Забрать: администратор, Отрасль 01",
            "Да, забрать",
            person=ADMIN,
        )
        shown = await house.start(payload)
        assert "больше не может приглашать" in shown.text
        assert "Человек 8" not in shown.text
        assert not await live_roles(house)

    play(tmp_path, story)


def test_a_second_tap_makes_no_second_invitation(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("/people", ADMIN)
        days = await house.walk("Пригласить", *PRESS_OF_1, person=ADMIN)
        for _ in range(2):
            await house.press_data(days.data("7 дней"), ADMIN)
        assert len(await house.rows(tables.invitation)) == 1

    play(tmp_path, story)


def test_an_administrator_may_open_the_own_link(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        taken = await house.start(payload, ADMIN)
        assert taken.text.startswith("Вы теперь пресс-секретарь")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("role", "wanted", "unwanted"),
    [
        ("Автор молодёжного совета", ["Молодёжный совет"], []),
        ("Председатель молодёжного совета", ["Молодёжный совет"], []),
        ("Модератор", ["По отраслям", "По городам и районам", "Вся область"], ["Молодёжь и учёба"]),
        ("Пресс-секретарь", ["По отраслям", "Молодёжь и учёба", "Вся область"], []),
    ],
)
def test_a_role_is_offered_only_where_it_means_something(
    tmp_path: Path, role: str, wanted: list[str], unwanted: list[str]
) -> None:
    async def story(house: House) -> None:
        await house.say("/people", ADMIN)
        shown = await house.walk("Пригласить", role, person=ADMIN)
        assert set(wanted) <= set(shown.labels)
        assert not set(unwanted) & set(shown.labels)
        if role.endswith("совета"):
            assert shown.labels == ["Молодёжный совет", "‹ Назад"]

    play(tmp_path, story)


def test_every_step_of_inviting_leads_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("/people", ADMIN)
        seen = [(await house.press(label, ADMIN)).text for label in ("Пригласить", *PRESS_OF_1)]
        back = [(await house.press("‹ Назад", ADMIN)).text for _ in range(2)]
        assert back == [seen[1], seen[0]]
        assert (await house.press("‹ Назад", ADMIN)).text.startswith("Люди")
        assert "Остановить рассылку" in (await house.press("‹ Назад", ADMIN)).labels

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("/start inv-a", "a"),
        ("/start@bot inv-A_b-C", "A_b-C"),
        ("inv-" + "x" * 20, "x" * 20),
        ("inv-" + "x" * 19, None),  # a word that somebody writes about
        ("inv-" + "x" * 20 + " что это?", None),
        ("/start org-1", None),
        ("/start inv-", None),
        ("/start inv-ы", None),
        ("/help inv-" + "x" * 20, None),
    ],
)
def test_a_typed_invitation_is_told_from_other_words(text: str, token: str | None) -> None:
    assert invitation(text) == token
