"""From the link to the first news, and every change of it afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from core.incoming import IncomingKind
from core.words import ChatState, DeliveryState, Lane, Mode, OrganizationKind, WaveKind
from storage import tables
from tests.bots.house import House, play

DAY = 86_400_000


async def wish(house: House, person: str = "7") -> Any:
    """Return the person's subscription."""
    chat = await house.row(tables.chat, external=person)
    return await house.row(tables.subscription, chat_id=chat.id)


async def chosen(house: House) -> set[int]:
    """Return the organizations that are wished for."""
    return {row.organization_id for row in await house.rows(tables.subscription_organization)}


def test_a_link_and_one_press_bring_consent_subscription_and_the_latest_news(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        await house.post()
        first = await house.start("org-org-1")
        assert "Отрасль 01" in first.text
        assert "Федерация профсоюзов (fed@example.org)" in first.text
        assert first.labels == ["Согласен, подписаться", "Полный текст", "Не сейчас"]
        assert not await house.rows(tables.consent)
        done = await house.press("Согласен, подписаться")
        assert "Вы подписаны: Федерация, Отрасль 01" in done.text
        assert "в 19:00, срочное сразу. Ночью 21–8 не беспокоим." in done.text
        assert done.labels == ["Присылать сразу", "Мои подписки"]
        made = await wish(house)
        assert (made.mode, made.digest_minute) == (Mode.DIGEST, 19 * 60)
        assert (made.night_from_minute, made.night_to_minute) == (21 * 60, 8 * 60)
        assert await chosen(house) == {
            house.organizations["federation"],
            house.organizations["org-1"],
        }
        assert len(await house.rows(tables.delivery, state=DeliveryState.PENDING)) == 1
        assert house.bell.on(("courier", 1)).is_set()

    play(tmp_path, story)


def test_the_consent_keeps_version_time_operator_and_the_hash_of_the_very_text(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        await house.start("org-org-1")
        full = await house.press("Полный текст")
        assert full.labels == ["Согласен, подписаться", "Не сейчас"]
        assert full.edits is not None
        await house.press("Согласен, подписаться")
        kept = await house.row(tables.consent)
        assert kept.hash == hashlib.sha256(full.text.encode()).hexdigest()
        assert kept.version in full.text
        assert (kept.purpose, kept.at) == ("subscription", house.clock.now())
        assert kept.operator_id == house.organizations["federation"]

    play(tmp_path, story)


def test_not_now_keeps_nothing_and_says_how_to_come_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.start("org-org-1")
        later = await house.press("Не сейчас")
        assert "начать" in later.text
        assert not await house.rows(tables.consent)
        assert not await house.rows(tables.subscription)

    play(tmp_path, story)


def test_a_second_press_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.post()
        screen = await house.start("org-org-1")
        agree = screen.data("Согласен, подписаться")
        await house.press_data(agree)
        said = len(await house.shown())
        await house.press_data(agree)
        assert house.last_answer() == "Вы уже подписаны"
        assert len(await house.shown()) == said
        assert len(await house.rows(tables.consent)) == 1
        assert len(await house.rows(tables.delivery)) == 1

    play(tmp_path, story)


def test_another_link_adds_the_organization_without_a_second_consent(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        again = await house.start("org-shuya")
        assert again.text == "Добавили: Шуя (координационный совет профсоюзов)."
        assert house.organizations["shuya"] in await chosen(house)
        assert len(await house.rows(tables.consent)) == 1
        once_more = await house.start("org-shuya")
        assert once_more.text == "Вы уже подписаны: Шуя (координационный совет профсоюзов)."

    play(tmp_path, story)


def test_a_changed_document_is_asked_about_anew(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        old = await house.start("org-org-2", person="8")
        await house.change(operator_contacts="new@example.org")
        asked = await house.start("org-org-2")
        assert "Согласен, подписаться" in asked.labels
        await house.press("Согласен, подписаться")
        assert len(await house.rows(tables.consent)) == 2
        # A screen shown before the change agrees to nothing.
        shown = await house.press_data(old.data("Согласен, подписаться"), person="8")
        assert "new@example.org" in shown.text
        assert len(await house.rows(tables.consent)) == 2

    play(tmp_path, story)


def test_a_consent_screen_dies_after_a_day(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        screen = await house.start("org-org-1")
        house.clock.advance(DAY)
        await house.press_data(screen.data("Согласен, подписаться"))
        assert house.last_answer() == "Эта кнопка уже не действует. Напишите «меню»."
        assert not await house.rows(tables.consent)
        refused = await house.row(tables.journal, action="button.refused")
        assert refused.detail == {"why": "expired"}

    play(tmp_path, story)


@pytest.mark.parametrize("payload", ["org-nowhere", "what", "org-"])
def test_an_unknown_link_offers_the_choice(tmp_path: Path, payload: str) -> None:
    async def story(house: House) -> None:
        screen = await house.start(payload)
        assert "По этой ссылке мы никого не нашли" in screen.text
        assert screen.labels[:2] == ["По отраслям", "По городам и районам"]

    play(tmp_path, story)


def test_without_a_link_an_organization_is_found_by_industry_and_page(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        screen = await house.start()
        assert screen.labels == [
            "По отраслям",
            "По городам и районам",
            "Молодёжь и учёба",
            "Вся область",
        ]
        page = await house.press("По отраслям")
        assert page.labels[:2] == ["Отрасль 01", "Отрасль 02"]
        assert page.labels[8:] == ["‹ Назад", "Дальше ›"]
        last = await house.walk("Дальше ›", "Дальше ›")
        assert last.labels == ["Отрасль 17", "‹ Назад"]
        consent = await house.press("Отрасль 17")
        assert "Отрасль 17" in consent.text
        assert len(await house.rows(tables.subscription)) == 0

    play(tmp_path, story)


def test_start_of_a_subscriber_shows_the_menu(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        screen = await house.start()
        assert screen.text.startswith("Мои подписки")

    play(tmp_path, story)


@pytest.mark.parametrize("text", ["меню", "/menu", "Мои подписки", "/settings", "/subscriptions"])
def test_words_open_the_menu(tmp_path: Path, text: str) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (screen,) = await house.say(text)
        assert "Как присылать: подборка раз в день" in screen.text

    play(tmp_path, story)


def test_every_setting_is_kept_and_shown(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.press("Присылать сразу")
        made = await wish(house)
        assert made.mode == Mode.AT_ONCE
        await house.walk("Как присылать", "Подборка раз в день")
        await house.walk("Время и ночь", "20:00")
        await house.walk("Как присылать", "Только срочное")
        menu = await house.walk("Время и ночь", "Не беспокоить 22–7")
        assert "Ночью не беспокоить: 22–7" in menu.text
        made = await wish(house)
        assert (made.mode, made.digest_minute) == (Mode.URGENT_ONLY, 20 * 60)
        assert (made.night_from_minute, made.night_to_minute) == (22 * 60, 7 * 60)
        menu = await house.walk("Время и ночь", "Не ограничивать")
        assert "Ночью: без ограничений" in menu.text
        made = await wish(house)
        assert made.night_from_minute is None
        ticked = await house.press("Время и ночь")
        assert [one for one in ticked.labels if one.startswith("✓")] == [
            "✓ Не ограничивать",
        ]
        assert "20:00" not in ticked.labels
        assert "подборкой раз в день" in ticked.text

    play(tmp_path, story)


def test_organizations_are_ticked_and_unticked_and_a_repeated_press_stays_so(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        screen = await house.walk("Мои подписки", "Организации", "По городам и районам")
        tick = screen.data("Шуя")
        assert "✓ Шуя" in (await house.press_data(tick)).labels
        assert "✓ Шуя" in (await house.press_data(tick)).labels
        assert house.organizations["shuya"] in await chosen(house)
        await house.press("✓ Шуя")
        assert house.organizations["shuya"] not in await chosen(house)

    play(tmp_path, story)


def test_without_any_organization_the_menu_warns(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.walk("Мои подписки", "Организации", "✓ Федерация", "По отраслям")
        await house.press("✓ Отрасль 01")
        menu = await house.walk("‹ Назад", "‹ Назад")
        assert "новости не придут" in menu.text

    play(tmp_path, story)


def test_topics_are_chosen_and_none_is_all(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        topics = await house.walk("Мои подписки", "Темы")
        assert "все темы" in topics.text
        await house.press("Зарплата")
        menu = await house.press("‹ Назад")
        assert "Темы: Зарплата" in menu.text
        await house.walk("Темы", "✓ Зарплата")
        assert "Темы: все" in (await house.press("‹ Назад")).text

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("label", "days", "line"),
    [
        ("На день", 1, "Пауза до 24.11.2026 11:00"),
        ("На неделю", 7, "Пауза до 30.11.2026 11:00"),
        ("До отмены", None, "Пауза, пока вы её не снимете"),
    ],
)
def test_a_pause_holds_until_its_end_or_until_it_is_lifted(
    tmp_path: Path, label: str, days: int | None, line: str
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        menu = await house.walk("Мои подписки", "Пауза", label)
        assert line in menu.text
        made = await wish(house)
        if days is not None:
            assert made.paused_until == house.clock.now() + days * DAY
        menu = await house.press("Снять паузу")
        assert "Пауза до" not in menu.text
        made = await wish(house)
        assert made.paused_until is None

    play(tmp_path, story)


def test_a_pause_calls_off_the_selection_of_this_evening(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await pending(house)
        await house.walk("Мои подписки", "Пауза", "На день")
        assert not await house.rows(tables.delivery, state=DeliveryState.PENDING)

    play(tmp_path, story)


async def pending(house: House, person: str = "7") -> int:
    """Plan a selection for a person; returns the delivery's id."""
    chat = await house.row(tables.chat, external=person)
    now = house.clock.now()
    wave = await house.add(
        tables.wave,
        account_id=1,
        kind=WaveKind.DIGEST,
        lane=Lane.DIGEST,
        due_at=now + DAY,
        created_at=now,
    )
    return await house.add(
        tables.delivery, wave_id=wave, chat_id=chat.id, state=DeliveryState.PENDING
    )


@pytest.mark.parametrize("text", ["стоп", "Стоп!!!", "СТОП, хватит уже", "отпишите", "/stop"])
def test_a_word_unsubscribes_at_once_and_calls_off_what_waits(tmp_path: Path, text: str) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await pending(house)
        (screen,) = await house.say(text)
        assert "Вы отписаны" in screen.text
        assert screen.labels == ["Вернуть подписку"]
        made = await wish(house)
        assert made.ended_at == house.clock.now()
        assert not await house.rows(tables.delivery, state=DeliveryState.PENDING)
        wave = await house.row(tables.wave, kind=WaveKind.DIGEST)
        assert not wave.open
        await house.press("Вернуть подписку")
        made = await wish(house)
        assert made.ended_at is None
        assert len(await house.rows(tables.consent)) == 1

    play(tmp_path, story)


@pytest.mark.parametrize("text", ["не стоп", "хватит ли мне стажа для пенсии"])
def test_a_text_with_the_word_in_it_unsubscribes_nobody(tmp_path: Path, text: str) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.say(text)
        made = await wish(house)
        assert made.ended_at is None

    play(tmp_path, story)


def test_a_link_does_not_start_an_ended_subscription_by_itself(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.say("стоп")
        screen = await house.start("org-shuya")
        assert screen.labels == ["Вернуть подписку"]
        made = await wish(house)
        assert made.ended_at is not None
        await house.press("Вернуть подписку")
        made = await wish(house)
        assert made.ended_at is None
        assert house.organizations["shuya"] in await chosen(house)

    play(tmp_path, story)


def test_blocking_switches_off_and_coming_back_switches_on(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        await house.hear(IncomingKind.BLOCKED)
        chat = await house.row(tables.chat, external="7")
        assert chat.state == ChatState.BLOCKED
        made = await wish(house)
        assert made.ended_at is None
        await house.hear(IncomingKind.ALLOWED)
        chat = await house.row(tables.chat, external="7")
        assert (chat.state, chat.reason) == (ChatState.ACTIVE, None)
        await house.hear(IncomingKind.BLOCKED)
        await house.start()
        chat = await house.row(tables.chat, external="7")
        assert chat.state == ChatState.ACTIVE

    play(tmp_path, story)


@pytest.mark.parametrize("kind", [IncomingKind.BLOCKED, IncomingKind.ALLOWED])
def test_permissions_of_a_stranger_make_no_row(tmp_path: Path, kind: IncomingKind) -> None:
    async def story(house: House) -> None:
        await house.hear(kind)
        assert not await house.rows(tables.chat)
        assert not await house.rows(tables.person)

    play(tmp_path, story)


def test_thanks_are_answered_once_in_a_while_and_emoji_not_at_all(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (kind,) = await house.say("Спасибо!")
        assert kind.text == "Всегда пожалуйста!"
        assert await house.say("спасибо") == []
        assert await house.say("🙏") == []
        assert await house.say("", media=("sticker",)) == []
        house.clock.advance(13 * 3_600_000)
        assert len(await house.say("спасибо")) == 1

    play(tmp_path, story)


def test_what_is_not_understood_gets_one_hint_and_not_one_a_message(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (hint,) = await house.say("когда собрание?")
        assert hint.labels == ["Мои подписки"]
        assert await house.say("а где?") == []
        house.clock.advance(3_600_000)
        assert len(await house.say("ну где же?")) == 1
        assert (await house.press("Мои подписки")).text.startswith("Мои подписки")

    play(tmp_path, story)


def test_a_greeting_of_somebody_new_offers_the_choice(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        (screen,) = await house.say("Здравствуйте!")
        assert "По отраслям" in screen.labels

    play(tmp_path, story)


def test_english_speakers_read_english(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        async with house.db.write() as connection:
            await connection.execute(tables.person.update().values(locale="en"))
        (screen,) = await house.say("menu")
        assert screen.text.startswith("My subscriptions")

    play(tmp_path, story)


def test_the_latest_news_come_on_demand(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (none,) = await house.say("новости")
        assert "пока ничего нет" in none.text
        await house.post()
        assert await house.say("новости") == []
        assert len(await house.rows(tables.delivery)) == 1

    play(tmp_path, story)


def test_a_second_tap_on_the_latest_news_brings_no_second_portion(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        for number in range(5):
            await house.post(title=f"Новость {number}")
        menu = await house.press("Мои подписки")
        latest = menu.data("Последние новости")
        again = await house.press_data(latest)
        assert house.last_answer() == "Присылаем последние новости"
        assert len(await house.rows(tables.delivery)) == 3
        await house.press_data(latest)
        assert len(await house.rows(tables.delivery)) == 3
        assert again.edits is not None
        # The menu that came in its place brings the rest, and then says that this was all.
        await house.press("Последние новости")
        assert len(await house.rows(tables.delivery)) == 5
        none = await house.press("Последние новости")
        assert "пока ничего нет" in none.text
        assert none.labels == ["‹ Назад"]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("slug", "news"),
    [
        ("org-1", "Отрасль 01 (отраслевой профсоюз), Федерация (общие новости области)"),
        ("shuya", "Шуя (координационный совет профсоюзов), Федерация (общие новости области)"),
        ("youth", "Молодёжный совет, Федерация (общие новости области)"),
        ("school", "Школа 5 (первичная организация), Федерация (общие новости области)"),
        ("academy", "Учебный центр, Федерация (общие новости области)"),
        ("federation", "Федерация (общие новости области)"),
    ],
)
def test_a_link_of_any_organization_says_beforehand_whose_news_will_come(
    tmp_path: Path, slug: str, news: str
) -> None:
    async def story(house: House) -> None:
        for more, name, kind in (
            ("school", "Школа 5", OrganizationKind.PRIMARY),
            ("academy", "Учебный центр", OrganizationKind.TRAINING),
        ):
            house.organizations[more] = await house.add(
                tables.organization, slug=more, name=name, short=name, kind=kind, parent_id=1
            )
        asked = await house.start(f"org-{slug}")
        assert f"Будут приходить новости: {news}." in asked.text
        await house.press("Согласен, подписаться")
        assert await chosen(house) == {
            house.organizations["federation"],
            house.organizations[slug],
        }

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("operator", "contacts", "words"),
    [
        ("Федерация", "", "Отвечает за данные: Федерация. Храним"),
        ("", "fed@example.org", "По вопросам о данных: fed@example.org. Храним"),
        ("", "", "нужно ваше согласие. Храним"),
    ],
)
def test_what_is_not_known_of_the_operator_leaves_no_gap(
    tmp_path: Path, operator: str, contacts: str, words: str
) -> None:
    async def story(house: House) -> None:
        asked = await house.start("org-org-1")
        assert words in asked.text
        full = await house.press("Полный текст")
        for gap in ("()", ": .", ". .", "\n\n\n", " \n", "[", "{"):
            assert gap not in asked.text + full.text
        assert ("Связаться" in full.text) is bool(contacts)
        assert ("Кто обрабатывает данные. Федерация." in full.text) is bool(operator)

    play(tmp_path, story, operator_name=operator, operator_contacts=contacts)


def test_the_organization_whose_dialogs_these_are_is_offered_first(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        async with house.db.write() as connection:
            await connection.execute(
                tables.account.update().values(organization_id=house.organizations["org-2"])
            )
        screen = await house.start()
        assert screen.labels[0] == "Отрасль 02 (отраслевой профсоюз)"
        asked = await house.press(screen.labels[0])
        assert asked.text.startswith("Подписка: Отрасль 02")

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("paused", "words"),
    [(True, "снова работает, пауза снята"), (False, "снова работает. Организации")],
)
def test_coming_back_says_what_became_of_the_pause(
    tmp_path: Path, paused: bool, words: str
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        if paused:
            await house.walk("Мои подписки", "Пауза", "На неделю")
        await house.say("стоп")
        assert words in (await house.press("Вернуть подписку")).text
        assert (await wish(house)).paused_until is None

    play(tmp_path, story)


def test_the_list_of_organizations_names_the_region_as_the_line_above_does(
    tmp_path: Path,
) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        screen = await house.walk("Мои подписки", "Организации")
        assert screen.text.startswith("Чьи новости приходят\n\nСейчас: Федерация, Отрасль 01")
        assert screen.labels[0] == "✓ Федерация"
        assert "Вся область" not in " ".join(screen.labels)

    play(tmp_path, story)


@pytest.mark.parametrize("text", ["/id", "мой номер", "Мой ID"])
def test_a_person_may_ask_for_their_number(tmp_path: Path, text: str) -> None:
    async def story(house: House) -> None:
        await house.subscribe()
        (told,) = await house.say(text)
        assert told.text == "Ваш номер (Альфа): 7"

    play(tmp_path, story)


def test_help_names_the_words_and_the_way_to_ones_number(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        (told,) = await house.say("/help")
        assert "«стоп»" in told.text
        assert "/id" in told.text
        assert told.labels == ["Мои подписки"]

    play(tmp_path, story)
