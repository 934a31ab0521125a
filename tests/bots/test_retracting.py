"""A post is taken back: why, «Точно?», and what became of each copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import (
    DeliveryState,
    Lane,
    Reach,
    Reason,
    ReviewState,
    RoleKind,
    SubmissionState,
    WaveKind,
)
from newsroom.reasons import DELETED, NOT_KNOWN, REPLACED
from storage import roles, tables
from tests.bots.house import House, play
from tests.bots.outgoing import REFUSED, end, place, publish
from tests.bots.reviewing import ANNA, BORIS, PRESS, dialog, press, say, staff, texts

TITLE = "1. Оклады выросли"


async def open_mine(house: House) -> None:
    """Open the author's news."""
    await house.say("Мои новости", PRESS)
    await press(house, TITLE, PRESS)


async def published(house: House) -> int:
    """Let news be out in two channels; returns the post's id."""
    people = await staff(house)
    await place(house, "-1", "Образование")
    await place(house, "-2", "Учителя Шуи")
    post = await publish(house, people)
    for external in ("-1", "-2"):
        await end(house, external)
    await house.pass_time(3)
    return post


async def retractions(house: House) -> int:
    """Count what is planned to be undone."""
    return len(await house.rows(tables.wave, lane=Lane.RETRACT))


