"""The author hears how a post went out: to whom, where it is to be seen, to whom not and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.words import (
    ChatKind,
    ChatState,
    DeliveryState,
    HoldScope,
    Lane,
    Mode,
    Reason,
    RoleKind,
    WaveKind,
)
from newsroom.reasons import PICTURES_STAY
from storage import holds, reviews, roles, tables
from tests.bots.dialog import approve
from tests.bots.house import House, play
from tests.bots.outgoing import PENDING, REFUSED, end, place, publish, refuse, resends
from tests.bots.reviewing import ANNA, BORIS, PRESS, author_changes, dialog, press, staff, texts

AGAIN = "Отправить им ещё раз"


async def reports(house: House, title: str = "Доставлено") -> list[str]:
    """Return the reports that the author has."""
    return [one.text for one in await dialog(house, PRESS) if title in one.text]


async def links(house: House) -> list[tuple[str, str]]:
    """Return (words, address) of what leads somewhere in the last thing said to the author."""
    chat = await house.row(tables.chat, external=PRESS)
    text = (await house.rows(tables.reply, chat_id=chat.id))[-1].body["text"]
    return [
        (text["text"][offset : offset + length], url)
        for offset, length, _, url, _ in text["entities"]
        if url
    ]


def test_the_report_names_places_with_links_counts_subscribers_and_says_why_not(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await place(house, "-2", "Учителя Шуи")
        for person in ("71", "72", "73"):
            await house.subscribe(person)
            await house.press("Присылать сразу", person)
        await place(house, "-3", "Вечерний", mode=Mode.DIGEST)
        await publish(house, people)
        await end(house, "-1")
        await refuse(house, "-2", Reason.NO_RIGHTS, detail="Forbidden: not enough rights")
        for person in ("71", "72"):
            await end(house, person)
        await refuse(house, "73", Reason.BLOCKED)
        await house.pass_time(3)
        (said,) = await reports(house)
        assert "Оклады выросли" in said
        assert "Доставлено 3 из 5" in said
        assert "Образование · Альфа" in said
        assert "Подписчикам: 2 из 3" in said
        assert "Учителя Шуи · Альфа — боту не дали права публиковать" in said
        assert "Подписчикам: человек остановил бота — 1" in said
        assert "Вечерний · Альфа — выйдет 23 ноября, 19:00" in said
        assert "Forbidden" not in said
        assert await links(house) == [("Образование · Альфа", "https://alpha.example/-1/1-1")]
        # Once, and no second time.
        await house.pass_time(3600)
        assert len(await reports(house)) == 1

    play(tmp_path, story)


def test_nobody_follows_and_the_author_hears_that_too(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await publish(house, await staff(house))
        await house.pass_time(3)
        assert "никто не подписан" in await texts(house, PRESS)

    play(tmp_path, story)


def test_the_report_waits_for_what_is_on_its_way_but_not_for_the_evening(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await house.subscribe("71")
        await place(house, "72", kind=ChatKind.PRIVATE, mode=Mode.DIGEST)
        await publish(house, people)
        await house.pass_time(60)
        assert not await reports(house)
        await end(house, "-1")
        await house.pass_time(1)
        (said,) = await reports(house)
        assert "Доставлено 1 из 1" in said
        assert "В вечерней подборке: 2" in said

    play(tmp_path, story)


def test_in_an_outage_the_author_hears_after_a_quarter_and_once_more_at_the_end(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await place(house, "-2", "Учителя Шуи")
        await publish(house, people)
        await end(house, "-1")
        await house.pass_time(14 * 60)
        assert not await reports(house)
        await house.pass_time(2 * 60)
        (first,) = await reports(house)
        assert "Доставлено 1 из 2" in first
        assert "Ещё в пути: 1" in first
        assert "сообщим ещё раз" in first
        for _ in range(3):
            await house.pass_time(3600)
        assert len(await reports(house)) == 1
        await end(house, "-2")
        await house.pass_time(5)
        assert "Доставлено 2 из 2" in (await reports(house))[-1]
        await house.pass_time(3600)
        assert len(await reports(house)) == 2

    play(tmp_path, story)


def test_what_waits_for_an_owners_word_is_named_and_not_waited_for(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование", mode=Mode.ASK)
        await place(house, "-2", "Учителя Шуи")
        await publish(house, people)
        await end(house, "-2", DeliveryState.UNKNOWN)
        await house.pass_time(3)
        said = await texts(house, PRESS)
        assert "Ждут решения владельца: Образование · Альфа" in said
        assert "Неизвестно, дошло ли, спросили там: Учителя Шуи · Альфа" in said

    play(tmp_path, story)


def test_to_whom_it_did_not_come_it_is_sent_once_more_by_one_press(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        chat = await place(house, "-1", "Образование")
        await place(house, "-2", "Учителя Шуи")
        await publish(house, people)
        await refuse(house, "-1", Reason.NO_RIGHTS)
        await end(house, "-2")
        await house.pass_time(3)
        report = (await dialog(house, PRESS))[-1]
        house.bell.on(("courier", 1)).clear()
        await press(house, AGAIN, PRESS)
        assert house.last_answer() == "Отправляем ещё раз: 1 получатель"
        assert house.bell.on(("courier", 1)).is_set()
        (again,) = await resends(house)
        assert (again.chat_id, again.generation, again.state) == (chat, 1, PENDING)
        # The old button finds nothing left, and sends nothing.
        await house.press_data(dict(report.buttons)[AGAIN], PRESS)
        assert house.last_answer() == "Отправлять больше некому"
        assert len(await resends(house)) == 1
        await end(house, "-1")
        await house.pass_time(3)
        assert "Доставлено 2 из 2" in (await dialog(house, PRESS))[-1].text
        assert AGAIN not in (await dialog(house, PRESS))[-1].labels

    play(tmp_path, story)


def test_what_is_refused_again_may_be_sent_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await publish(house, people)
        await refuse(house, "-1", Reason.NO_RIGHTS)
        await house.pass_time(3)
        for generation in (1, 2):
            await press(house, AGAIN, PRESS)
            assert (await resends(house))[-1].generation == generation
            await refuse(house, "-1", Reason.DAILY_LIMIT)
            await house.pass_time(3)
            assert "Доставлено 0 из 1" in (await dialog(house, PRESS))[-1].text

    play(tmp_path, story)


@pytest.mark.parametrize("reason", [Reason.BLOCKED, Reason.BAD_CONTENT, Reason.DEACTIVATED])
def test_what_cannot_change_is_not_offered(tmp_path: Path, reason: Reason) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await publish(house, people)
        await refuse(house, "-1", reason)
        await house.pass_time(3)
        assert AGAIN not in (await dialog(house, PRESS))[-1].labels

    play(tmp_path, story)


@pytest.mark.parametrize("change", ["gone", "ended", "other", "role"])
def test_nothing_goes_where_it_is_wished_no_more_or_by_whom_it_must_not(
    tmp_path: Path, change: str
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        chat = await place(house, "-1", "Образование")
        await publish(house, people)
        await refuse(house, "-1", Reason.NO_RIGHTS)
        await house.pass_time(3)
        async with house.db.write() as c:
            match change:
                case "gone":
                    await c.execute(
                        tables.chat.update()
                        .where(tables.chat.c.id == chat)
                        .values(state=ChatState.GONE)
                    )
                case "ended":
                    await c.execute(tables.subscription.update().values(ended_at=1))
                case "other":
                    await c.execute(
                        tables.subscription_organization.update().values(organization_id=2 + 1)
                    )
                case _:
                    mine = await roles.of_person(c, people[PRESS])
                    await roles.revoke(c, mine[0].id, None, house.clock.now())
        await press(house, AGAIN, PRESS)
        assert not await resends(house)
        if change == "role":
            assert await house.rows(tables.journal, action="button.refused")
        else:
            assert house.last_answer() == "Отправлять больше некому"

    play(tmp_path, story)


def test_what_arrived_of_a_refused_post_is_not_repeated(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await publish(house, people)
        await refuse(house, "-1", Reason.NO_RIGHTS, message="11")
        (old,) = await house.rows(tables.delivery)
        async with house.db.write() as c:
            await c.execute(
                tables.part.insert().values(delivery_id=old.id, number=0, item=1, message="12")
            )
        await house.pass_time(3)
        await press(house, AGAIN, PRESS)
        (new,) = await resends(house)
        assert new.message == "11"
        assert (await house.row(tables.delivery, id=old.id)).message is None
        assert [row.delivery_id for row in await house.rows(tables.part)] == [new.id]

    play(tmp_path, story)


def test_a_correction_is_reported_with_how_it_was_done(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await place(house, "-2", "Учителя Шуи")
        await place(house, "-3", "Старый канал")
        await publish(house, people)
        for external in ("-1", "-2", "-3"):
            await end(house, external)
        await house.pass_time(3)
        review = await house.row(tables.review)
        async with house.db.read() as c:
            known = await reviews.get(c, review.id)
        assert known is not None
        await author_changes(house, people, known, "Оклады выросли на 10 %.", anew=True)
        await approve(house, ANNA)
        assert await end(house, "-1", lane=Lane.CORRECT) == 1
        await end(house, "-2", lane=Lane.CORRECT, detail=PICTURES_STAY)
        await end(house, "-3", REFUSED, lane=Lane.CORRECT, reason=Reason.TOO_OLD, detail="x")
        await house.pass_time(3)
        said = (await dialog(house, PRESS))[-1].text
        assert "Исправлено 2 из 3" in said
        assert "Образование · Альфа — исправлено" in said
        assert f"Учителя Шуи · Альфа — {PICTURES_STAY}" in said
        assert "Старый канал · Альфа — сообщение слишком старое" in said
        assert ("Образование · Альфа", "https://alpha.example/-1/1-1") in await links(house)

    play(tmp_path, story)


def test_the_numbers_are_there_on_demand_for_author_and_moderator(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        post = await publish(house, people)
        await house.say("Мои новости", PRESS)
        await press(house, "1. Оклады выросли", PRESS)
        shown = await press(house, "Кому доставлено", PRESS)
        assert "Ещё в пути: 1" in shown.text
        await end(house, "-1")
        shown = await press(house, "Обновить", PRESS)
        assert "Доставлено 1 из 1" in shown.text
        shown = await press(house, "‹ Назад", PRESS)
        assert "Вышло." in shown.text
        await house.say(f"/history {post}", BORIS)
        assert "Доставлено 1 из 1" in (await press(house, "Кому доставлено", BORIS)).text

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("scope", "network", "organization", "said"),
    [
        (HoldScope.ALL, None, None, True),
        (HoldScope.MESSENGER, "alpha", None, True),
        (HoldScope.ORGANIZATION, None, "org-1", True),
        (HoldScope.ORGANIZATION, None, "org-2", False),
    ],
)
def test_a_report_says_that_the_sending_is_stopped(
    tmp_path: Path,
    scope: HoldScope,
    network: str | None,
    organization: str | None,
    said: bool,
) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await place(house, "-1", "Образование")
        await publish(house, people)
        whose = None if organization is None else house.organizations[organization]
        async with house.db.write() as connection:
            await holds.place(connection, scope, network, whose, 1, house.clock.now())
        await house.say("Мои новости", PRESS)
        await press(house, "1. Оклады выросли", PRESS)
        shown = await press(house, "Кому доставлено", PRESS)
        assert ("Рассылка остановлена" in shown.text) is said
        await end(house, "-1")
        shown = await press(house, "Обновить", PRESS)
        assert "Рассылка остановлена" not in shown.text

    play(tmp_path, story)


def test_forged_presses_tell_and_send_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await house.role("40", RoleKind.MODERATOR, "org-2")
        await place(house, "-1", "Образование")
        post = await publish(house, people)
        await refuse(house, "-1", Reason.NO_RIGHTS)
        stranger = await house.row(tables.chat, external="40")
        for do in ("where", "again", "history", "retract", "retract-yes", "one", "withdraw-yes"):
            args: dict[str, Any] = {"post": post, "page": 0, "why": "", "reason": 0}
            screen = await house.add(
                tables.screen,
                chat_id=stranger.id,
                person_id=stranger.person_id,
                script="mine",
                version=1,
                choices=[{"script": "mine", "do": do, "args": args}],
                created_at=house.clock.now(),
                expires_at=house.clock.now() + 1000,
            )
            before = len(await house.shown("40"))
            await house.press_data(f"{screen}:0", "40")
            assert len(await house.shown("40")) == before, do
            assert house.last_answer() == "Эта кнопка уже не действует. Напишите «меню»."
        assert not await resends(house)
        assert not await house.rows(tables.wave, kind=WaveKind.RETRACT)

    play(tmp_path, story)


def test_a_report_that_nobody_can_hear_is_over(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        people = await staff(house)
        await publish(house, people)
        async with house.db.write() as c:
            await c.execute(
                tables.chat.update()
                .where(tables.chat.c.external == PRESS)
                .values(state=ChatState.BLOCKED)
            )
        await house.pass_time(3)
        assert (await house.row(tables.submission)).report_at is None

    play(tmp_path, story)
