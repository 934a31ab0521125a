"""Channels connect themselves: nothing goes out before their owner says «Включить»."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import MessengerError
from core.incoming import IncomingKind
from core.messenger import Rights
from core.words import ChatKind, ChatState, Mode, Reason
from storage import tables
from tests.bots.house import ADMIN, House, play

CHANNEL = "-100"


async def connect(house: House, *, how: str = "Публиковать сразу", person: str = "7") -> None:
    """Connect a channel from beginning to end."""
    await house.start(person=person)
    await house.member(CHANNEL, person)
    steps = ["По городам и районам", "Шуя", "Свои и областные", "Готово, дальше", how]
    if how != "Только срочное":
        steps.append("5")
    await house.walk(*steps, "Включить", person=person)


def test_an_added_account_asks_its_owner_and_posts_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        asked = await house.screen()
        assert "Чей это канал: «Канал -100»?" in asked.text
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED
        assert not await house.rows(tables.reply, chat_id=channel.id)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("how", "mode", "limit"),
    [
        ("Публиковать сразу", Mode.AT_ONCE, 5),
        ("Спрашивать меня", Mode.ASK, 5),
        ("Только срочное", Mode.URGENT_ONLY, 3),
    ],
)
def test_the_answers_become_the_channels_subscription(
    tmp_path: Path, how: str, mode: Mode, limit: int
) -> None:
    async def story(house: House) -> None:
        await connect(house, how=how)
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.ACTIVE
        assert channel.organization_id == house.organizations["shuya"]
        wish = await house.row(tables.subscription, chat_id=channel.id)
        assert (wish.mode, wish.day_limit, wish.gap_s) == (mode, limit, 3600)
        assert (wish.night_from_minute, wish.night_to_minute) == (None, None)
        chosen = await house.rows(tables.subscription_organization, subscription_id=wish.id)
        assert {row.organization_id for row in chosen} == {
            house.organizations["shuya"],
            house.organizations["federation"],
        }
        assert not await house.rows(tables.dialog)
        assert not await house.rows(tables.reply, chat_id=channel.id)

    play(tmp_path, story)


def test_before_the_last_button_nothing_is_switched_on(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        summary = await house.walk(
            "По отраслям", "Отрасль 03", "Свои и областные", "Зарплата", "Готово, дальше"
        )
        summary = await house.walk("Публиковать сразу", "✓ 3")
        assert "Чей канал: Отрасль 03" in summary.text
        assert "Темы: Зарплата" in summary.text
        assert "Не больше 3 новостей в день" in summary.text
        assert "Как публиковать: сразу" in summary.text
        assert "очью" not in summary.text
        assert not await house.rows(tables.subscription)
        later = await house.press("Не сейчас")
        assert "Мои каналы" in later.text
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED

    play(tmp_path, story)


def test_organizations_may_be_chosen_and_own_ones_brought_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        await house.walk("По городам и районам", "Шуя", "Выбрать организации")
        page = await house.walk("✓ Федерация", "По городам и районам", "Вичуга")
        assert page.labels[:2] == ["✓ Шуя", "✓ Вичуга"] or page.labels[:2] == ["✓ Вичуга", "✓ Шуя"]
        which = await house.walk("‹ Назад", "‹ Назад")
        assert "Вичуга" in which.text
        assert "Федерация" not in which.text
        await house.walk("Свои и областные", "Готово, дальше", "Спрашивать меня", "1", "Включить")
        chosen = await house.rows(tables.subscription_organization)
        assert {row.organization_id for row in chosen} == {
            house.organizations["shuya"],
            house.organizations["federation"],
        }

    play(tmp_path, story)


def test_no_organization_at_all_is_not_taken(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        await house.walk("Вся область", "Выбрать организации", "✓ Федерация")
        screen = await house.press("Готово, дальше")
        assert house.last_answer() == "Отметьте хотя бы одну организацию"
        assert "Готово, дальше" in screen.labels

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("can_post_messages", "право «Публикация сообщений»"),
        ("administrator", "мы должны быть администратором"),
        ("something new", "право «Публикация сообщений»"),
    ],
)
def test_a_missing_right_is_named_with_the_place_to_switch_it_on(
    tmp_path: Path, missing: str, words: str
) -> None:
    async def story(house: House) -> None:
        house.messenger.standing[CHANNEL] = Rights(False, "Канал", missing)
        await house.start()
        await house.member(CHANNEL, "7", can_post=False)
        screen = await house.screen()
        assert words in screen.text
        assert "«Администраторы»" in screen.text
        still = await house.press("Проверить ещё раз")
        assert words in still.text
        assert house.last_answer() == f"Пока не хватает: {words}"
        house.messenger.standing[CHANNEL] = Rights(True, "Канал Шуи")
        asked = await house.press("Проверить ещё раз")
        assert "Чей это канал: «Канал Шуи»?" in asked.text

    play(tmp_path, story)


def test_an_unreachable_messenger_is_said_and_tried_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.messenger.standing[CHANNEL] = MessengerError("no answer")
        await house.start()
        await house.member(CHANNEL, "7")
        screen = await house.screen()
        assert "не отвечает" in screen.text
        await house.press("Проверить ещё раз")
        assert house.last_answer() == "Мессенджер не отвечает, попробуйте через минуту"
        house.messenger.standing[CHANNEL] = Rights(True, "Канал")
        assert "Чей это канал" in (await house.press("Проверить ещё раз")).text

    play(tmp_path, story)


@pytest.mark.parametrize("payload", ["connect", None, "org-org-1"])
def test_an_owner_without_a_dialog_is_asked_as_soon_as_they_begin(
    tmp_path: Path, payload: str | None
) -> None:
    async def story(house: House) -> None:
        await house.member(CHANNEL, "7")
        assert not await house.rows(tables.reply)
        screen = await house.start(payload)
        assert "Чей это канал" in screen.text

    play(tmp_path, story)


def test_the_link_to_connect_explains_when_nothing_waits(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        screen = await house.start("connect")
        assert "Как подключить канал" in screen.text

    play(tmp_path, story)


def test_a_stranger_may_not_settle_somebody_elses_channel(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.start(person="8")
        await house.member(CHANNEL, "7")
        screen = await house.screen()
        # The other's own chat with the owner's data; and the owner's chat under the other's name.
        await house.press_data(screen.data("Вся область"), person="8")
        await house.press_data(screen.data("Вся область"), person="8", chat="7")
        refused = await house.rows(tables.journal, action="button.refused")
        assert [row.detail["why"] for row in refused] == ["somebody else's screen"] * 2
        dialog = await house.row(tables.dialog)
        assert dialog.data["organization"] is None

    play(tmp_path, story)


def test_a_channel_that_changed_hands_obeys_its_owner_only(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        card = await house.walk("Мои каналы", "● Канал -100")
        async with house.db.write() as connection:
            await connection.execute(
                tables.chat.update().where(tables.chat.c.external == CHANNEL).values(person_id=None)
            )
        await house.press_data(card.data("Выключить"))
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.ACTIVE
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail["why"] == "not the owner"

    play(tmp_path, story)


def test_owner_and_administrator_switch_off_and_on(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        card = await house.walk("Мои каналы", "● Канал -100")
        assert card.labels == ["Изменить", "Выключить", "‹ Назад"]
        listed = await house.press("Выключить")
        assert "○ Канал -100" in listed.labels
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED
        await house.start(person=ADMIN)
        await house.say("мои каналы", ADMIN)
        summary = await house.walk("○ Канал -100", "Настроить", person=ADMIN)
        assert "Чей канал: Шуя" in summary.text
        await house.press("Включить", ADMIN)
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.ACTIVE
        wish = await house.row(tables.subscription, chat_id=channel.id)
        assert wish.ended_at is None

    play(tmp_path, story)


def test_a_second_press_on_the_last_button_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        summary = await house.walk(
            "Вся область", "Свои и областные", "Готово, дальше", "Публиковать сразу", "10"
        )
        await house.press("Включить")
        said = len(await house.shown())
        await house.press_data(summary.data("Включить"))
        assert house.last_answer() == "Уже включено"
        assert len(await house.shown()) == said

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("present", "state", "reason", "words"),
    [
        (False, ChatState.GONE, Reason.KICKED, "Нас убрали"),
        (True, ChatState.UNCONFIRMED, Reason.NO_RIGHTS, "больше нет права"),
    ],
)
def test_a_loss_is_told_to_the_owner_once(
    tmp_path: Path, present: bool, state: ChatState, reason: Reason, words: str
) -> None:
    async def story(house: House) -> None:
        await connect(house)
        before = len(await house.shown())
        for _ in range(2):
            await house.member(CHANNEL, "8", present=present, can_post=False)
        said = (await house.shown())[before:]
        assert len(said) == 1
        assert words in said[0].text
        channel = await house.row(tables.chat, external=CHANNEL)
        assert (channel.state, channel.reason) == (state, reason)

    play(tmp_path, story)


def test_a_right_given_back_offers_what_was_settled_before(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        await house.member(CHANNEL, "8", can_post=False)
        await house.member(CHANNEL, "8")
        screen = await house.screen()
        assert screen.labels[0] == "Включить"
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED
        assert "Включили" in (await house.press("Включить")).text

    play(tmp_path, story)


def test_rights_lost_on_the_way_stop_the_last_button(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        await house.walk(
            "Вся область", "Свои и областные", "Готово, дальше", "Публиковать сразу", "10"
        )
        house.messenger.standing[CHANNEL] = Rights(False, "Канал", "administrator")
        screen = await house.press("Включить")
        assert "Не хватает" in screen.text
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED

    play(tmp_path, story)


def test_a_dialog_of_an_older_version_starts_over(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        await house.press("Вся область")
        async with house.db.write() as connection:
            await connection.execute(tables.dialog.update().values(version=0))
        screen = await house.press("Свои и областные")
        assert "начнём её сначала" in screen.text
        assert "Чей это канал" in screen.text

    play(tmp_path, story)


def test_two_channels_are_settled_one_by_one(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7")
        first = await house.screen()
        await house.member("-200", "7")
        # The first question was overtaken by the second one: it begins again.
        screen = await house.press_data(first.data("Вся область"))
        assert "«Канал -100»" in screen.text
        await house.walk("Вся область", "Свои и областные", "Готово, дальше")
        await house.walk("Публиковать сразу", "10", "Включить")
        states = {row.external: row.state for row in await house.rows(tables.chat)}
        assert states[CHANNEL] == ChatState.ACTIVE
        assert states["-200"] == ChatState.UNCONFIRMED

    play(tmp_path, story)


def test_channels_of_the_configuration_ask_nobody(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.add(
            tables.chat,
            account_id=1,
            external=CHANNEL,
            kind=3,
            state=ChatState.ACTIVE,
            from_config=True,
        )
        before = len(await house.shown())
        await house.member(CHANNEL, "7", can_post=False)
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.UNCONFIRMED
        await house.member(CHANNEL, "7")
        channel = await house.row(tables.chat, external=CHANNEL)
        assert (channel.state, channel.person_id) == (ChatState.ACTIVE, None)
        assert len(await house.shown()) == before

    play(tmp_path, story)


def test_what_people_say_in_groups_is_not_answered(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.hear(IncomingKind.MESSAGE, chat="-5", chat_kind=2)
        assert not await house.rows(tables.chat)
        assert not await house.rows(tables.person)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("how", "state", "way"),
    [
        ("Публиковать сразу", "Новости выходят.", "сразу"),
        ("Спрашивать меня", "после вашего «Опубликовать»", "сначала спрашиваем вас"),
        ("Только срочное", "Выходят только срочные", "только срочное"),
    ],
)
def test_the_screen_of_a_channel_tells_all_that_was_settled(
    tmp_path: Path, how: str, state: str, way: str
) -> None:
    async def story(house: House) -> None:
        await connect(house, how=how)
        card = await house.walk("Мои каналы", "● Канал -100")
        assert state in card.text
        assert ("Новости выходят." in card.text) is (how == "Публиковать сразу")
        assert "Чей канал: Шуя (координационный совет профсоюзов)" in card.text
        assert "Организации: Федерация, Шуя" in card.text
        assert "Темы: все" in card.text
        assert f"Как публиковать: {way}" in card.text
        assert ("Не больше 5 новостей в день" in card.text) is (how != "Только срочное")

    play(tmp_path, story)


def test_one_thing_of_a_running_channel_is_changed_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        changes = await house.walk("Мои каналы", "● Канал -100", "Изменить")
        assert changes.labels == [
            "Организации",
            "Темы",
            "Как публиковать",
            "Сколько в день",
            "Выключить",
            "‹ Назад",
        ]
        ways = await house.press("Как публиковать")
        assert "✓ Публиковать сразу" in ways.labels
        changes = await house.press("Спрашивать меня")
        assert "сначала спрашиваем вас" in changes.text
        assert "Не больше 10 новостей" in (await house.walk("Сколько в день", "10")).text
        assert "✓ 10" in (await house.press("Сколько в день")).labels
        await house.walk("‹ Назад", "Темы", "Зарплата")
        assert "Темы: Зарплата" in (await house.press("‹ Назад")).text
        ticked = await house.walk("Организации", "По городам и районам", "Вичуга")
        assert "✓ Вичуга" in ticked.labels
        ticked = await house.press("‹ Назад")
        assert "Сейчас: Федерация, Вичуга, Шуя" in ticked.text
        assert house.last_answer() is None
        await house.walk("✓ Федерация", "‹ Назад")
        wish = await house.row(tables.subscription)
        assert (wish.mode, wish.day_limit, wish.gap_s) == (Mode.ASK, 10, 3600)
        chosen = await house.rows(tables.subscription_organization)
        assert {row.organization_id for row in chosen} == {
            house.organizations["shuya"],
            house.organizations["vichuga"],
        }
        assert len(await house.rows(tables.subscription_rubric)) == 1
        channel = await house.row(tables.chat, external=CHANNEL)
        assert channel.state == ChatState.ACTIVE
        listed = await house.press("Выключить")
        assert "○ Канал -100" in listed.labels

    play(tmp_path, story)


def test_the_last_organization_of_a_running_channel_stays(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        await house.walk("Мои каналы", "● Канал -100", "Изменить", "Организации", "✓ Федерация")
        await house.walk("По городам и районам", "✓ Шуя")
        assert house.last_answer() == "Отметьте хотя бы одну организацию"
        assert "✓ Шуя" in (await house.screen()).labels
        assert len(await house.rows(tables.subscription_organization)) == 1

    play(tmp_path, story)


def test_a_channel_that_was_switched_off_meanwhile_is_not_changed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        ways = await house.walk("Мои каналы", "● Канал -100", "Изменить", "Как публиковать")
        await house.walk("‹ Назад", "Выключить")
        card = await house.press_data(ways.data("Спрашивать меня"))
        assert house.last_answer() == "Новости не выходят."
        assert "Настроить" in card.labels
        wish = await house.row(tables.subscription)
        assert wish.mode == Mode.AT_ONCE

    play(tmp_path, story)


def test_a_second_press_switches_off_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await connect(house)
        card = await house.walk("Мои каналы", "● Канал -100")
        await house.press_data(card.data("Выключить"))
        await house.press_data(card.data("Выключить"))
        assert len(await house.rows(tables.journal, action="channel.disabled")) == 1

    play(tmp_path, story)


def test_a_group_is_called_a_group(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start()
        await house.member(CHANNEL, "7", kind=ChatKind.GROUP)
        asked = await house.screen()
        assert "Чья это группа: «Канал -100»?" in asked.text
        page = await house.press("По городам и районам")
        assert "Чья это группа" in page.text
        await house.walk("Шуя", "Свои и областные", "Готово, дальше", "Только срочное")
        summary = await house.screen()
        assert "Чья группа: Шуя" in summary.text
        assert "анал:" not in summary.text

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (ChatKind.CHANNEL, "«Администраторы» → «Вестник профсоюзов»"),
        (ChatKind.GROUP, "сделайте «Вестник профсоюзов» администратором"),
    ],
)
def test_the_place_of_a_missing_right_names_the_bot(
    tmp_path: Path, kind: ChatKind, place: str
) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            await connection.execute(tables.account.update().values(title="Вестник профсоюзов"))
        house.messenger.standing[CHANNEL] = Rights(False, "Канал", "can_post_messages")
        await house.start()
        await house.member(CHANNEL, "7", can_post=False, kind=kind)
        assert place in (await house.screen()).text

    play(tmp_path, story)


async def lose_and_get_back(house: House) -> None:
    """Let the right go and come back while a question about the channel is open."""
    await house.deliver()
    house.messenger.standing[CHANNEL] = Rights(False, "Канал", "can_post_messages")
    await house.member(CHANNEL, "8", can_post=False)
    assert "Не хватает" in [one for one in await house.shown() if one.labels][-1].text
    await house.deliver()
    house.messenger.standing[CHANNEL] = Rights(True, "Канал")


async def live(house: House) -> list[str]:
    """Return the texts of all messages with buttons, as they stand after every edit."""
    await house.deliver()
    rows = await house.rows(tables.reply)
    now = {row.message: row.body for row in rows}
    return [body["text"]["text"] for body in now.values() if body["buttons"]]


@pytest.mark.parametrize("first", ["the messenger tells", "the owner asks"])
def test_a_right_given_back_leaves_one_card_and_not_two(tmp_path: Path, first: str) -> None:
    async def story(house: House) -> None:
        await connect(house)
        await house.member(CHANNEL, "8", can_post=False)
        await house.member(CHANNEL, "8")
        await lose_and_get_back(house)
        missing = [one for one in await house.shown() if "Не хватает" in one.text][-1]
        if first == "the owner asks":
            await house.press_data(missing.data("Проверить ещё раз"))
        await house.member(CHANNEL, "8")
        await house.member(CHANNEL, "8")
        cards = [text for text in await live(house) if "Проверьте: " in text]
        assert len(cards) == 1
        assert not [text for text in await live(house) if "Не хватает" in text]
        card = [one for one in await house.shown() if "Включить" in one.labels][-1]
        assert "Включили" in (await house.press_data(card.data("Включить"))).text

    play(tmp_path, story)
