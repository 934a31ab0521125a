"""Plans before and after their moment: reminders, outages, what nobody approved in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.abilities import Abilities
from bots.scripts import plan
from bots.turn import Effects
from bots.watch import Duty
from bots.words import Words
from core.words import ReviewState, RoleKind
from storage import tables
from tests.bots.council import HOUR, MINUTE, TITLE, Council, play
from tests.bots.dialog import Dialog

REMINDER = "Ещё не утверждено"
LAPSED = "Не утверждено, не вышло"
LATE = "Не вышло вовремя"


async def reminders(council: Council) -> tuple[int, int, int]:
    """Return how often author, chair and deputy were reminded."""
    author, chair, deputy = [
        await council.told(one, REMINDER) for one in (council.author, council.chair, council.deputy)
    ]
    return author, chair, deputy


def test_reminders_come_a_day_two_hours_and_a_quarter_before_once_to_all(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("25 ноября в 18:00")
        for moment, count in (
            ("2026-11-24 17:59", 0),
            ("2026-11-24 18:00", 1),
            ("2026-11-24 18:01", 1),
            ("2026-11-25 15:59", 1),
            ("2026-11-25 16:00", 2),
            ("2026-11-25 17:44", 2),
            ("2026-11-25 17:45", 3),
            ("2026-11-25 17:59", 3),
        ):
            await council.until(moment)
            await council.house.engine.look()
            assert await reminders(council) == (count, count, count), moment
            await council.restart()
        text = (await council.page(council.author, REMINDER)).text
        assert TITLE in text
        assert "среда, 25 ноября 2026, 18:00" in text

    play(tmp_path, story)


def test_an_approved_plan_is_not_reminded_of(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("25 ноября в 18:00")
        await council.chair.press("Одобрить")
        await council.until("2026-11-25 17:50")
        assert await reminders(council) == (0, 0, 0)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("when", "marks"), [("через 3 часа", [60, 165]), ("через час", [45]), ("через 10 минут", [])]
)
def test_what_is_planned_after_a_mark_is_not_reminded_of_it(
    tmp_path: Path, when: str, marks: list[int]
) -> None:
    async def story(council: Council) -> None:
        await council.plan(when)
        count = 0
        due = (await council.house.row(tables.submission)).due_at
        while council.house.clock.now() < due - MINUTE * 1000:
            await council.house.pass_time(5 * MINUTE)
            count = (await reminders(council))[0]
        assert count == len(marks)

    play(tmp_path, story)


def test_after_an_outage_only_the_newest_reminder_comes(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("25 ноября в 18:00")
        await council.until("2026-11-25 17:50")
        assert await reminders(council) == (1, 1, 1)
        await council.house.pass_time(MINUTE)
        assert await reminders(council) == (1, 1, 1)

    play(tmp_path, story)


def test_a_moved_plan_is_reminded_of_by_its_new_moment(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("25 ноября в 18:00")
        await council.until("2026-11-24 18:00")
        await council.author.write("план")
        await council.author.walk(f"ср 25.11 18:00 {TITLE}", "Перенести")
        await council.author.write("26 ноября в 20:00")
        await council.until("2026-11-25 19:59")
        assert await reminders(council) == (1, 1, 1)
        await council.until("2026-11-25 20:00")
        assert await reminders(council) == (2, 2, 2)

    play(tmp_path, story)


def test_the_watch_wakes_at_its_marks(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("25 ноября в 18:00")
        due = (await council.house.row(tables.submission)).due_at
        look = council.house.engine
        for before in (24 * HOUR, 2 * HOUR, 15 * MINUTE):
            assert await next_look(council) == due - before * 1000
            council.house.clock.set(due - before * 1000, frozen=True)
            await look.look()
        assert await next_look(council) is None

    play(tmp_path, story)


async def next_look(council: Council) -> int | None:
    """Return when the plan is looked at again, without doing anything."""
    here = council.house
    async with here.db.write() as connection:
        duty = Duty(connection, here.settings, Words(), Abilities(), here.clock.now(), Effects())
        return await plan.look(duty)


def test_ten_minutes_away_cost_ten_minutes(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.channel()
        review = await council.plan()
        await council.chair.press("Одобрить")
        await council.until("2026-11-24 18:10")
        assert await council.state(review) is ReviewState.PUBLISHED
        assert len(await council.house.rows(tables.delivery)) == 1
        assert await council.told(council.author, LATE) == 0

    play(tmp_path, story)


def test_five_hours_away_are_asked_about_and_published_by_one_press(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.channel()
        review = await council.plan()
        await council.chair.press("Одобрить")
        await council.until("2026-11-24 23:00")
        assert await council.state(review) is ReviewState.OVERDUE
        for one in (council.author, council.chair, council.deputy):
            assert await council.told(one, LATE) == 1
        asked = await council.page(council.chair, LATE)
        assert "Пока Вестник не работал, прошло время" in asked.text
        assert list(asked.buttons) == [
            "Завтра в то же время",
            "Опубликовать сейчас",
            "Другое время",
            "Не публиковать",
            "Решить",
        ]
        await council.house.pass_time(HOUR)
        assert await council.told(council.chair, LATE) == 1
        await council.chair.press_on(asked, "Опубликовать сейчас")
        assert await council.state(review) is ReviewState.APPROVED
        await council.house.pass_time(MINUTE)
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_a_lapsed_plan_is_asked_about_once_and_moved_by_its_author_in_one_press(
    tmp_path: Path,
) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        assert await council.state(review) is ReviewState.OVERDUE
        asked = await council.page(council.author, LAPSED)
        assert list(asked.buttons) == [
            "Завтра в то же время",
            "Через час",
            "Другое время",
            "Не публиковать",
        ]
        await council.house.pass_time(5 * MINUTE)
        assert await council.told(council.author, LAPSED) == 1
        await council.author.press_on(asked, "Завтра в то же время")
        now = await council.read(review)
        assert (now.state, now.asked_at) == (ReviewState.WAITING, None)
        about = await council.house.row(tables.submission)
        assert about.wall == "2026-11-25T18:00"
        # The judges have it before them again, and nobody is asked the old question any more.
        assert len(await council.pressable(council.chair, "Одобрить")) == 1
        assert not await council.pressable(council.chair, "Завтра в то же время")
        await council.chair.press("Одобрить")
        await council.until("2026-11-25 18:00")
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_a_chairs_new_time_is_an_approval_of_what_the_card_showed(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        asked = await council.page(council.chair, LAPSED)
        await council.chair.press_on(asked, "Через час")
        now = await council.read(review)
        assert now.state is ReviewState.APPROVED
        assert now.publish_at == council.house.clock.now() + HOUR * 1000
        assert await council.told(council.author, "Человек 2") >= 1
        await council.house.pass_time(HOUR)
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_another_text_than_the_one_on_the_card_is_not_approved(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        asked = await council.page(council.chair, LAPSED)
        await council.author.edit(council.author.said[0], f"{TITLE}\n\nОтменяется из-за дождя.")
        await council.chair.press_on(asked, "Через час")
        assert await council.state(review) is ReviewState.OVERDUE
        shown = await council.page(council.chair, LAPSED)
        assert "Отменяется из-за дождя." in shown.text
        await council.chair.press_on(shown, "Через час")
        assert await council.state(review) is ReviewState.APPROVED

    play(tmp_path, story)


def test_of_two_who_press_the_second_is_told_whose_decision_it_is(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        chairs = await council.page(council.chair, LAPSED)
        deputys = await council.page(council.deputy, LAPSED)
        authors = await council.page(council.author, LAPSED)
        await council.chair.press_on(chairs, "Через час")
        before = await council.read(review)
        for dialog, card, label in (
            (council.deputy, deputys, "Не публиковать"),
            (council.author, authors, "Завтра в то же время"),
        ):
            shown = await dialog.press_on(card, label)
            assert council.house.last_answer() == "Уже решено: Человек 2."
            assert "Уже решено: Человек 2." in shown.text
        assert await council.read(review) == before

    play(tmp_path, story)


def test_whose_answer_it_was_is_told_when_an_author_moved_it(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan()
        await council.until("2026-11-24 18:00")
        chairs = await council.page(council.chair, LAPSED)
        await council.author.press_on(await council.page(council.author, LAPSED), "Через час")
        await council.chair.press_on(chairs, "Завтра в то же время")
        assert council.house.last_answer() == "Уже решено: Человек 1."

    play(tmp_path, story)


def test_another_time_is_said_in_words(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        await council.deputy.press("Другое время")
        await council.deputy.write("в пятницу в 9:30")
        now = await council.read(review)
        assert now.state is ReviewState.APPROVED
        assert (await council.house.row(tables.submission)).wall == "2026-11-27T09:30"
        await council.until("2026-11-27 09:30")
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


@pytest.mark.parametrize("who", ["author", "chair"])
def test_not_to_publish_is_final(tmp_path: Path, who: str) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        dialog: Dialog = getattr(council, who)
        await dialog.press_on(await council.page(dialog, LAPSED), "Не публиковать")
        assert await council.state(review) is ReviewState.CANCELLED
        assert not await council.pressable(council.deputy, "Не публиковать")
        await council.until("2026-11-27 09:30")
        assert await council.told(council.deputy, LAPSED) == 0

    play(tmp_path, story)


def test_a_role_that_was_taken_back_answers_nothing(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.until("2026-11-24 18:00")
        asked = await council.page(council.deputy, LAPSED)
        async with council.house.db.write() as connection:
            await connection.execute(
                tables.role.update()
                .where(tables.role.c.kind == int(RoleKind.YOUTH_DEPUTY))
                .values(revoked_at=council.house.clock.now())
            )
        await council.deputy.press_on(asked, "Через час")
        assert await council.state(review) is ReviewState.OVERDUE

    play(tmp_path, story)


def test_news_that_is_no_plan_is_asked_about_after_an_outage_too(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        house = council.house
        await house.role("5", RoleKind.PRESS, "org-1")
        await house.role("6", RoleKind.MODERATOR, "org-1")
        press, moderator = Dialog(house, "5"), Dialog(house, "6")
        await press.write("Оклады выросли\n\nПодробности у председателя, звоните в приёмную.")
        await press.walk("Отправить", "Отправить")
        review = await council.last()
        await moderator.press("Одобрить")
        await house.pass_time(5 * HOUR)
        assert await council.state(review) is ReviewState.OVERDUE
        assert "Пока Вестник не работал" in (await council.page(press, LATE)).text
        await press.press_on(await council.page(press, LATE), "Опубликовать сейчас")
        assert await council.state(review) is ReviewState.WAITING
        await moderator.press("Одобрить")
        await house.pass_time(MINUTE)
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_what_nobody_had_to_approve_goes_out_by_its_authors_press(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        async with council.house.db.write() as connection:
            await connection.execute(tables.organization.update().values(approvals=0))
        review = await council.plan()
        assert await council.state(review) is ReviewState.APPROVED
        await council.until("2026-11-24 23:00")
        await council.author.press_on(
            await council.page(council.author, LATE), "Опубликовать сейчас"
        )
        assert await council.state(review) is ReviewState.APPROVED
        await council.house.pass_time(MINUTE)
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_the_question_waits_for_somebody_who_can_be_asked(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        async with council.house.db.write() as connection:
            await connection.execute(tables.chat.update().values(state=2))
        await council.until("2026-11-24 18:00")
        assert (await council.read(review)).asked_at is None
        async with council.house.db.write() as connection:
            await connection.execute(
                tables.chat.update().where(tables.chat.c.external == "2").values(state=1)
            )
        await council.house.pass_time(MINUTE)
        assert (await council.read(review)).asked_at is not None
        assert await council.told(council.chair, LAPSED) == 1

    play(tmp_path, story)
