"""The youth council plans: when, approval, the minute itself; moving, limits, calling off, the week."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.incoming import IncomingKind
from core.richtext import plain
from core.words import ReviewState, RoleKind
from newsroom.desk import DeskRules
from storage import media, reviews, tables
from storage.reviews import Review
from tests.bots.council import DAY, HOUR, MINUTE, TITLE, Council, play
from tests.bots.dialog import Dialog

WEEK = "Утвердить всю неделю"
DAY_MS = DAY * 1000
TUESDAY = "вторник, 24 ноября 2026, 18:00 (московское время)"


def test_from_tomorrow_at_six_to_the_post_at_its_minute_through_a_restart(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        chat = await council.channel()
        shown = await council.draft("завтра в 18:00")
        assert f"Выйдет: завтра, {TUESDAY}" in shown.text
        await council.author.press("Верно")
        assert f"Когда выйдет: завтра, {TUESDAY}" in (await council.author.card()).text
        await council.author.walk("Отправить", "Отправить")
        review = await council.last()
        await council.restart()
        await council.chair.press("Одобрить")
        await council.restart()
        await council.until("2026-11-24 17:59")
        assert await council.state(review) is ReviewState.APPROVED
        assert not await council.house.rows(tables.wave)
        await council.until("2026-11-24 18:00")
        assert await council.state(review) is ReviewState.PUBLISHED
        wave = await council.house.row(tables.wave, post_id=review.post_id)
        assert wave.due_at == council.house.clock.now()
        assert (await council.house.row(tables.delivery, wave_id=wave.id)).chat_id == chat

    play(tmp_path, story)


def test_a_quick_choice_is_a_moment_too(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        asked = await council.author.press("Когда выйдет")
        assert list(asked.buttons)[:4] == [
            "Сегодня, 12:00",
            "Сегодня, 18:00",
            "Завтра, 09:00",
            "Завтра, 18:00",
        ]
        shown = await council.author.press("Завтра, 18:00")
        assert TUESDAY in shown.text

    play(tmp_path, story)


def test_a_quick_choice_of_an_old_screen_is_asked_again_once_it_has_passed(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.press("Когда выйдет")
        await council.house.pass_time(2 * HOUR)
        asked = await council.author.press("Сегодня, 12:00")
        assert "Это время уже прошло." in asked.text
        assert "Сегодня, 12:00" not in asked.buttons
        assert (await council.house.row(tables.submission)).due_at is None

    play(tmp_path, story)


def test_what_is_unclear_is_asked_and_what_is_no_time_too(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        asked = await council.draft("завтра")
        assert "Во сколько?" in asked.text
        await council.author.write("ой, не знаю")
        asked = await council.author.last()
        assert "Не понял, когда." in asked.text
        assert "завтра в 18:00" in asked.text
        await council.author.write("завтра в 18:00")
        assert TUESDAY in (await council.author.last()).text
        # Nothing that was asked before can be answered any more.
        assert len(await council.pressable(council.author, "Завтра, 18:00")) == 0

    play(tmp_path, story)


def test_only_the_hour_may_be_said_once_the_day_is_known(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.draft("в пятницу")
        await council.author.write("в 9:30")
        assert "пятница, 27 ноября 2026, 09:30" in (await council.author.last()).text

    play(tmp_path, story)


def test_a_single_guess_may_be_confirmed_in_a_word(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        asked = await council.draft("в 6")
        assert "Верно?" in asked.text
        await council.author.write("Да!")
        shown = await council.author.last()
        assert "Выйдет: сегодня, понедельник, 23 ноября 2026, 18:00" in shown.text

    play(tmp_path, story)


def test_a_phrase_counts_from_its_own_message_and_not_from_when_it_is_read(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        house = council.house
        await council.until("2026-11-23 23:50")
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.press("Когда выйдет")
        await council.until("2026-11-23 23:58")
        message = house.incoming(
            IncomingKind.MESSAGE, council.author.person, text=plain("завтра в 18:00")
        )
        await council.until("2026-11-24 00:10")
        await house.take(message)
        await house.engine.drain()
        assert TUESDAY in (await council.author.last()).text

    play(tmp_path, story)


def test_a_moment_that_passes_before_it_is_read_is_asked_again(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        house = council.house
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.press("Когда выйдет")
        message = house.incoming(
            IncomingKind.MESSAGE, council.author.person, text=plain("через 5 минут")
        )
        await house.pass_time(10 * MINUTE)
        await house.take(message)
        await house.engine.drain()
        assert "Это время уже прошло." in (await council.author.last()).text
        assert (await house.row(tables.submission)).due_at is None

    play(tmp_path, story)


def test_at_night_tomorrow_is_asked_back_with_both_dates(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.until("2026-11-24 01:00")
        asked = await council.draft("завтра в 18:00")
        assert "вторник, 24 ноября 2026" in asked.text
        assert "среда, 25 ноября 2026" in asked.text
        shown = await council.author.press("ср 25.11, 18:00")
        assert "среда, 25 ноября 2026, 18:00" in shown.text

    play(tmp_path, story)


@pytest.mark.parametrize(
    "words", ["план", "/plan", "меню", "Стоп"]
)  # a command is no answer to a question
def test_a_command_said_instead_of_a_moment_is_obeyed(tmp_path: Path, words: str) -> None:
    async def story(council: Council) -> None:
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.press("Когда выйдет")
        await council.author.write(words)
        assert "Не понял, когда." not in (await council.author.last()).text

    play(tmp_path, story)


def test_a_long_text_is_no_moment_but_more_of_the_draft(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.press("Когда выйдет")
        more = "В субботу в 10:00 откроется прокат. " * 6
        await council.author.write(more)
        assert (await council.house.row(tables.submission)).due_at is None
        assert "прокат" in (await council.author.card()).text

    play(tmp_path, story)


def test_back_ends_the_question(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.author.write("Собираемся на лыжах в воскресенье, ждём всех желающих.")
        await council.author.walk("Когда выйдет", "‹ Назад")
        assert not await council.house.rows(tables.dialog)
        assert "Отправить" in (await council.author.card()).buttons

    play(tmp_path, story)


def test_a_neighbour_and_the_night_are_warned_of(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan("завтра в 22:00")
        shown = await council.draft("завтра в 22:20", "Игра\n\nПриходите играть в волейбол.")
        assert f"Рядом стоит другая новость: «{TITLE}», 22:00." in shown.text
        assert "Это ночные часы (21–8)" in shown.text
        await council.author.press("Другое время")
        await council.author.write("завтра в 20:00")
        shown = await council.author.last()
        assert "Рядом" not in shown.text
        assert "ночные" not in shown.text

    play(tmp_path, story)


def test_a_draft_is_planned_without_its_moment_again(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.draft()
        await council.author.press("Выйдет сразу после одобрения")
        assert "сразу, как одобрят" in (await council.author.card()).text
        row = await council.house.row(tables.submission)
        assert (row.due_at, row.wall, row.zone) == (None, None, None)

    play(tmp_path, story)


def test_a_limit_is_asked_in_words_and_must_lie_later(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.draft()
        await council.author.press("Не позже…")
        await council.author.write("завтра в 17:00")
        assert "Это раньше, чем новость должна выйти." in (await council.author.last()).text
        await council.author.write("завтра в 19:00")
        shown = await council.author.last()
        assert "Не позже: завтра, вторник, 24 ноября 2026, 19:00" in shown.text
        await council.author.press("Изменить «не позже»")
        shown = await council.author.press("Без этого срока")
        assert "Не позже:" not in shown.text

    play(tmp_path, story)


def test_an_authors_move_takes_the_approval_away_and_asks_the_chair(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.chair.press("Одобрить")
        await council.author.write("план")
        await council.author.press(f"вт 24.11 18:00 {TITLE}")
        asked = await council.author.press("Перенести")
        assert "После переноса её утвердят заново." in asked.text
        await council.author.write("послезавтра в 10")
        shown = await council.author.last()
        assert "среда, 25 ноября 2026, 10:00" in shown.text
        assert "Сейчас: ждёт утверждения" in shown.text
        assert await council.state(review) is ReviewState.WAITING
        (card,) = await council.pressable(council.chair, "Одобрить")
        assert "среда, 25 ноября 2026, 10:00" in card.text
        await council.until("2026-11-24 18:00")
        assert await council.state(review) is ReviewState.WAITING
        await council.chair.press("Одобрить")
        await council.until("2026-11-25 10:00")
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_a_chairs_move_stands_and_the_author_hears_of_it(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.chair.press("Одобрить")
        await council.chair.write("/plan")
        await council.chair.walk(f"вт 24.11 18:00 {TITLE}", "Перенести")
        await council.chair.write("в четверг в 12:00")
        assert (await council.read(review)).state is ReviewState.APPROVED
        told = (await council.author.last()).text
        assert "Человек 2 переносит вашу новость." in told
        assert "четверг, 26 ноября 2026, 12:00" in told
        await council.until("2026-11-26 12:00")
        assert await council.state(review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_called_off_after_one_question_it_never_goes_out(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.chair.press("Одобрить")
        await council.author.write("план")
        await council.author.walk(f"вт 24.11 18:00 {TITLE}", "Отменить")
        assert await council.state(review) is ReviewState.APPROVED
        done = await council.author.press("Да, отменить")
        assert "Отменено. Новость не выйдет." in done.text
        assert await council.state(review) is ReviewState.CANCELLED
        await council.until("2026-11-25 18:00")
        assert not await council.house.rows(tables.wave)

    play(tmp_path, story)


def test_a_foreign_hand_changes_nothing(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.house.role("4", RoleKind.YOUTH_AUTHOR, "youth")
        other = Dialog(council.house, "4")
        await other.write("план")
        shown = await other.press(f"вт 24.11 18:00 {TITLE}")
        assert "Перенести" not in shown.buttons
        # What the author's own buttons say means nothing in another's hand.
        await council.author.write("план")
        await council.author.press(f"вт 24.11 18:00 {TITLE}")
        stolen = (await council.author.press("Отменить")).buttons["Да, отменить"]
        await council.house.press_data(stolen, "4")
        assert await council.state(review) is ReviewState.WAITING

    play(tmp_path, story)


def test_a_role_that_was_taken_back_ends_at_once(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.author.write("план")
        await council.author.walk(f"вт 24.11 18:00 {TITLE}", "Перенести")
        async with council.house.db.write() as connection:
            await connection.execute(
                tables.role.update().values(revoked_at=council.house.clock.now())
            )
        await council.author.write("послезавтра в 10")
        assert "больше нет на это права" in (await council.author.last()).text
        row = await council.house.row(tables.submission, post_id=review.post_id)
        assert row.wall == "2026-11-24T18:00"
        await council.author.write("план")
        assert "План ведёт молодёжный совет." in (await council.author.last()).text

    play(tmp_path, story)


async def fill(council: Council, *moments: str) -> None:
    """Plan posts for these moments; their titles are numbered."""
    for number, moment in enumerate(moments, 1):
        # Longer apart than one draft is written.
        await council.house.pass_time(60)
        await council.plan(moment, f"Новость {number}\n\nПодробности о деле номер {number}.")


def test_the_week_is_shown_day_by_day_and_the_month_in_short(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await fill(
            council, "завтра в 18:00", "завтра в 12:00", "в пятницу в 9:00", "3 декабря в 15:00"
        )
        await council.chair.write("план")
        shown = await council.chair.last()
        assert "пн 23.11 — пусто" in shown.text
        tuesday = shown.text[shown.text.index("вт 24.11") : shown.text.index("ср 25.11")]
        assert tuesday.splitlines()[1:] == [
            "12:00 «Новость 2» — ждёт утверждения",
            "18:00 «Новость 1» — ждёт утверждения",
        ]
        assert "Новость 4" not in shown.text
        assert "Утвердить всю неделю (3)" in shown.buttons
        after = await council.chair.press("Следующая неделя")
        assert "чт 03.12\n15:00 «Новость 4»" in after.text
        await council.chair.press("‹ Назад")
        month = await council.chair.press("Месяц")
        assert "Ноябрь 2026" in month.text
        assert "вт 24.11 — 2 новости, 2 ждут утверждения" in month.text
        day = await council.chair.press("вт 24.11")
        assert len(day.buttons) == 3
        opened = await council.chair.press("вт 24.11 12:00 Новость 2")
        assert "Подробности о деле номер 2." in opened.text

    play(tmp_path, story)


async def first(council: Council) -> Review:
    """Return the oldest review."""
    async with council.house.db.read() as connection:
        found = await reviews.get(connection, 1)
    assert found is not None
    return found


def test_the_whole_week_is_approved_as_it_was_listed(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await fill(council, "завтра в 12:00", "завтра в 18:00", "3 декабря в 15:00")
        await council.chair.write("план")
        listed = await council.chair.press("Утвердить всю неделю (2)")
        assert "вторник, 24 ноября 2026, 12:00" in listed.text
        assert "Новость 3" not in listed.text
        # One of them changes while the chair reads.
        await council.author.edit(council.author.said[0], "Новость 1\n\nСовсем другое дело.")
        await council.chair.press("Утвердить 2 новости")
        done = await council.page(council.chair, WEEK)
        assert "Утверждена 1 новость." in done.text
        assert "Не вошло «Новость 1»" in done.text
        states = [row.state for row in await council.house.rows(tables.review)]
        assert states == [
            int(ReviewState.WAITING),
            int(ReviewState.APPROVED),
            int(ReviewState.WAITING),
        ]
        await council.chair.press("Утвердить 1 новость")
        assert await council.state(await first(council)) is ReviewState.APPROVED

    play(tmp_path, story)


def test_a_moved_plan_is_not_approved_for_a_moment_that_nobody_saw(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await council.chair.write("план")
        await council.chair.press("Утвердить всю неделю (1)")
        await council.author.write("план")
        await council.author.walk(f"вт 24.11 18:00 {TITLE}", "Перенести")
        await council.author.write("послезавтра в 3:00")
        await council.chair.press("Утвердить 1 новость")
        assert "Ничего не утверждено." in (await council.page(council.chair, WEEK)).text
        assert await council.state(review) is ReviewState.WAITING

    play(tmp_path, story)


def test_children_without_consent_are_left_out_of_the_week(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        review = await council.plan()
        await fill(council, "завтра в 12:00")
        async with council.house.db.write() as connection:
            picture = await media.add(
                connection, sha="a" * 64, mime="image/jpeg", size=9, width=3, height=3
            )
            await connection.execute(
                tables.revision_media.insert().values(
                    revision_id=review.revision_id,
                    position=0,
                    media_id=picture,
                )
            )
            await connection.execute(
                tables.submission.update()
                .where(tables.submission.c.post_id == review.post_id)
                .values(pictured=4)
            )
        await council.chair.write("план")
        listed = await council.chair.press("Утвердить всю неделю (2)")
        assert f"дети на снимках без согласия родителей: завтра, {TUESDAY}" in listed.text
        await council.chair.press("Утвердить 1 новость")
        assert await council.state(review) is ReviewState.WAITING

    play(tmp_path, story)


def test_one_of_the_week_is_opened_by_itself(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan()
        await council.chair.write("план")
        await council.chair.press("Утвердить всю неделю (1)")
        await council.chair.press(f"Открыть «{TITLE}»")
        assert "Одобрить" in (await council.chair.last()).buttons

    play(tmp_path, story)


def test_an_author_approves_nothing(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan()
        await council.author.write("план")
        assert not [x for x in (await council.author.last()).buttons if "Утвердить" in x]

    play(tmp_path, story)


def test_show_is_the_exact_look(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        await council.plan()
        await council.author.write("план")
        await council.author.press(f"вт 24.11 18:00 {TITLE}")
        await council.author.press("Показать")
        *_, preview, screen = await council.author.seen()
        assert preview.text.startswith(f"{TITLE}\n\nПриходите все")
        assert "К новости" in screen.buttons

    play(tmp_path, story)


def test_every_screen_has_a_way_back_and_fits_the_tightest_messenger(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        council.house.messenger.limits = (2, 5, 10)
        days = ("24", "25", "26", "27", "28", "29")
        await fill(council, *(f"{day} ноября в 1{n}:00" for n in range(2) for day in days))
        await council.chair.write("план")
        shown = await council.chair.last()
        for label in ("Дальше ›", "Дальше ›", "Месяц", "вт 24.11"):
            assert "‹ Назад" in shown.buttons
            shown = await council.chair.press(label)
        await council.chair.write("план")
        await council.chair.press("Утвердить всю неделю (12)")
        await council.chair.press("Утвердить 12 новостей")
        assert "Утверждено 12 новостей." in (await council.page(council.chair, WEEK)).text

    play(tmp_path, story)


def test_the_moment_is_said_in_the_councils_own_zone(tmp_path: Path) -> None:
    async def story(council: Council) -> None:
        async with council.house.db.write() as connection:
            await connection.execute(
                tables.organization.update()
                .where(tables.organization.c.slug == "youth")
                .values(zone="Asia/Yekaterinburg")
            )
        shown = await council.draft("завтра в 18:00")
        assert "вторник, 24 ноября 2026, 18:00 (екатеринбургское время)" in shown.text
        row = await council.house.row(tables.submission)
        assert (row.wall, row.zone) == ("2026-11-24T18:00", "Asia/Yekaterinburg")
        assert row.due_at == council.house.clock.now() // DAY_MS * DAY_MS + DAY_MS + 13 * 3_600_000

    play(tmp_path, story)


def test_without_night_hours_nobody_is_warned(tmp_path: Path) -> None:
    rules = replace(DeskRules(ZoneInfo("Europe/Moscow")), night=None)

    async def story(council: Council) -> None:
        assert "ночные" not in (await council.draft("завтра в 23:00")).text

    play(tmp_path, story, rules=rules)
