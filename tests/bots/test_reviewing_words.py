"""A moderator edits in words; what was missed is decided anew; the queue shows what waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import Pictured, Reach, ReviewState, RoleKind, SubmissionState
from storage import tables
from tests.bots.house import House, play
from tests.bots.reviewing import (
    ANNA,
    BORIS,
    PRESS,
    REGION,
    author_changes,
    card,
    dialog,
    press,
    press_in,
    say,
    staff,
    submit,
    texts,
    walk,
)

HOUR = 3600


async def approvals(house: House, count: int, slug: str = "org-1") -> None:
    """Let so many have to agree."""
    async with house.db.write() as connection:
        await connection.execute(
            tables.organization.update()
            .where(tables.organization.c.slug == slug)
            .values(approvals=count)
        )


@pytest.mark.parametrize(
    ("said", "title", "text"),
    [
        (
            "замени «учителей» на «педагогов»",
            "Оклады выросли",
            "Оклады педагогов выросли. Подробности у председателя.",
        ),
        (
            "заголовок: Педагогам прибавили",
            "Педагогам прибавили",
            "Оклады учителей выросли. Подробности у председателя.",
        ),
        ("Текст: Совсем новая новость.", "", "Совсем новая новость."),
    ],
)
def test_an_edit_is_shown_with_its_difference_and_wants_an_approval(
    tmp_path: Path, said: str, title: str, text: str
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        asked = await press(house, "Исправить", ANNA)
        assert "убери абзац 2" in asked.text
        below = await say(house, said, ANNA)
        assert "Исправлено" in below
        row = await house.row(tables.review, id=review.id)
        revision = await house.row(tables.revision, id=row.revision_id)
        assert (revision.title, revision.body["text"]) == (title, text)
        assert revision.by_person_id == people[ANNA]
        assert row.state == ReviewState.WAITING
        assert "Одобрить" in (await card(house, ANNA)).labels
        theirs = await dialog(house, BORIS)
        assert "Текст исправил(а) Человек 21, прежнее одобрение не действует." in theirs[-1].text
        assert text in theirs[-2].text
        heard = await texts(house, PRESS)
        assert "Текст исправил(а) Человек 21. Вот что изменилось:" in heard
        await press(house, "Одобрить", BORIS)
        approval = await house.row(tables.approval, review_id=review.id)
        assert approval.revision_id == row.revision_id

    play(tmp_path, story)


def test_a_picture_is_taken_out_by_its_number(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        shas = [letter * 64 for letter in "abc"]
        review = await submit(house, people, pictures=shas, pictured=Pictured.NOBODY)
        await press(house, "Исправить", ANNA)
        await say(house, "убери фото 3", ANNA)
        row = await house.row(tables.review, id=review.id)
        left = await house.rows(tables.revision_media, revision_id=row.revision_id)
        assert len(left) == 2

    play(tmp_path, story)


def test_an_edit_that_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await press(house, "Исправить", ANNA)
        below = await say(house, "замени «бухгалтер» на «кассир»", ANNA)
        assert "бухгалтер" in below
        assert (await house.row(tables.review, id=review.id)).revision_id == review.revision_id
        await say(house, "замени «выросли.» на «выросли вдвое.»", ANNA)
        row = await house.row(tables.review, id=review.id)
        revision = await house.row(tables.revision, id=row.revision_id)
        assert "выросли вдвое." in revision.body["text"]

    play(tmp_path, story)


@pytest.mark.parametrize("more", [{"media": ("photo",)}, {"media": ("sticker",)}])
def test_what_is_no_words_is_none_of_it(tmp_path: Path, more: dict[str, object]) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await press(house, "Отказать", ANNA)
        await say(house, "", ANNA, **more)
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.WAITING
        await say(house, "Нет даты", ANNA)
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.REFUSED

    play(tmp_path, story)


def test_words_come_too_late_when_somebody_has_decided_meanwhile(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await press(house, "Исправить", ANNA)
        await press(house, "Одобрить", BORIS)
        below = await say(house, "замени «учителей» на «педагогов»", ANNA)
        assert "Уже решено: одобрил(а) Человек 22." in below
        row = await house.row(tables.review, id=review.id)
        assert (row.state, row.revision_id) == (ReviewState.APPROVED, review.revision_id)
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_what_a_council_edits_goes_to_the_organization_first(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        async with house.db.write() as connection:
            await connection.execute(
                tables.organization.update()
                .where(tables.organization.c.slug.in_(["org-1", "shuya"]))
                .values(territory="shuya")
            )
        await house.role("30", RoleKind.MODERATOR, "shuya")
        review = await submit(house, people, reach=Reach.TERRITORY)
        await press(house, "Одобрить", ANNA)
        assert "Показать всему району?" in (await card(house, "30")).text
        await press(house, "Исправить", "30")
        below = await say(house, "замени «учителей» на «педагогов»", "30")
        assert "Правку сначала посмотрит сама организация." in below
        assert "Текст исправил(а) Человек 30" in (await card(house, BORIS)).text
        # Its own news are not held up.
        await house.pass_time(61)
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.PUBLISHED
        await press(house, "Одобрить", BORIS)
        again = await card(house, "30")
        assert "Показать всему району?" in again.text
        assert "педагогов" in (await dialog(house, "30"))[-2].text

    play(tmp_path, story)


async def missed(house: House, people: dict[str, int]) -> int:
    """Let a plan miss its moment; returns its review."""
    review = await submit(house, people, due_at=house.clock.now() + HOUR * 1000)
    await house.pass_time(HOUR + 1)
    async with house.db.write() as connection:
        assert (await connection.execute(tables.review.select())).one().state == 6
    return review.id


async def overdue_card(house: House) -> None:
    """Let Anna look at what missed its moment."""
    await house.say("/queue", ANNA)
    entry = [label for label in (await card(house, ANNA)).labels if label.startswith("⚠")]
    await press(house, entry[0], ANNA)


def test_what_missed_its_moment_is_published_by_one_press(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review_id = await missed(house, people)
        await overdue_card(house)
        shown = await card(house, ANNA)
        assert "Время прошло, не вышло." in shown.text
        assert shown.labels[:4] == [
            "Опубликовать сейчас",
            "Другое время",
            "Исправить",
            "Не публиковать",
        ]
        await press(house, "Опубликовать сейчас", ANNA)
        await house.pass_time(61)
        assert (await house.row(tables.review, id=review_id)).state == ReviewState.PUBLISHED

    play(tmp_path, story)


def test_what_missed_its_moment_gets_another(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review_id = await missed(house, people)
        await overdue_card(house)
        await press(house, "Другое время", ANNA)
        below = await say(house, "завтра в 18:00", ANNA)
        assert "Одобрено: Человек 21. Выйдет: завтра, вторник" in below
        row = await house.row(tables.review, id=review_id)
        plan = await house.row(tables.submission, post_id=row.post_id)
        assert row.publish_at == plan.due_at
        assert plan.wall == "2026-11-24T18:00"

    play(tmp_path, story)


def test_what_missed_its_moment_is_not_published_after_a_second_thought(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review_id = await missed(house, people)
        await overdue_card(house)
        sure = await press(house, "Не публиковать", ANNA)
        assert "Точно не публиковать?" in sure.text
        await press(house, "Да, не публиковать", ANNA)
        row = await house.row(tables.review, id=review_id)
        about = await house.row(tables.submission, post_id=row.post_id)
        assert row.state == ReviewState.CANCELLED
        assert about.state == SubmissionState.DISCARDED
        assert "Решили не публиковать: Человек 21." in await texts(house, PRESS)

    play(tmp_path, story)


async def undo_own(house: House, people: dict[str, int], review_id: int) -> None:
    """Let the author press «Отменить» as the script of submitting offers it."""
    screen = await house.add(
        tables.screen,
        chat_id=(await house.row(tables.chat, external=PRESS)).id,
        person_id=people[PRESS],
        script="submit",
        version=1,
        choices=[{"script": "review", "do": "undo-own", "args": {"review": review_id}}],
        created_at=house.clock.now(),
        expires_at=house.clock.now() + 86_400_000,
    )
    await house.press_data(f"{screen}:0", PRESS)


def test_an_author_whom_nobody_has_to_approve_takes_it_back_within_the_minute(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await approvals(house, 0)
        review = await submit(house, people)
        assert "Опубликовать у себя?" not in await texts(house, ANNA)
        await undo_own(house, people, review.id)
        assert "Отменено, не вышло." in await texts(house, PRESS)
        about = await house.row(tables.submission, post_id=review.post_id)
        assert about.state == SubmissionState.DRAFT
        await house.pass_time(120)
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.CANCELLED

    play(tmp_path, story)


def test_after_the_minute_the_author_hears_that_it_is_out(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await approvals(house, 0)
        review = await submit(house, people)
        await house.pass_time(61)
        await undo_own(house, people, review.id)
        assert house.last_answer() == "Поздно: новость уже вышла."
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.PUBLISHED

    play(tmp_path, story)


def test_nobody_but_the_author_presses_the_authors_undo(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await approvals(house, 0)
        review = await submit(house, people)
        people[PRESS], author = people[ANNA], people[PRESS]
        screen = await house.add(
            tables.screen,
            chat_id=(await house.row(tables.chat, external=ANNA)).id,
            person_id=people[ANNA],
            script="submit",
            version=1,
            choices=[{"script": "review", "do": "undo-own", "args": {"review": review.id}}],
            created_at=house.clock.now(),
            expires_at=house.clock.now() + 86_400_000,
        )
        await house.press_data(f"{screen}:0", ANNA)
        assert author != people[ANNA]
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.APPROVED

    play(tmp_path, story)


def test_the_queue_lists_what_waits_oldest_first_in_pages(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        for number in range(10):
            await submit(house, people, f"Новость {number}")
            house.clock.advance(HOUR * 1000)
        await house.say("/queue", ANNA)
        first = await card(house, ANNA)
        assert "10 новостей" in first.text
        assert len(first.labels) == 10
        assert first.labels[0].startswith("10 ч · Отрасль 01: Оклады")
        assert first.labels[-2:] == ["‹ Назад", "Дальше ›"]
        second = await press(house, "Дальше ›", ANNA)
        assert len(second.labels) == 3
        assert second.labels[0].startswith("2 ч · ")
        await press(house, second.labels[1], ANNA)
        shown = await dialog(house, ANNA)
        assert "Новость 9" in shown[-2].text
        assert "Одобрить" in shown[-1].labels

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "said"),
    [(ANNA, "Сейчас ничего не ждёт вашего решения."), (PRESS, "Здесь решают модераторы.")],
)
def test_an_empty_queue_says_so(tmp_path: Path, who: str, said: str) -> None:
    async def story(house: House) -> None:
        await staff(house)
        await house.say("/queue", who)
        shown = await card(house, who)
        assert said in shown.text
        assert shown.labels == ["‹ Назад"]

    play(tmp_path, story)


def test_the_card_opens_again_with_its_preview_and_only_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        await press(house, "Показать ещё раз", ANNA)
        shown = await dialog(house, ANNA)
        assert "Оклады учителей выросли." in shown[-2].text
        assert [one.text for one in shown].count("Устарело. Свежая карточка ниже.") == 1
        assert sum("Одобрить" in one.labels for one in shown) == 1

    play(tmp_path, story)


def test_a_correction_says_what_it_is_and_goes_to_both_desks(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, reach=Reach.REGION)
        await press(house, "Одобрить", ANNA)
        await press(house, "Одобрить", REGION)
        await house.pass_time(61)
        await author_changes(house, people, review, "Оклады выросли на пятую часть.", anew=True)
        shown = await card(house, ANNA)
        assert "Новость уже вышла. Поменять её текст везде, где она видна?" in shown.text
        held = await press(house, "Одобрить", ANNA)
        assert "Выйдет, когда согласятся и те, кто решает о показе шире." in held.text
        await press(house, "Одобрить", REGION)
        await house.pass_time(61)
        post = await house.row(tables.post, id=review.post_id)
        public = await house.row(tables.revision, id=post.public_revision_id)
        assert public.body["text"] == "Оклады выросли на пятую часть."

    play(tmp_path, story)


def test_a_press_of_an_unknown_review_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        shown = await card(house, ANNA)
        async with house.db.write() as connection:
            screen = int(dict(shown.buttons)["Одобрить"].partition(":")[0])
            choice = {"script": "review", "do": "approve", "args": {"review": 4711}}
            await connection.execute(
                tables.screen.update()
                .where(tables.screen.c.id == screen)
                .values(choices=[choice] * 9)
            )
        await press_in(house, dict(shown.buttons)["Одобрить"], shown.id, ANNA)
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "unknown review"

    play(tmp_path, story)


def test_a_decision_with_history_comes_back_to_the_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        await press(house, "История", ANNA)
        back = await walk(house, ANNA, "‹ Назад")
        assert "Одобрить" in back.labels

    play(tmp_path, story)
