"""Administrators stop the mailing and let it go on; nobody else sees or can do any of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.words import DeliveryState, HoldScope, Lane, WaveKind
from storage import tables
from tests.bots.house import ADMIN, House, play


async def waiting(house: House, slug: str = "shuya", kind: WaveKind = WaveKind.CREATE) -> None:
    """Let a post of an organization wait for the subscriber 7."""
    revision = await house.row(tables.revision, id=await house.post(slug))
    now = house.clock.now()
    wave = await house.add(
        tables.wave,
        account_id=1,
        kind=kind,
        lane=Lane.NEWS,
        due_at=now,
        post_id=revision.post_id,
        revision_id=revision.id,
        created_at=now,
    )
    chat = await house.row(tables.chat, external="7")
    await house.add(tables.delivery, wave_id=wave, chat_id=chat.id, state=DeliveryState.PENDING)


@pytest.mark.parametrize(
    ("labels", "values", "waits"),
    [
        (["Остановить всё"], {"scope": HoldScope.ALL}, 2),
        (["Альфа"], {"scope": HoldScope.MESSENGER, "network": "alpha"}, 2),
        (
            ["Одну организацию", "По городам и районам", "Шуя"],
            {"scope": HoldScope.ORGANIZATION, "organization_id": 19},
            1,
        ),
        (
            ["Одну организацию", "Вся область"],
            {"scope": HoldScope.ORGANIZATION, "organization_id": 1},
            2,
        ),
    ],
)
def test_a_stop_is_confirmed_counted_and_lifted(
    tmp_path: Path, labels: list[str], values: dict[str, Any], waits: int
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await waiting(house, "shuya")
        await waiting(house, "vichuga")
        await waiting(house, "shuya", WaveKind.AMEND)  # corrections are not held
        await house.say("/halt", ADMIN)
        sure = await house.walk(*labels, person=ADMIN)
        assert "Ничего не потеряется" in sure.text
        assert not await house.rows(tables.hold)
        house.bell.on(("courier", 1)).clear()
        halted = await house.press("Остановить", ADMIN)
        assert f"Ждут отправки: {waits}" in halted.text
        assert house.bell.on(("courier", 1)).is_set()
        hold = await house.row(tables.hold)
        assert {name: getattr(hold, name) for name in values} == values
        assert hold.lifted_at is None
        look = await house.press("Продолжить", ADMIN)
        assert f"Ждут отправки: {waits}." in look.text
        assert "для 1 чата" in look.text
        hold = await house.row(tables.hold)
        assert hold.lifted_at is None
        await house.press("Да, продолжить", ADMIN)
        hold = await house.row(tables.hold)
        assert hold.lifted_at == house.clock.now()
        actions = [row.action for row in await house.rows(tables.journal, subject="hold:1")]
        assert actions == ["hold.placed", "hold.lifted"]

    play(tmp_path, story)


def test_changing_ones_mind_stops_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("Остановить рассылку", ADMIN)
        await house.walk("Остановить всё", "Не надо", person=ADMIN)
        assert not await house.rows(tables.hold)

    play(tmp_path, story)


def test_the_same_stop_twice_is_one_stop(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("/halt", ADMIN)
        sure = await house.press("Остановить всё", ADMIN)
        await house.press_data(sure.data("Остановить"), ADMIN)
        assert sure.text.startswith("Остановить всю рассылку?")
        menu = await house.press_data(sure.data("Остановить"), ADMIN)
        assert house.last_answer() == "Уже остановлено"
        assert "Остановить всё" not in menu.labels
        assert len(await house.rows(tables.hold)) == 1
        menu = (await house.say("/halt", ADMIN))[-1]
        assert "Остановлено: вся рассылка" in menu.text
        look = await house.press("Продолжить: вся рассылка", ADMIN)
        assert "ничего не ждёт" in look.text
        lift = look.data("Да, продолжить")
        await house.press_data(lift, ADMIN)
        await house.press_data(lift, ADMIN)
        assert house.last_answer() == "Та кнопка устарела. Вот как сейчас"

    play(tmp_path, story)


def test_a_card_of_an_earlier_stop_stops_nothing_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("/halt", ADMIN)
        menu = await house.screen(ADMIN)
        sure = await house.press("Остановить всё", ADMIN)
        await house.walk("Остановить", "Продолжить", "Да, продолжить", person=ADMIN)
        shown = await house.press_data(sure.data("Остановить"), ADMIN)
        assert house.last_answer() == "Та кнопка устарела. Вот как сейчас"
        assert "Остановить всё" in shown.labels
        assert [row.lifted_at for row in await house.rows(tables.hold)] == [house.clock.now()]
        # An old menu only asks, and asks as things stand today.
        await house.press_data(menu.data("Остановить всё"), ADMIN)
        await house.press("Остановить", ADMIN)
        assert len(await house.rows(tables.hold)) == 2

    play(tmp_path, story)


@pytest.mark.parametrize("label", ["Остановить всё", "Альфа"])
def test_what_stands_still_is_not_offered_to_be_stopped(tmp_path: Path, label: str) -> None:
    async def story(house: House) -> None:
        await house.say("/halt", ADMIN)
        old = await house.screen(ADMIN)
        await house.walk(label, "Остановить", person=ADMIN)
        (menu,) = await house.say("/halt", ADMIN)
        assert label not in menu.labels
        await house.press_data(old.data(label), ADMIN)
        assert house.last_answer() == "Уже остановлено"

    play(tmp_path, story)


def test_others_see_nothing_of_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (menu,) = await house.say("меню")
        assert "Остановить рассылку" not in menu.labels
        (hint,) = await house.say("/halt")
        assert hint.labels == ["Мои подписки"]
        (left,) = await house.say("Остановить рассылку")
        assert "Вы отписаны" in left.text
        assert not await house.rows(tables.hold)

    play(tmp_path, story)


def test_an_administrator_who_is_one_no_more_presses_in_vain(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.say("/halt", ADMIN)
        sure = await house.press("Остановить всё", ADMIN)
        await house.change(administrators=frozenset())
        await house.press_data(sure.data("Остановить"), ADMIN)
        assert not await house.rows(tables.hold)
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "not an administrator"

    play(tmp_path, story)


def test_stop_of_an_administrator_is_their_own_and_says_so(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe(ADMIN)
        (left,) = await house.say("стоп", ADMIN)
        assert "личная подписка" in left.text
        assert "/halt" in left.text
        assert not await house.rows(tables.hold)

    play(tmp_path, story)


def test_the_administrators_menu_fits_the_smallest_keyboard(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe(ADMIN)
        await house.member("-100", ADMIN)
        (menu,) = await house.say("меню", ADMIN)
        assert len(menu.labels) == 10
        assert menu.labels[-2:] == ["Мои каналы", "Работа"]

    play(tmp_path, story)
