"""«Мои новости»: each with its state in words, what can be done with it, and its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import Reach, ReviewState, RoleKind, SubmissionState
from newsroom import reviews
from storage import people as persons
from storage import reviews as storage_reviews
from storage import submissions, tables
from storage.reviews import Review
from tests.bots.dialog import Dialog, approve
from tests.bots.house import ADMIN, House, play
from tests.bots.outgoing import end, place, publish
from tests.bots.reviewing import ANNA, BORIS, PRESS, REGION, dialog, press, say, staff, submit

TITLE = "1. Оклады выросли"


async def listed(house: House) -> str:
    """Return the list that the author sees."""
    await house.say("Мои новости", PRESS)
    return (await dialog(house, PRESS))[-1].text


async def decide(house: House, review: Review, who: int, *, refuse: bool) -> None:
    """Let a moderator send it back."""
    async with house.db.write() as c:
        await reviews.send_back(
            c,
            house.settings.rules,
            review.id,
            who,
            "Нет даты",
            house.clock.now(),
            refuse=refuse,
        )


def test_who_has_sent_nothing_is_told_how(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await staff(house)
        said = await listed(house)
        assert "Здесь пока пусто" in said
        assert "Чтобы прислать новость" in said
        assert (await dialog(house, PRESS))[-1].labels == ["‹ Назад"]

    play(tmp_path, story)


def test_a_draft_is_found_again_and_opened(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("20", RoleKind.PRESS)
        author = Dialog(house, "20")
        await author.write("Субботник в Шуе\nВсе приходите.")
        said = await listed(house)
        assert "1. Субботник в Шуе — черновик" in said
        shown = await press(house, "1. Субботник в Шуе", PRESS)
        assert "История" not in shown.labels
        await press(house, "Открыть черновик", PRESS)
        card = await author.card()
        assert "Субботник в Шуе" in card.text

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("refuse", "word", "line"),
    [
        (False, "возвращено: Отрасль 01", "Отрасль 01: возвращено"),
        (True, "отказано: Отрасль 01", "Отрасль 01: отказано"),
    ],
)
def test_what_was_sent_back_says_why(tmp_path: Path, refuse: bool, word: str, line: str) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        assert f"{TITLE} — ждёт решения: Отрасль 01" in await listed(house)
        await decide(house, review, people[ANNA], refuse=refuse)
        assert f"{TITLE} — {word}" in await listed(house)
        shown = await press(house, TITLE, PRESS)
        assert f"{line}\nПочему: Нет даты" in shown.text

    play(tmp_path, story)


def test_an_approved_one_says_when_it_leaves_and_then_that_it_is_out(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people, reach=Reach.REGION)
        async with house.db.write() as c:
            await reviews.approve(
                c,
                house.settings.rules,
                review.id,
                people[ANNA],
                review.revision_id,
                house.clock.now(),
            )
        assert "ждёт решения: Федерация" in await listed(house)
        await house.pass_time(61)
        assert f"{TITLE} — своим вышло, решает: Федерация" in await listed(house)
        region = (await house.rows(tables.review))[-1]
        async with house.db.write() as c:
            await reviews.approve(
                c,
                house.settings.rules,
                region.id,
                people[REGION],
                region.revision_id,
                house.clock.now(),
            )
        await house.pass_time(61)
        assert f"{TITLE} — вышло" in await listed(house)

    play(tmp_path, story)


def test_a_refusal_by_the_region_leaves_the_own_publication(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await publish(house, people, Reach.REGION)
        region = (await house.rows(tables.review))[-1]
        async with house.db.write() as c:
            known = await storage_reviews.get(c, region.id)
        assert known is not None
        await decide(house, known, people[REGION], refuse=True)
        assert f"{TITLE} — вышло" in await listed(house)
        shown = await press(house, TITLE, PRESS)
        assert "Отрасль 01: одобрено, вышло\nФедерация: отказано\nПочему: Нет даты" in shown.text

    play(tmp_path, story)


def test_what_waits_is_taken_back_after_a_question(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        await listed(house)
        await press(house, TITLE, PRESS)
        sure = await press(house, "Забрать назад", PRESS)
        assert "Забрать назад: Оклады выросли?" in sure.text
        await press(house, "‹ Назад", PRESS)
        assert (await house.row(tables.review)).state == ReviewState.WAITING
        await press(house, "Забрать назад", PRESS)
        data = dict((await dialog(house, PRESS))[-1].buttons)["Да, забрать"]
        shown = await press(house, "Да, забрать", PRESS)
        assert house.last_answer() == "Забрали назад"
        assert "Оклады" not in shown.text
        assert (await house.row(tables.review, id=review.id)).state == ReviewState.CANCELLED
        assert (await house.row(tables.submission)).state == SubmissionState.DISCARDED
        # The moderators' cards know it.
        assert "Одобрить" not in [
            label for one in await dialog(house, ANNA) for label in one.labels
        ]
        # And the old button does nothing more.
        await house.press_data(data, PRESS)
        assert len(await house.rows(tables.journal, action="post.withdrawn")) == 1

    play(tmp_path, story)


def test_what_went_out_meanwhile_is_not_taken_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        await listed(house)
        await press(house, TITLE, PRESS)
        await press(house, "Забрать назад", PRESS)
        await approve(house, ANNA)
        shown = await press(house, "Да, забрать", PRESS)
        assert "Вышло." in shown.text
        assert (await house.row(tables.submission)).state == SubmissionState.SENT

    play(tmp_path, story)


def test_the_list_is_paged_and_fits_the_smallest_keyboard(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        for _ in range(10):
            await submit(house, people)
        await listed(house)
        first = (await dialog(house, PRESS))[-1]
        assert len(first.labels) == 10
        assert first.labels[-2:] == ["‹ Назад", "Дальше ›"]
        second = await press(house, "Дальше ›", PRESS)
        assert second.labels == ["9. Оклады выросли", "10. Оклады выросли", "‹ Назад"]
        shown = await press(house, "10. Оклады выросли", PRESS)
        assert shown.text.startswith("№ 1 ·")
        assert (await press(house, "‹ Назад", PRESS)).labels == second.labels
        assert (await press(house, "‹ Назад", PRESS)).labels == first.labels

    play(tmp_path, story)


def test_history_says_who_did_what_and_when(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        review = await submit(house, people)
        await decide(house, review, people[BORIS], refuse=False)
        post = await publish(house, people)
        assert post != review.post_id
        await end(house, "-1")
        said = await say(house, f"/history {post}", PRESS)
        assert f"№ {post} · Оклады выросли" in said
        assert "23 ноября, 11:00 · одобрено, редакция 1 (Отрасль 01) · Человек 21" in said
        assert "23 ноября, 11:01 · вышло для своих" in said
        assert "Доставлено 1 из 1" in said
        said = await say(house, f"/history {review.post_id}", ANNA)
        assert "возвращено (Отрасль 01): Нет даты · Человек 22" in said

    play(tmp_path, story)


def test_who_was_forgotten_has_no_name_in_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        post = await publish(house, people)
        async with house.db.write() as c:
            await persons.forget(c, people[ANNA])
        said = await say(house, f"/history {post}", PRESS)
        assert "одобрено, редакция 1 (Отрасль 01) · удалённый человек" in said

    play(tmp_path, story)


def test_history_without_a_number_is_of_the_latest(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        first = await publish(house, people)
        second = (await submit(house, people)).post_id
        assert f"№ {second} ·" in await say(house, "История", PRESS)
        assert f"№ {first} ·" in await say(house, "/history", ANNA)
        await house.start(person="50")
        assert "Показывать пока нечего" in await say(house, "/history", "50")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "sees"), [(PRESS, True), (ANNA, True), (REGION, True), (ADMIN, True), ("41", False)]
)
def test_history_is_for_author_moderators_and_administrators(
    tmp_path: Path, who: str, sees: bool
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await house.role("41", RoleKind.MODERATOR, "org-2")
        await house.start(person=ADMIN)
        post = await publish(house, people)
        said = await say(house, f"/history@vestnik7_bot {post}", who)
        assert ("вышло для своих" in said) is sees
        if not sees:
            assert said == await say(house, "/history 999", who)

    play(tmp_path, story)


def test_moderators_do_not_look_into_drafts(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await staff(house)
        await Dialog(house, PRESS).write("Субботник в Шуе")
        (row,) = await house.rows(tables.submission)
        assert "Проверьте номер" in await say(house, f"/history {row.post_id}", ANNA)
        assert "ничего не делала" in await say(house, f"/history {row.post_id}", PRESS)

    play(tmp_path, story)


def test_history_on_a_card_leads_back_to_the_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await submit(house, people)
        shown = await press(house, "История", ANNA)
        assert shown.text.startswith("№ 1 ·")
        shown = await press(house, "‹ Назад", ANNA)
        assert "Одобрить" in shown.labels

    play(tmp_path, story)


def test_a_discarded_draft_leaves_the_list(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        review = await submit(house, people)
        async with house.db.write() as c:
            discarded = int(SubmissionState.DISCARDED)
            await submissions.change(c, review.post_id, state=discarded)
        assert "Оклады" not in await listed(house)

    play(tmp_path, story)
