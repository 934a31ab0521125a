"""What a message may hold beside words is shown: polls, places, contacts, reactions, pins, topics and cards."""

from __future__ import annotations

import json
from typing import Any

from browser_town import CHANNEL, GROUP, TEACHER, WEAVER, Town, played, ref
from playwright.async_api import expect

from sandbox.world import Chat, Message, Poll


def _chat(town: Town, number: str) -> Chat:
    found = town.sandbox.world.chat("telegram", int(number))
    assert found is not None
    return found


def _put(town: Town, chat: Chat, **what: Any) -> Message:
    """Let a message stand in a chat."""
    made = Message(chat.next_id(), town.sandbox.world.clock.now(), WEAVER, False, **what)
    chat.messages.append(made)
    town.sandbox.world.touch(chat)
    return made


@played
async def test_a_vote_turns_the_choices_into_results_and_is_taken_back(town: Town) -> None:
    options = [{"text": "В среду"}, {"text": "В четверг"}]
    question = {"question": "Когда собрание?", "options": options}
    sent = await town.bot("sendPoll", chat_id=int(GROUP), **question)
    where = {"network": "telegram", "chat": GROUP, "message": sent["message_id"]}
    await town.control("do", {**where, "as": WEAVER, "what": "vote", "options": [0]})
    page = await town.open(TEACHER, GROUP)
    await expect(page.get_by_role("radio", name="В четверг")).to_be_visible()
    await expect(page.locator(".option-share")).to_have_count(0)
    await page.get_by_role("radio", name="В четверг").click()
    await expect(page.locator(".option-share")).to_have_text(["50%", "50%"])
    await expect(page.locator(".poll")).to_contain_text("2 голоса")
    await expect(page.locator(".option").nth(1).get_by_label("ваш голос")).to_be_visible()
    await page.get_by_role("button", name="Отменить голос").click()
    await expect(page.get_by_role("radio", name="В среду")).to_be_visible()


@played
async def test_a_closed_quiz_tells_what_was_right(town: Town) -> None:
    votes = {TEACHER: [0], WEAVER: [1]}
    poll = Poll("2", "Столица?", ["Шуя", "Москва"], votes=votes, correct=1, closed=True)
    _put(town, _chat(town, GROUP), poll=poll)
    page = await town.open(TEACHER, GROUP)
    await expect(page.locator(".option.right")).to_contain_text("Москва")
    await expect(page.locator(".option.wrong")).to_contain_text("Шуя")
    await expect(page.get_by_text("Голосование завершено")).to_be_visible()


@played
async def test_places_contacts_dice_and_reactions_are_drawn(town: Town) -> None:
    group = _chat(town, GROUP)
    place = {"latitude": 57.0005, "longitude": 40.9739}
    _put(town, group, extra={"location": place})
    _put(town, group, extra={"venue": {"title": "ДК", "address": "Мира, 1", "location": place}})
    contact = {"phone_number": "+7 900 000-00-00", "first_name": "Вера", "last_name": "Зотова"}
    _put(town, group, extra={"contact": contact})
    _put(town, group, extra={"dice": {"emoji": "🎲", "value": 5}})
    _put(town, group, text="Ура", reactions={WEAVER: ["🔥"], TEACHER: ["🔥", "👏"]})
    origin = {"type": "hidden_user", "sender_user_name": "Некто", "date": 1}
    _put(town, group, text="Чужое", extra={"forward_origin": origin})
    page = await town.open(TEACHER, GROUP)
    for words in (
        "57.00050, 40.97390",
        "Мира, 1",
        "Вера Зотова",
        "выпало 5",
        "Переслано от: Некто",
    ):
        await expect(page.get_by_text(words).first).to_be_visible()
    both = page.get_by_role("button", name="Реакция 🔥: 2")
    await expect(both).to_have_attribute("aria-pressed", "true")
    await both.click()
    alone = page.get_by_role("button", name="Реакция 🔥: 1")
    await expect(alone).to_have_attribute("aria-pressed", "false")


@played
async def test_the_pinned_message_stands_on_top_and_leads_to_its_place(town: Town) -> None:
    group = _chat(town, GROUP)
    pinned = _put(town, group, text="Правила группы")
    for number in range(30):
        _put(town, group, text=f"Сообщение {number}")
    group.pinned.append(pinned.id)
    page = await town.open(TEACHER, GROUP)
    await expect(page.locator(".bubble").first).not_to_be_in_viewport()
    await page.get_by_role("button", name="Закреплённое сообщение").click()
    await expect(page.locator(".bubble").first).to_be_in_viewport()


@played
async def test_a_forum_is_read_and_written_by_topics(town: Town) -> None:
    group = _chat(town, GROUP)
    group.extra["topics"] = {
        "5": {"name": "Спорт", "closed": False},
        "6": {"name": "Архив", "closed": True},
    }
    _put(town, group, text="Про лыжи", topic=5)
    _put(town, group, text="Про всё")
    page = await town.open(TEACHER, GROUP)
    await expect(page.locator(".bubble")).to_have_count(2)
    await page.get_by_role("button", name="Спорт").click()
    await expect(page.locator(".bubble")).to_have_count(1)
    await expect(page.locator(".bubble")).to_contain_text("Про лыжи")
    await page.get_by_role("button", name="Архив (закрыта)").click()
    await expect(page.get_by_text("Эта тема закрыта")).to_be_visible()


@played
async def test_cards_of_vk_stand_side_by_side_and_their_buttons_speak(town: Town) -> None:
    await town.begin(TEACHER, "vk")
    key = {"action": {"type": "text", "label": "Беру", "payload": "{}"}}
    cards = [{"title": f"Карточка {n}", "description": "Слова", "buttons": [key]} for n in (1, 2)]
    template = json.dumps({"type": "carousel", "elements": cards})
    await town.vk("messages.send", peer_id=TEACHER, message="Вот", template=template, random_id=1)
    page = await town.open(TEACHER, ref(TEACHER), network="vk")
    await expect(page.locator(".card-slide b")).to_have_text(["Карточка 1", "Карточка 2"])
    await expect(page.get_by_role("button", name="Беру", exact=True)).to_have_count(2)
    await page.get_by_role("button", name="Беру", exact=True).last.click()
    await expect(page.locator(".bubble.mine").last).to_contain_text("Беру")


@played
async def test_what_happened_in_a_channel_is_told_in_words(town: Town) -> None:
    channel = _chat(town, CHANNEL)
    _put(town, channel, extra={"service": {"new_chat_title": "Новости"}})
    _put(town, channel, extra={"service": {"pinned_message": {"text": "Важное"}}})
    page = await town.open(TEACHER, CHANNEL)
    await expect(page.locator(".messages .day").nth(1)).to_contain_text("новое название «Новости»")
    await expect(page.locator(".messages .day").last).to_contain_text(
        "закреплено сообщение «Важное»"
    )
