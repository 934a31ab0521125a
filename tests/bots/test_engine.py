"""The engine: order, retries, forged buttons, answers in time, nobody waits for another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.incoming import IncomingKind
from core.messenger import Rights
from core.richtext import plain
from storage import tables
from tests.bots.house import House, play
from tests.support.full import Full
from tests.support.wait import until


def test_rows_of_a_chat_are_worked_off_in_order(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        stop = house.incoming(IncomingKind.MESSAGE, text=plain("стоп"))
        back = house.incoming(IncomingKind.MESSAGE, text=plain("меню"))
        await house.take(stop, back)
        assert await house.engine.drain() == 2
        assert [one.text.partition(",")[0] for one in (await house.shown())[-2:]] == [
            "Вы отписаны",
            "Мои подписки\n\nВы отписаны",
        ]

    play(tmp_path, story)


def test_the_same_update_twice_is_worked_off_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        one = house.incoming(IncomingKind.START, payload="org-org-1")
        await house.take(one, one)
        await house.take(one)
        assert await house.engine.drain() == 1
        assert await house.engine.drain() == 0
        assert len(await house.shown()) == 1

    play(tmp_path, story)


def test_nothing_is_said_before_it_is_on_disk(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        full = Full(house, "UPDATE inbox SET done_at")
        await house.take(house.incoming(IncomingKind.START, payload="org-org-1"))
        await house.engine.drain()
        assert full.struck
        assert len(await house.shown()) == 1, "what was undone is shown once when it is done anew"
        assert house.messenger.said == [], "only the courier speaks, from what is on disk"

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("999:0", "unknown screen"),
        ("1:99", "no such button"),
        ("1:x", "not a button of ours"),
        ("", "not a button of ours"),
    ],
)
def test_a_forged_button_changes_nothing_and_is_noted(tmp_path: Path, data: str, why: str) -> None:
    async def story(house: House) -> None:
        await house.start("org-org-1")
        await house.press_data(data)
        assert house.last_answer() == "Эта кнопка уже не действует. Напишите «меню»."
        assert not await house.rows(tables.subscription)
        assert len(await house.shown()) == 1
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail == {"why": why}

    play(tmp_path, story)


def test_somebody_elses_button_agrees_to_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        screen = await house.start("org-org-1")
        await house.start("org-org-2", person="8")
        await house.press_data(screen.data("Согласен, подписаться"), person="8")
        assert not await house.rows(tables.consent)

    play(tmp_path, story)


def test_a_press_of_nobody_known_makes_nobody(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.hear(IncomingKind.PRESS, "99", payload="1:0", press="p")
        assert not await house.rows(tables.person)
        assert not await house.rows(tables.chat)
        noted = await house.row(tables.journal)
        assert noted.person_id is None

    play(tmp_path, story)


def test_a_button_of_an_older_version_shows_the_new_menu(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        old = await house.screen()
        async with house.db.write() as connection:
            await connection.execute(tables.screen.update().values(version=0))
        screen = await house.press_data(old.data("Присылать сразу"))
        assert house.last_answer() == "Меню обновилось, вот новое"
        assert "подборка раз в день" in screen.text

    play(tmp_path, story)


def test_a_row_that_breaks_is_set_aside_with_an_apology_and_the_next_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        # A screen whose meaning is broken: what a mistake of ours would leave behind.
        screen = await house.screen()
        async with house.db.write() as connection:
            await connection.execute(
                tables.screen.update().values(
                    choices=[{"script": "hours", "do": "way", "args": {"mode": 99}}]
                )
            )
        number = screen.data("Присылать сразу").partition(":")[0]
        broken = house.incoming(IncomingKind.PRESS, payload=f"{number}:0", press="p")
        after = house.incoming(IncomingKind.MESSAGE, text=plain("меню"))
        await house.take(broken, after)
        await house.engine.drain()
        sorry, menu = (await house.shown())[-2:]
        assert sorry.text.startswith("Простите")
        assert menu.text.startswith("Мои подписки")
        row = await house.row(tables.inbox, key=broken.key)
        assert (row.attempts, row.done_at) == (5, house.clock.now())
        assert "99 is not a valid Mode" in row.error
        assert house.messenger.answers[-1] == ("p", None)

    play(tmp_path, story)
    assert sum("failed, attempt" in record.message for record in caplog.records) == 5


def test_a_slow_messenger_delays_only_who_asked_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        gate = house.messenger.gate = asyncio.Event()
        house.messenger.standing["-100"] = Rights(True, "Канал")
        slow = house.incoming(
            IncomingKind.MEMBERSHIP, chat="-100", chat_kind=3, present=True, can_post=True
        )
        others = [
            house.incoming(IncomingKind.START, person=str(n), payload="org-org-1")
            for n in range(100, 140)
        ]
        await house.take(slow, *others)
        drained = asyncio.create_task(house.engine.drain())

        async def others_are_answered() -> bool:
            return len(await house.rows(tables.reply)) == 41

        await until(others_are_answered)
        assert not drained.done()
        assert "Чей это канал" not in (await house.screen()).text
        gate.set()
        assert await drained == 41
        assert "Чей это канал" in (await house.screen()).text

    play(tmp_path, story)


def test_rights_are_asked_outside_the_transaction_and_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member("-100", "7")
        assert house.messenger.asked == 1
        assert len(await house.rows(tables.chat, external="-100")) == 1

    play(tmp_path, story)


def test_a_press_that_takes_long_is_answered_without_words(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        house.messenger.standing["-100"] = Rights(False, "Канал", "administrator")
        await house.member("-100", "7", can_post=False)
        again = (await house.screen()).data("Проверить ещё раз")
        gate = house.messenger.gate = asyncio.Event()
        await house.take(house.incoming(IncomingKind.PRESS, payload=again, press="slow"))
        drained = asyncio.create_task(house.engine.drain())
        await until(lambda: house.messenger.asked == 2)
        assert house.messenger.answers == []
        house.clock.advance(1000)
        await until(lambda: bool(house.messenger.answers))
        assert house.messenger.answers == [("slow", None)]
        gate.set()
        await drained
        assert house.messenger.answers == [("slow", None)]

    play(tmp_path, story)


def test_rows_of_an_account_that_does_not_run_wait(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.add(tables.account, slug="other", network="alpha", organization_id=1)
        house.account = 2
        await house.take(house.incoming(IncomingKind.START))
        assert await house.engine.drain() == 0
        row = await house.row(tables.inbox)
        assert row.done_at is None

    play(tmp_path, story)


def test_run_works_off_what_rings_and_stops_when_cancelled(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        running = asyncio.create_task(house.engine.run())
        await house.take(house.incoming(IncomingKind.START, payload="org-org-1"))
        house.bell.ring("engine")

        async def answered() -> bool:
            return bool(await house.rows(tables.reply))

        await until(answered)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(asyncio.all_tasks()) == 1

    play(tmp_path, story)
