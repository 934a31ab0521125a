"""Authors edit their own messages: drafts change, desks decide anew, what is out is corrected on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import ReviewState, RoleKind, SubmissionState
from newsroom import reviews
from newsroom.objection import Objection, Why
from storage import tables
from tests.bots.dialog import Dialog, approve, picture
from tests.bots.house import House, play

NEWS = "Оклады выросли\n\nС января зарплата учителей области выше на десятую часть."
BETTER = "Оклады выросли\n\nС февраля зарплата учителей области выше на десятую часть."


async def newsroom(house: House) -> Dialog:
    """Let 7 be a press officer and 8 a moderator; two pictures lie ready."""
    await house.role("7", RoleKind.PRESS)
    await house.role("8", RoleKind.MODERATOR)
    for number in (1, 2):
        house.messenger.files[f"{number}.jpg"] = picture(number)
    return Dialog(house)


async def sent(house: House, *files: str) -> tuple[Dialog, str]:
    """Submit news; returns the author's dialog and the message it is written in."""
    author = await newsroom(house)
    message = await author.write(NEWS, *files)
    await author.press("Отправить")
    if files:
        await author.press("никого")
    await author.press("Отправить")
    return author, message


def test_an_edited_message_renews_the_card_of_a_draft(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        message = await author.write(NEWS)
        await author.edit(message, BETTER)
        assert "С февраля" in (await author.card()).text
        assert not await house.rows(tables.revision)

    play(tmp_path, story)


def test_an_edit_after_sending_is_decided_anew(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        await author.edit(message, BETTER)
        told = await author.last()
        assert told.text.startswith("Приняли исправление, решают заново")
        assert "Решают модераторы: Отрасль 01" in told.text
        review = await house.row(tables.review)
        revisions = await house.rows(tables.revision)
        assert [row.number for row in revisions] == [1, 2]
        assert review.revision_id == revisions[1].id
        assert any("С февраля" in one.text for one in await Dialog(house, "8").seen())

    play(tmp_path, story)


def test_an_approval_lapses_when_the_author_changes_the_text(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        async with house.db.write() as connection:
            person = (
                (
                    await connection.execute(
                        tables.identity.select().where(tables.identity.c.external == "8")
                    )
                )
                .one()
                .person_id
            )
            row = (await connection.execute(tables.review.select())).one()
            await reviews.approve(
                connection, house.settings.rules, row.id, person, row.revision_id, house.clock.now()
            )
        assert (await house.row(tables.review)).state == ReviewState.APPROVED
        await author.edit(message, BETTER)
        assert (await house.row(tables.review)).state == ReviewState.WAITING
        await house.pass_time(120)
        assert (await house.row(tables.post)).public_revision_id is None

    play(tmp_path, story)


def test_an_edit_that_changes_nothing_is_not_spoken_of(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        before = await author.seen()
        await author.edit(message, NEWS)
        await author.edit("999", "Другое сообщение, которое никто не брал.")
        assert await author.seen() == before
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_another_picture_in_an_edit_is_fetched_and_asked_about(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house, "1.jpg")
        await author.edit(message, NEWS, "2.jpg")
        assert (await author.last()).text.startswith("Кто на снимках?")
        assert len(await house.rows(tables.revision)) == 1
        await author.press("общий план")
        assert "решают заново" in (await author.last()).text
        first, second = await house.rows(tables.revision)
        shown = [
            (await house.row(tables.revision_media, revision_id=one.id)).media_id
            for one in (first, second)
        ]
        assert shown[0] != shown[1]

    play(tmp_path, story)


def test_an_edit_with_a_picture_may_be_left(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house, "1.jpg")
        await author.edit(message, NEWS, "2.jpg")
        await author.press("Оставить как было")
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_an_edit_that_leaves_nothing_is_told_so(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        await author.edit(message, "")
        told = (await author.last()).text
        assert "нет ни текста, ни снимков" in told
        assert "Пока всё остаётся как было" in told
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_after_publication_a_correction_is_offered_with_the_difference(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe("9")
        author, message = await sent(house)
        await approve(house)
        public = (await house.row(tables.post)).public_revision_id
        assert public is not None
        await author.edit(message, BETTER)
        offer = await author.find("Исправить опубликованное?")
        assert "января" in offer.text and "февраля" in offer.text
        assert list(offer.buttons) == ["Исправить", "Оставить"]
        assert len(await house.rows(tables.revision)) == 1
        taken = await author.press("Исправить")
        assert taken.text.startswith("Исправление принято")
        review = await house.row(tables.review, correction=True)
        assert review.state == ReviewState.WAITING
        assert (await house.row(tables.post)).public_revision_id == public
        await approve(house)
        assert (await house.row(tables.post)).public_revision_id == review.revision_id

    play(tmp_path, story)


def test_what_is_published_may_be_left(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        await approve(house)
        await author.edit(message, BETTER)
        left = await author.press("Оставить")
        assert "остаётся как есть" in left.text
        assert len(await house.rows(tables.revision)) == 1
        assert not await house.rows(tables.review, correction=True)

    play(tmp_path, story)


def test_a_correction_is_the_text_that_was_shown(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        await approve(house)
        await author.edit(message, BETTER)
        offer = await author.find("Исправить опубликованное?")
        await author.edit(message, BETTER.replace("февраля", "марта"))
        await author.press_on(offer, "Исправить")
        assert "марта" in (await author.find("Исправить опубликованное?")).text
        assert not await house.rows(tables.review, correction=True)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (SubmissionState.DISCARDED, "вы отозвали"),
        (SubmissionState.RETRACTED, "снята с публикации"),
    ],
)
def test_an_edit_of_what_has_ended_changes_nothing(
    tmp_path: Path, state: SubmissionState, wanted: str
) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        async with house.db.write() as connection:
            await connection.execute(tables.submission.update().values(state=int(state)))
        await author.edit(message, BETTER)
        assert wanted in (await author.last()).text
        assert (await house.row(tables.submission_message)).text["text"] == NEWS

    play(tmp_path, story)


def test_who_lost_the_role_edits_in_vain(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        async with house.db.write() as connection:
            await connection.execute(
                tables.role.update()
                .where(tables.role.c.kind == int(RoleKind.PRESS))
                .values(revoked_at=house.clock.now())
            )
        await author.edit(message, BETTER)
        assert "больше нет права" in (await author.last()).text
        assert (await house.row(tables.submission_message)).text["text"] == NEWS
        assert len(await house.rows(tables.revision)) == 1

    play(tmp_path, story)


def test_a_refused_post_is_not_revived_by_an_edit(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        async with house.db.write() as connection:
            await connection.execute(tables.review.update().values(state=int(ReviewState.REFUSED)))
        await author.edit(message, BETTER)
        assert "Решение по этой новости уже принято" in (await author.last()).text

    play(tmp_path, story)


def test_a_returned_post_is_laid_anew_by_an_edit(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author, message = await sent(house)
        async with house.db.write() as connection:
            await connection.execute(
                tables.review.update().values(state=int(ReviewState.RETURNED), reason="Даты нет")
            )
        await author.edit(message, BETTER)
        assert "Решают модераторы" in (await author.last()).text
        states = [row.state for row in await house.rows(tables.review)]
        assert states == [ReviewState.RETURNED, ReviewState.WAITING]

    play(tmp_path, story)


def test_pictures_that_cannot_be_taken_out_still_want_the_parents_consent(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        message = await author.write("", "1.jpg")
        await author.walk("Отправить", "дети", "Скажу модератору позже", "Отправить")
        review = await house.row(tables.review)
        await author.edit(message, "", "2.jpg")
        await author.press("Убрать снимки")  # nothing would be left: all stays as it was
        assert "Пока всё остаётся как было" in (await author.last()).text
        with pytest.raises(Objection) as objection:
            await approve(house)
        assert objection.value.why is Why.CONSENT
        assert (await house.row(tables.review)).revision_id == review.revision_id

    play(tmp_path, story)