def test_the_author_takes_it_back_and_hears_the_form_used_everywhere(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await published(house)
        await open_mine(house)
        asked = await press(house, "Отозвать", PRESS)
        assert "Почему?" in asked.text
        assert "Причину увидят только автор и редакция" in asked.text
        sure = await press(house, "Ошибка в фактах", PRESS)
        assert "Точно отозвать?" in sure.text
        assert "Копий вышло: 2, ещё ждут отправки: 0." in sure.text
        assert "«Эта новость отозвана редакцией: Отрасль 01, 23 ноября.»" in sure.text
        assert not await retractions(house)
        for topic in (("courier", 1), "asking", "reports"):
            house.bell.on(topic).clear()
        await press(house, "Да, отозвать", PRESS)
        for topic in (("courier", 1), "asking", "reports"):
            assert house.bell.on(topic).is_set()
        assert await retractions(house) == 1
        await end(house, "-1", lane=Lane.RETRACT, detail=DELETED)
        await end(house, "-2", lane=Lane.RETRACT, detail=REPLACED)
        await house.pass_time(3)
        said = (await dialog(house, PRESS))[-1].text
        assert "Отозвано 2 из 2" in said
        assert f"Образование · Альфа — {DELETED}" in said
        assert f"Учителя Шуи · Альфа — {REPLACED}" in said

    play(tmp_path, story)


def test_what_could_not_be_taken_back_is_named(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await published(house)
        await open_mine(house)
        for label in ("Отозвать", "Опубликовано не туда", "Да, отозвать"):
            await press(house, label, PRESS)
        await end(house, "-1", REFUSED, lane=Lane.RETRACT, reason=Reason.KICKED, detail="x")
        await end(house, "-2", REFUSED, lane=Lane.RETRACT, reason=Reason.OTHER, detail=NOT_KNOWN)
        await house.pass_time(3)
        report = (await dialog(house, PRESS))[-1]
        assert "Отозвано 0 из 2" in report.text
        assert "Не получилось:\nОбразование · Альфа — бота удалили" in report.text
        assert f"Учителя Шуи · Альфа — {NOT_KNOWN}" in report.text
        assert report.labels == ["Мои новости"]

    play(tmp_path, story)


def test_the_reason_may_be_said_and_stays_inside(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        post = await published(house)
        await open_mine(house)
        await press(house, "Отозвать", PRESS)
        said = await say(house, "Перепутали фамилию", PRESS)
        assert "Точно отозвать?" in said
        assert "Причина (не для всех): Перепутали фамилию" in said
        await press(house, "Да, отозвать", PRESS)
        (line,) = await house.rows(tables.journal, action="post.retracted")
        assert line.detail["reason"] == "Перепутали фамилию"
        notice = (await house.rows(tables.revision, post_id=post))[-1]
        assert notice.body["text"] == "Эта новость отозвана редакцией: Отрасль 01, 23 ноября."
        assert "отозвано: Перепутали фамилию" in await say(house, f"/history {post}", ANNA)

    play(tmp_path, story)


@pytest.mark.parametrize("label", ["‹ Назад", "Ошибка в фактах"])
def test_words_after_another_press_are_no_reason(tmp_path: Path, label: str) -> None:
    async def story(house: House) -> None:
        await published(house)
        await open_mine(house)
        await press(house, "Отозвать", PRESS)
        await press(house, label, PRESS)
        assert "Точно отозвать?" not in await say(house, "Перепутали фамилию", PRESS)
        assert not await retractions(house)

    play(tmp_path, story)


@pytest.mark.parametrize("media", [("sticker",), ("voice",)])
def test_a_sticker_is_no_reason_and_the_words_are_still_waited_for(
    tmp_path: Path, media: tuple[str, ...]
) -> None:
    async def story(house: House) -> None:
        await published(house)
        await open_mine(house)
        await press(house, "Отозвать", PRESS)
        await say(house, "", PRESS, media=media)
        assert "Точно отозвать?" in await say(house, "Перепутали фамилию", PRESS)

    play(tmp_path, story)


def test_a_second_press_says_that_it_is_gone(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await published(house)
        await open_mine(house)
        await press(house, "Отозвать", PRESS)
        sure = await press(house, "Ошибка в фактах", PRESS)
        await press(house, "Да, отозвать", PRESS)
        await house.press_data(dict(sure.buttons)["Да, отозвать"], PRESS)
        assert await retractions(house) == 1
        assert len(await house.rows(tables.journal, action="post.retracted")) == 1
        await open_mine(house)
        shown = (await dialog(house, PRESS))[-1]
        assert "Отозвано." in shown.text
        assert "Отозвать" not in shown.labels
        assert "Отозвано 0 из 2" in (await press(house, "Кому доставлено", PRESS)).text

    play(tmp_path, story)


def test_the_right_is_asked_again_at_the_last_press(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await publish(house, people)
        await open_mine(house)
        await press(house, "Отозвать", PRESS)
        await press(house, "Ошибка в фактах", PRESS)
        async with house.db.write() as c:
            mine = await roles.of_person(c, people[PRESS])
            await roles.revoke(c, mine[0].id, None, house.clock.now())
        await press(house, "Да, отозвать", PRESS)
        assert await house.rows(tables.journal, action="button.refused")
        assert (await house.row(tables.post)).retracted_at is None

    play(tmp_path, story)


def test_a_moderator_takes_it_back_from_the_history_and_the_author_hears_why(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        post = await published(house)
        await say(house, f"/history {post}", ANNA)
        for label in ("Отозвать", "Просьба человека на снимке", "Да, отозвать"):
            await press(house, label, ANNA)
        assert (await house.row(tables.submission)).state == SubmissionState.RETRACTED
        told = await texts(house, PRESS)
        assert "Вашу новость отозвали: Оклады выросли" in told
        assert "Человек 21. Причина: Просьба человека на снимке" in told
        # The way back leads through the history to where it was opened.
        assert "отозвано" in (await press(house, "‹ Назад", ANNA)).text

    play(tmp_path, story)


def test_of_a_region_waiting_to_decide_nothing_is_left(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await publish(house, people, Reach.REGION)
        await open_mine(house)
        for label in ("Отозвать", "Ошибка в фактах", "Да, отозвать"):
            await press(house, label, PRESS)
        states = [row.state for row in await house.rows(tables.review)]
        assert states == [ReviewState.PUBLISHED, ReviewState.CANCELLED]
        for who in ("23", ANNA):
            labels = [label for one in await dialog(house, who) for label in one.labels]
            assert "Одобрить" not in labels

    play(tmp_path, story)


def test_a_post_of_a_site_is_taken_back_by_its_number(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await staff(house)
        chat = await place(house, "-1", "Образование")
        revision = await house.row(tables.revision, id=await house.post("org-1"))
        now = house.clock.now()
        wave = await house.add(
            tables.wave,
            account_id=1,
            kind=WaveKind.CREATE,
            lane=Lane.NEWS,
            due_at=now,
            post_id=revision.post_id,
            revision_id=revision.id,
            created_at=now,
        )
        await house.add(
            tables.delivery, wave_id=wave, chat_id=chat, state=DeliveryState.SENT, message="1"
        )
        said = await say(house, f"/history {revision.post_id}", BORIS)
        assert "Доставлено 1 из 1" in said
        for label in ("Отозвать", "Ошибка в фактах", "Да, отозвать"):
            await press(house, label, BORIS)
        await end(house, "-1", lane=Lane.RETRACT, detail=DELETED)
        shown = await press(house, "Кому доставлено", BORIS)
        assert f"Образование · Альфа — {DELETED}" in shown.text
        await house.pass_time(60)  # nobody has submitted it: nobody is told

    play(tmp_path, story)


def test_others_do_not_see_the_button(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await house.role("42", RoleKind.ADMINISTRATOR, "federation")
        post = await publish(house, people)
        await house.start(person="900")
        await say(house, f"/history {post}", "900")
        assert "Отозвать" not in (await dialog(house, "900"))[-1].labels

    play(tmp_path, story)


def test_what_nobody_knows_to_have_arrived_is_asked_about_and_named(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await publish(house, people)
        await end(house, "-1", DeliveryState.UNKNOWN)
        await open_mine(house)
        for label in ("Отозвать", "Ошибка в фактах", "Да, отозвать"):
            await press(house, label, PRESS)
        await house.pass_time(3)
        said = (await dialog(house, PRESS))[-1].text
        assert "Отозвано 0 из 1" in said
        assert "Неизвестно, дошло ли, спросили там: Образование · Альфа" in said
        # The moderators of its organization were asked, for nobody has connected it in chat.
        await press(house, "Отправить ещё раз", ANNA)
        assert "ещё раз не отправляем" in (await dialog(house, ANNA))[-1].text
        states = [row.state for row in await house.rows(tables.delivery)]
        assert states == [DeliveryState.CANCELLED, DeliveryState.PENDING]

    play(tmp_path, story)
