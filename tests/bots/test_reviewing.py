"""Moderators see the exact preview and one card, and one decision is made however many press."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import Pictured, Reach, ReviewState, RoleKind
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

BUTTONS = [
    "Беру",
    "Одобрить",
    "Одобрить ко времени",
    "Исправить",
    "Вернуть",
    "Отказать",
    "История",
    "Показать ещё раз",
    "‹ Назад",
]


async def state(house: House, review_id: int) -> ReviewState:
    """Return how a review stands."""
    return ReviewState((await house.row(tables.review, id=review_id)).state)


def test_everybody_who_may_decide_gets_the_exact_preview_and_one_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        for who in (ANNA, BORIS, REGION):
            shown = await dialog(house, who)
            assert "Оклады учителей выросли. Подробности у председателя." in shown[-2].text
            assert not shown[-2].buttons
            assert shown[-1].labels == BUTTONS
            for said in (
                "Отрасль 01 · автор: Человек 20",
                "Опубликовать у себя?",
                "Оклады выросли",
                "Тема: Зарплата",
                "Кому показать: своим",
                "Ждёт решения.",
            ):
                assert said in shown[-1].text
        assert "Опубликовать у себя?" not in await texts(house, PRESS)

    play(tmp_path, story)


def test_the_card_tells_of_pictures_plans_and_how_many_must_agree(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await approvals(house, 2)
        await submit(
            house,
            people,
            pictures=["a" * 64, "b" * 64],
            pictured=Pictured.CHILDREN,
            due_at=house.clock.now() + 7 * 3_600_000,
            reach=Reach.REGION,
        )
        text = (await card(house, ANNA)).text
        assert "2 снимка, есть дети" in text
        assert "⚠ Не сказано, где согласие родителей" in text
        assert "Выйдет по плану: сегодня, понедельник, 23 ноября 2026, 18:00" in text
        assert "Нужно согласие двоих" in text
        assert "Кому показать: всей области" in text

    play(tmp_path, story)


async def approvals(house: House, count: int, slug: str = "org-1") -> None:
    """Let so many have to agree."""
    async with house.db.write() as connection:
        await connection.execute(
            tables.organization.update()
            .where(tables.organization.c.slug == slug)
            .values(approvals=count)
        )


def test_taking_shows_who_sees_to_it_everywhere_and_the_author_hears_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        await press(house, "Беру", ANNA)
        for who in (ANNA, BORIS, REGION):
            assert "Взял(а): Человек 21." in (await card(house, who)).text
        assert "Беру" not in (await card(house, ANNA)).labels
        await press(house, "Беру", BORIS)
        assert "Взял(а): Человек 22." in (await card(house, ANNA)).text
        assert (await texts(house, PRESS)).count("Смотрит") == 1

    play(tmp_path, story)


def test_an_approval_shows_when_it_goes_out_and_leaves_a_minute(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        house.bell.on("publisher").clear()
        mine = await press(house, "Одобрить", ANNA)
        assert house.bell.on("publisher").is_set()
        assert "Одобрено: Человек 21. Выйдет в 11:01." in mine.text
        assert mine.labels == ["Отменить", "История", "Показать ещё раз", "‹ Назад"]
        assert "Одобрено: Человек 21. Выйдет в 11:01." in (await card(house, BORIS)).text
        heard = await texts(house, PRESS)
        assert "Одобрено: Человек 21. Выйдет в 11:01." in heard
        undone = await press(house, "Отменить", BORIS)
        assert "Одобрение отменено, ничего не вышло." in undone.text
        assert "Одобрить" in (await card(house, ANNA)).labels
        assert "Одобрение отменил(а) Человек 22." in await texts(house, PRESS)
        await house.pass_time(120)
        assert await state(house, review.id) is ReviewState.WAITING

    play(tmp_path, story)


def test_after_its_minute_it_is_too_late_to_undo(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await press(house, "Одобрить", ANNA)
        await house.pass_time(61)
        mine = await press(house, "Отменить", ANNA)
        assert house.last_answer() == "Поздно: новость уже вышла."
        assert "Вышло." in mine.text
        assert await state(house, review.id) is ReviewState.PUBLISHED

    play(tmp_path, story)


@pytest.mark.parametrize("label", ["Одобрить", "Беру", "Исправить", "Вернуть"])
def test_of_two_moderators_the_second_is_told_whose_decision_it_is(
    tmp_path: Path, label: str
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        old = await card(house, BORIS)
        await press(house, "Одобрить", ANNA)
        await press_in(house, dict(old.buttons)[label], old.id, BORIS)
        assert house.last_answer() == "Уже решено: одобрил(а) Человек 21."
        assert "Одобрено: Человек 21." in (await card(house, BORIS)).text
        assert await state(house, review.id) is ReviewState.APPROVED
        assert len(await house.rows(tables.approval)) == 1

    play(tmp_path, story)


def test_where_two_must_agree_the_first_is_one_of_two(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await approvals(house, 2)
        review = await submit(house, people)
        first = await card(house, ANNA)
        await press(house, "Одобрить", ANNA)
        assert "Одобрено одним из двух: Человек 21" in (await card(house, ANNA)).text
        assert "Одобрить" not in (await card(house, ANNA)).labels
        assert "Одобрено одним из двух: Человек 21" in (await card(house, BORIS)).text
        await press_in(house, dict(first.buttons)["Одобрить"], first.id, ANNA)
        assert house.last_answer() == "Вы уже согласились"
        assert await state(house, review.id) is ReviewState.WAITING
        assert "Одобрено" not in await texts(house, PRESS)
        await press(house, "Одобрить", BORIS)
        assert await state(house, review.id) is ReviewState.APPROVED

    play(tmp_path, story)


def test_whoever_decides_about_the_region_too_goes_on_with_that(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, reach=Reach.REGION)
        next_card = await press(house, "Одобрить", REGION)
        assert "Одобрено: Человек 23. Выйдет в 11:01. Теперь о показе шире." in next_card.text
        assert "Показать всей области?" in next_card.text
        assert "Отменить показ у себя" in next_card.labels
        assert len(next_card.labels) == 10
        assert "О показе шире решает Федерация" in await texts(house, PRESS)
        done = await press(house, "Одобрить", REGION)
        assert "Одобрено: Человек 23. Выйдет в 11:01." in done.text
        assert await state(house, review.id + 1) is ReviewState.APPROVED

    play(tmp_path, story)


def test_undoing_at_home_takes_the_regions_card_away(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, reach=Reach.REGION)
        await press(house, "Одобрить", ANNA)
        assert "Показать всей области?" in (await card(house, REGION)).text
        await press(house, "Отменить", ANNA)
        assert await state(house, review.id) is ReviewState.WAITING
        assert await state(house, review.id + 1) is ReviewState.CANCELLED
        assert "Показать всей области?" not in await texts(house, REGION)
        await press(house, "Одобрить", REGION)
        undone = await press(house, "Отменить показ у себя", REGION)
        assert "Опубликовать у себя?" in undone.text

    play(tmp_path, story)


def test_a_refusal_by_the_region_leaves_the_news_at_home(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, reach=Reach.REGION)
        await press(house, "Одобрить", ANNA)
        await walk(house, REGION, "Отказать", "Не хватает даты и места")
        heard = await texts(house, PRESS)
        assert "В показе шире отказано: Человек 23." in heard
        assert "Причина: Не хватает даты и места" in heard
        assert "У себя новость остаётся." in heard
        await house.pass_time(61)
        assert await state(house, review.id) is ReviewState.PUBLISHED
        assert await state(house, review.id + 1) is ReviewState.REFUSED

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("button", "told", "wanted"),
    [
        ("Вернуть", "Вернули вам: Человек 21.", ReviewState.RETURNED),
        ("Отказать", "Отказано: Человек 21.", ReviewState.REFUSED),
    ],
)
def test_a_reason_is_given_in_own_words_or_by_a_button(
    tmp_path: Path, button: str, told: str, wanted: ReviewState
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        by_words = await submit(house, people)
        asked = await press(house, button, ANNA)
        assert "Проверьте имена и должности" in asked.labels
        assert "‹ Назад" in asked.labels
        below = await say(house, "Нет фамилии председателя", ANNA)
        assert "Причина: Нет фамилии председателя" in below
        assert await state(house, by_words.id) is wanted
        assert "Причина: Нет фамилии председателя" in (await card(house, BORIS)).text
        heard = await texts(house, PRESS)
        assert told in heard
        assert ("пришлите заново" in heard) is (wanted is ReviewState.RETURNED)
        by_button = await submit(house, people)
        await walk(house, ANNA, button, "Снимок не подходит")
        row = await house.row(tables.review, id=by_button.id)
        assert (row.state, row.reason) == (wanted, "Снимок не подходит")

    play(tmp_path, story)


def test_whoever_thinks_again_is_asked_for_no_words_any_more(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        back = await walk(house, ANNA, "Отказать", "‹ Назад")
        assert back.labels == BUTTONS
        await say(house, "Что-то совсем другое", ANNA)
        assert await state(house, review.id) is ReviewState.WAITING

    play(tmp_path, story)


def test_when_the_author_changes_the_text_the_old_card_is_put_away(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        old = await card(house, ANNA)
        await press(house, "Одобрить", BORIS)
        await author_changes(house, people, review, "Оклады выросли на пятую часть.")
        for who in (ANNA, BORIS, REGION):
            shown = await dialog(house, who)
            assert "Оклады выросли на пятую часть." in shown[-2].text
            assert "Автор изменил текст, прежнее одобрение не действует." in shown[-1].text
            assert shown[-1].labels == BUTTONS
            assert [one.text for one in shown].count("Устарело. Свежая карточка ниже.") == 1
        # An approval names the text its card showed.
        await press_in(house, dict(old.buttons)["Одобрить"], old.id, ANNA)
        assert house.last_answer() == "Автор изменил текст. Посмотрите, как теперь."
        assert await state(house, review.id) is ReviewState.WAITING
        assert "Оклады выросли на пятую часть." in (await dialog(house, ANNA))[-2].text
        await press(house, "Одобрить", ANNA)
        assert await state(house, review.id) is ReviewState.APPROVED

    play(tmp_path, story)


def test_an_approval_for_a_time_is_said_in_words(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        asked = await press(house, "Одобрить ко времени", ANNA)
        assert "Когда опубликовать?" in asked.text
        below = await say(house, "завтра в 18:00", ANNA)
        assert "Выйдет: завтра, вторник, 24 ноября 2026, 18:00" in below
        row = await house.row(tables.review, id=review.id)
        assert row.publish_at == house.clock.now() + 31 * 3_600_000
        assert "Выйдет: завтра, вторник" in await texts(house, PRESS)

    play(tmp_path, story)


def test_children_are_asked_about_before_anything_is_approved(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, pictures=["a" * 64], pictured=Pictured.CHILDREN)
        asked = await press(house, "Одобрить", ANNA)
        assert "Где хранится письменное согласие родителей?" in asked.text
        assert asked.labels == ["Убрать снимки", "‹ Назад"]
        below = await say(house, "В школе № 5, у завуча", ANNA)
        assert "Согласие родителей: В школе № 5, у завуча" in below
        assert "Согласие родителей: В школе № 5, у завуча" in (await card(house, BORIS)).text
        await press(house, "Одобрить", ANNA)
        assert await state(house, review.id) is ReviewState.APPROVED

    play(tmp_path, story)


def test_or_the_pictures_are_removed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, pictures=["a" * 64], pictured=Pictured.CHILDREN)
        await walk(house, ANNA, "Одобрить", "Убрать снимки", "Одобрить")
        row = await house.row(tables.review, id=review.id)
        assert row.state == ReviewState.APPROVED
        assert not await house.rows(tables.revision_media, revision_id=row.revision_id)

    play(tmp_path, story)


@pytest.mark.parametrize("label", ["Одобрить", "Беру", "Показать ещё раз", "Вернуть"])
def test_whose_role_was_taken_back_presses_in_vain(tmp_path: Path, label: str) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        async with house.db.write() as connection:
            await connection.execute(
                tables.role.update()
                .where(tables.role.c.person_id == people[ANNA])
                .values(revoked_at=1)
            )
        await press(house, label, ANNA)
        assert house.last_answer() == "Эта кнопка уже не действует. Напишите «меню»."
        assert await state(house, review.id) is ReviewState.WAITING
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "may not decide here"
        await press(house, "Беру", BORIS)
        assert "Здесь вы больше не решаете." in await texts(house, ANNA)

    play(tmp_path, story)


def test_words_asked_for_decide_nothing_once_the_role_is_taken_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await press(house, "Отказать", ANNA)
        async with house.db.write() as connection:
            await connection.execute(
                tables.role.update()
                .where(tables.role.c.person_id == people[ANNA])
                .values(revoked_at=1)
            )
        below = await say(house, "Не нужно", ANNA)
        assert "У вас больше нет на это права." in below
        assert await state(house, review.id) is ReviewState.WAITING

    play(tmp_path, story)


def test_a_moderator_of_another_organization_sees_and_decides_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await house.role("30", RoleKind.MODERATOR, "org-2")
        review = await submit(house, people)
        assert "Опубликовать у себя?" not in await texts(house, "30")
        theirs = await submit(house, people, slug="org-2")
        forged = await card(house, "30")
        async with house.db.write() as connection:
            # A screen that names another desk's review, as if somebody had forged it.
            screen = int(dict(forged.buttons)["Одобрить"].partition(":")[0])
            row = (await connection.execute(tables.screen.select().filter_by(id=screen))).one()
            choices = [
                {**one, "args": {**one["args"], "review": review.id}}
                if one["args"].get("review") == theirs.id
                else one
                for one in row.choices
            ]
            await connection.execute(
                tables.screen.update().where(tables.screen.c.id == screen).values(choices=choices)
            )
        await press(house, "Одобрить", "30")
        assert await state(house, review.id) is ReviewState.WAITING
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "may not decide here"

    play(tmp_path, story)
