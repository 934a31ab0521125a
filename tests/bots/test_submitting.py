"""A press officer sends news as to a colleague: it is gathered, shown exactly, and laid before the desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.words import Pictured, Reach, ReviewState, RoleKind, SubmissionState
from newsroom.rubrics import RubricRule
from storage import tables
from tests.bots.dialog import Dialog, picture
from tests.bots.house import ADMIN, House, play

TITLE = "Оклады выросли"
BODY = "С января зарплата учителей области выше на десятую часть."
NEWS = f"{TITLE}\n\n{BODY}"


async def newsroom(house: House, slug: str = "org-1") -> Dialog:
    """Let 7 be a press officer and 8 a moderator; three pictures lie ready."""
    await house.role("7", RoleKind.PRESS, slug)
    await house.role("8", RoleKind.MODERATOR, slug)
    for number in range(1, 4):
        house.messenger.files[f"{number}.jpg"] = picture(number)
    return Dialog(house)


async def state_of(house: House) -> SubmissionState:
    """Return where the only submission stands."""
    return SubmissionState((await house.row(tables.submission)).state)


async def send(author: Dialog) -> None:
    """Send what lies on the card, without people in its pictures."""
    await author.press("Отправить")
    if (await author.last()).text.startswith("Кто на снимках?"):
        await author.press("никого")
    await author.press("Отправить")


def test_from_a_text_to_the_moderators(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await house.subscribe("9")
        before = len(await author.seen())
        await author.write(NEWS)
        (card,) = (await author.seen())[before:]
        assert card.text == (
            "Черновик · Отрасль 01\n\n"
            f"{TITLE}\n\n{BODY}\n\n"
            "Тема: без темы\n"
            "Кому показать: своим (Отрасль 01)"
        )
        await author.press("Отправить")
        as_it_will_be, confirm = (await author.seen())[-2:]
        assert as_it_will_be.text == NEWS
        assert confirm.text.startswith("Отрасль 01 · так это увидят")
        assert "Подписчиков: 1" in confirm.text
        assert "Решает: Отрасль 01" in confirm.text
        taken = await author.press("Отправить")
        assert taken.message == confirm.message
        assert taken.text == "Принято\n\nРешают модераторы: Отрасль 01. Скажем, когда решат."
        review = await house.row(tables.review)
        assert (review.state, review.level) == (ReviewState.WAITING, Reach.OWN)
        moderator = Dialog(house, "8")
        assert any(TITLE in one.text and one.buttons for one in await moderator.seen())

    play(tmp_path, story)


def test_an_album_is_one_submission_and_one_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        before = len(await author.seen())
        await author.write(NEWS, "1.jpg", album="a", settle=False)
        await author.write("", "2.jpg", album="a", settle=False)
        assert len(await author.seen()) == before
        await author.write("", "3.jpg", album="a")
        (card,) = (await author.seen())[before:]
        assert "Фото: 3" in card.text
        assert "Кто на снимках: не сказано" in card.text

    play(tmp_path, story)


def test_a_late_item_of_an_album_renews_the_card(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg", album="a")
        first = await author.card()
        await author.write("", "2.jpg", album="a")
        second = await author.card()
        assert "Фото: 2" in second.text
        assert second.message != first.message
        shown = {one.message: one for one in await author.seen()}
        assert shown[first.message].text == "Карточка обновилась, она ниже."
        assert not shown[first.message].buttons

    play(tmp_path, story)


def test_a_late_item_of_a_sent_album_is_an_edit_of_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg", album="a")
        await send(author)
        await author.write("", "2.jpg", album="a")
        assert (await author.last()).text.startswith("Кто на снимках?")
        await author.press("никого")
        assert "решают заново" in (await author.last()).text
        assert len(await house.rows(tables.submission)) == 1
        assert [row.number for row in await house.rows(tables.revision)] == [1, 2]

    play(tmp_path, story)


def test_text_before_and_after_pictures_belongs_to_them(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        await author.write("", "1.jpg")
        house.clock.advance(20 * 60_000)
        await author.write("Подробности у председателя.")
        card = await author.card()
        assert "Фото: 1" in card.text
        assert f"{BODY}\n\nПодробности у председателя." in card.text
        assert len(await house.rows(tables.submission)) == 1

    play(tmp_path, story)


def test_half_an_hour_later_it_is_another_draft(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        house.clock.advance(31 * 60_000)
        await author.write("Профсоюз провёл собрание в Шуе, решили многое.")
        assert len(await house.rows(tables.submission)) == 2

    play(tmp_path, story)


def test_what_was_written_hours_apart_is_not_joined_by_an_outage(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        long_ago = house.clock.now()
        house.clock.advance(5 * 3_600_000)
        first = house.incoming_at(long_ago, NEWS)
        second = house.incoming_at(
            long_ago + 3 * 3_600_000, "Собрание в Шуе прошло, решили многое."
        )
        await house.take(first, second)
        await house.engine.drain()
        assert len(await house.rows(tables.submission)) == 2
        assert author.said == []

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("никого", Pictured.NOBODY),
        ("общий план", Pictured.GENERAL_VIEW),
        ("взрослые, они согласны", Pictured.AGREED_ADULTS),
    ],
)
def test_who_is_pictured_is_asked_once(tmp_path: Path, who: str, wanted: Pictured) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        asked = await author.press("Отправить")
        assert asked.text.startswith("Кто на снимках?")
        await author.press(who)
        assert (await house.row(tables.submission)).pictured == wanted
        preview, confirm = (await author.seen())[-2:]
        assert preview.text == NEWS
        assert len(preview.pictures) == 1
        assert "так это увидят" in confirm.text
        await author.press("‹ Назад к черновику")
        assert f"Кто на снимках: {who}" in (await author.card()).text
        again = await author.press("Отправить")
        assert "так это увидят" in again.text

    play(tmp_path, story)


def test_of_children_it_is_asked_where_the_consent_lies(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        await author.press("Отправить")
        asked = await author.press("дети")
        assert asked.text.startswith("Где хранится письменное согласие родителей?")
        await author.write("папка 12, кабинет 305")
        row = await house.row(tables.submission)
        assert (row.pictured, row.consent_place) == (Pictured.CHILDREN, "папка 12, кабинет 305")
        assert len(await house.rows(tables.submission_message)) == 1
        assert "так это увидят" in (await author.last()).text
        await author.press("Отправить")
        assert await state_of(house) is SubmissionState.SENT

    play(tmp_path, story)


def test_the_consent_may_be_left_to_the_moderator(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        await author.walk("Отправить", "дети", "Скажу модератору позже", "Отправить")
        assert await state_of(house) is SubmissionState.SENT
        assert (await house.row(tables.submission)).consent_place is None
        # What is said next is no answer to a question that was left.
        await author.write("папка 12, кабинет 305")
        assert (
            await house.row(tables.submission, state=SubmissionState.SENT)
        ).consent_place is None

    play(tmp_path, story)


def test_pictures_may_be_left_out_instead(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        await author.walk("Отправить", "дети", "Убрать снимки")
        preview, confirm = (await author.seen())[-2:]
        assert preview.pictures == []
        await author.press_on(confirm, "Отправить")
        revision = await house.row(tables.revision)
        assert not await house.rows(tables.revision_media, revision_id=revision.id)

    play(tmp_path, story)


def test_new_pictures_are_asked_about_anew(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        await author.walk("Отправить", "никого")
        await author.write("", "2.jpg")
        assert "Кто на снимках: не сказано" in (await author.card()).text
        assert (await author.press("Отправить")).text.startswith("Кто на снимках?")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("меню", False),
        ("Сегодня решили всё на собрании. " * 10, False),
        ("хорошо", True),
        ("папка 12, кабинет 305", True),
    ],
)
def test_words_that_are_no_answer_are_not_taken_for_the_place_of_a_consent(
    tmp_path: Path, words: str, back: bool
) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, "1.jpg")
        await author.walk("Отправить", "дети")
        if back:
            await author.press("‹ Назад")
        await author.write(words)
        assert (await house.row(tables.submission)).consent_place is None

    play(tmp_path, story)


def test_the_theme_is_guessed_and_may_be_chosen(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        salary = RubricRule(house.rubrics[0], "Зарплата", ("зарплат", "оклад"))
        await house.change(rules=replace(house.settings.rules, rubrics=(salary,)))
        author = await newsroom(house)
        await author.write(NEWS)
        assert "Тема: Зарплата" in (await author.card()).text
        await author.press("Тема: Зарплата")
        await author.press("Отдых")
        assert "Тема: Отдых" in (await author.card()).text
        await author.write("И ещё об окладах: они выросли у всех.")
        assert "Тема: Отдых" in (await author.card()).text  # chosen by hand, not guessed again

    play(tmp_path, story)


def test_whom_to_show_is_said_with_names(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        asked = await author.press("Кому показать: своим (Отрасль 01)")
        assert list(asked.buttons) == [
            "✓ своим (Отрасль 01)",
            "всей области (Ивановская область)",
            "‹ Назад",
        ]
        await author.press("всей области (Ивановская область)")
        await author.press("Отправить")
        assert "Решает: Отрасль 01, потом Федерация" in (await author.last()).text

    play(tmp_path, story)


def test_the_district_is_offered_where_somebody_is_there(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            for slug in ("org-1", "shuya"):
                await connection.execute(
                    tables.organization.update()
                    .where(tables.organization.c.slug == slug)
                    .values(territory="Шуя")
                )
        author = await newsroom(house)
        await author.write(NEWS)
        asked = await author.press("Кому показать: своим (Отрасль 01)")
        assert "району (Шуя)" not in asked.buttons
        await author.press("‹ Назад")
        await house.subscribe("9", "shuya")
        asked = await author.press("Кому показать: своим (Отрасль 01)")
        assert "району (Шуя)" in asked.buttons

    play(tmp_path, story)


def test_with_several_roles_it_is_asked_in_whose_name(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await house.role("7", RoleKind.PRESS, "shuya")
        await author.write(NEWS)
        asked = await author.last()
        assert asked.text.startswith("От чьего имени?")
        assert list(asked.buttons) == ["Отрасль 01", "Шуя", "Удалить черновик"]
        card = await author.press("Шуя")
        assert card.text.startswith("Черновик · Шуя\n")
        await author.write("Подробности у председателя совета.")
        card = await author.card()  # asked once a draft
        assert card.text.startswith("Черновик · Шуя\n")
        await author.walk("От имени: Шуя", "Отрасль 01")
        await author.press("От имени: Отрасль 01")
        assert list((await author.last()).buttons) == ["Отрасль 01", "Шуя", "‹ Назад"]
        await author.walk("Шуя", "Отправить", "Отправить")
        post = await house.row(tables.post)
        assert post.organization_id == house.organizations["shuya"]

    play(tmp_path, story)


def test_one_role_is_never_asked_about(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await house.role("7", RoleKind.MODERATOR)
        await author.write(NEWS)
        card = await author.card()
        assert not any(label.startswith("От имени") for label in card.buttons)

    play(tmp_path, story)


def test_whoever_has_no_role_sends_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.say(NEWS)
        await house.pass_time(3)
        assert not await house.rows(tables.submission)

    play(tmp_path, story)


@pytest.mark.parametrize("words", ["Спасибо!", "Добрый день", "👍", "ок"])
def test_courtesy_is_no_news(tmp_path: Path, words: str) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(words)
        assert not await house.rows(tables.submission)

    play(tmp_path, story)


def test_an_answer_to_a_message_is_no_news(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS, reply_to="5")
        assert not await house.rows(tables.submission)
        assert "не берём как новость" in (await author.last()).text

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("video", "пришлите ссылку"),
        ("video_note", "пришлите ссылку"),
        ("voice", "напишите то же текстом"),
        ("audio", "пришлите текст или ссылку"),
        ("sticker", "Стикеры не берём"),
        ("contact", "не берём"),
        ("poll", "не берём"),
    ],
)
def test_what_cannot_be_taken_is_answered_with_what_can(
    tmp_path: Path, kind: str, wanted: str
) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write("", media=(kind,))
        assert wanted in (await author.last()).text
        assert "Новость — это текст" in (await author.last()).text
        assert not await house.rows(tables.submission)

    play(tmp_path, story)


def test_of_an_album_with_a_video_the_rest_is_taken(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        before = len(await author.seen())
        await author.write("", media=("video",), album="a", settle=False)
        await author.write(NEWS, "1.jpg", album="a")
        (card,) = (await author.seen())[before:]
        assert "Фото: 1" in card.text
        assert "Видео не берём: пришлите ссылку на него текстом" in card.text

    play(tmp_path, story)


def test_an_album_of_nothing_but_videos_leaves_no_draft(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        before = len(await author.seen())
        await author.write("", media=("video",), album="a", settle=False)
        await author.write("", media=("video",), album="a")
        (said,) = (await author.seen())[before:]
        assert said.text.count("Видео не берём") == 1
        assert await state_of(house) is SubmissionState.DISCARDED

    play(tmp_path, story)


def test_a_long_text_is_fine_and_a_longer_one_is_told_so(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write("Слово за словом. " * 300)
        assert "Сократите" not in (await author.card()).text
        for _ in range(7):
            await author.write("Ещё слово за словом. " * 220 + str(next(house.numbers)))
        assert "Текст длиннее 30 000 знаков" in (await author.card()).text
        await author.press("Отправить")
        assert "Текст длиннее 30 000 знаков" in (await author.card()).text
        assert await state_of(house) is SubmissionState.DRAFT

    play(tmp_path, story)


def test_markup_and_signs_that_nobody_sees_are_just_text(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(
            "<b>Важно</b> [ссылка](http://a.b) {$who} &amp; \u200b*звёзды*\u202e, всем"
        )
        assert (
            "<b>Важно</b> [ссылка](http://a.b) {$who} &amp; *звёзды*, всем"
            in (await author.card()).text
        )

    play(tmp_path, story)


def test_a_role_lost_in_the_middle_sends_nothing_and_the_draft_stays(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        await author.press("Отправить")
        await revoke(house)
        await author.press("Отправить")
        assert (house.last_answer() or "").startswith("У вас больше нет на это права")
        assert await state_of(house) is SubmissionState.DRAFT
        assert not await house.rows(tables.review)
        await author.press("‹ Назад к черновику")
        assert await state_of(house) is SubmissionState.DRAFT

    play(tmp_path, story)


async def revoke(house: House) -> None:
    """Take all roles from 7."""
    async with house.db.write() as connection:
        await connection.execute(
            tables.role.update()
            .where(tables.role.c.kind == int(RoleKind.PRESS))
            .values(revoked_at=house.clock.now())
        )


def test_somebody_elses_draft_cannot_be_touched(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await house.role("17", RoleKind.PRESS, "org-1")
        await author.write(NEWS)
        card = await author.card()
        other = Dialog(house, "17")
        await other.press_on(card, "Отправить")
        assert await state_of(house) is SubmissionState.DRAFT
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "somebody else's screen"

    play(tmp_path, story)


def test_an_old_preview_does_not_send_what_was_never_previewed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        message = await author.write(NEWS)
        await author.press("Отправить")
        confirm = await author.last()
        await author.edit(message, f"{NEWS} И ещё.")
        await author.press_on(confirm, "Отправить")
        assert house.last_answer() == "Черновик изменился, посмотрите ещё раз"
        assert await state_of(house) is SubmissionState.DRAFT

    play(tmp_path, story)


def test_pressing_send_twice_sends_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        await author.press("Отправить")
        confirm = await author.last()
        await author.press_on(confirm, "Отправить")
        await author.press_on(confirm, "Отправить")
        assert house.last_answer() == "Уже отправлено"
        assert len(await house.rows(tables.review)) == 1

    play(tmp_path, story)


def test_a_draft_is_deleted_after_a_question(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        await author.write(NEWS)
        await author.walk("Удалить черновик", "Нет, оставить")
        assert await state_of(house) is SubmissionState.DRAFT
        await author.walk("Удалить черновик", "Да, удалить")
        assert (await author.last()).text == "Черновик удалён."
        assert await state_of(house) is SubmissionState.DISCARDED

    play(tmp_path, story)


def test_where_nobody_has_to_agree_it_goes_out_after_the_minute(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await newsroom(house)
        async with house.db.write() as connection:
            await connection.execute(tables.organization.update().values(approvals=0))
        await author.write(NEWS)
        confirm = await author.press("Отправить")
        assert "Решения ждать не нужно" in (await author.last()).text
        assert confirm.buttons
        taken = await author.press("Отправить")
        assert "Выйдет через минуту" in taken.text
        assert "Отменить" in taken.buttons
        review = await house.row(tables.review)
        assert review.state == ReviewState.APPROVED
        await house.pass_time(61)
        assert (await house.row(tables.review)).state == ReviewState.PUBLISHED

    play(tmp_path, story)


def test_administrators_hear_that_nobody_can_decide(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start(person=ADMIN)
        await house.role("7", RoleKind.PRESS)
        author = Dialog(house)
        await author.write(NEWS)
        await send(author)
        administrator = Dialog(house, ADMIN)
        assert any(
            one.text.startswith("Некому решать: Отрасль 01") for one in await administrator.seen()
        )
        assert await state_of(house) is SubmissionState.SENT

    play(tmp_path, story)
