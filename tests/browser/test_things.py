"""What a message may hold beside words is shown: polls, places, contacts, players, reactions, pins, topics and cards."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

from browser_town import ADMIN, GROUP, TEACHER, WEAVER, Town, dialog, played, ref
from PIL import Image
from playwright.async_api import expect

PLACE = {"latitude": 57.0005, "longitude": 40.9739}
LINES = "\n".join("Строка" for _ in range(14))


def in_group(person: int) -> dict[str, Any]:
    return {"network": "telegram", "chat": GROUP, "as": person}


@played
async def test_a_vote_turns_the_choices_into_results_and_is_taken_back(town: Town) -> None:
    options = [{"text": "В среду"}, {"text": "В четверг"}]
    question = {"question": "Когда собрание?", "options": options}
    sent = await town.bot("sendPoll", chat_id=int(GROUP), **question)
    vote = {**in_group(WEAVER), "what": "vote", "message": sent["message_id"], "options": [0]}
    await town.control("do", vote)
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
    quiz = {"question": "Столица?", "options": [{"text": "Шуя"}, {"text": "Москва"}]}
    more = {"type": "quiz", "correct_option_ids": [1]}
    sent = await town.bot("sendPoll", chat_id=int(GROUP), **quiz, **more)
    page = await town.open(TEACHER, GROUP)
    await page.get_by_role("radio", name="Шуя").click()
    await expect(page.locator(".option.right")).to_contain_text("Москва")
    await expect(page.locator(".option.wrong")).to_contain_text("Шуя")
    await expect(page.get_by_role("button", name="Отменить голос")).to_have_count(0)
    await town.bot("stopPoll", chat_id=int(GROUP), message_id=sent["message_id"])
    await expect(page.get_by_text("Голосование завершено")).to_be_visible()


@played
async def test_places_contacts_dice_and_forwards_are_drawn(town: Town) -> None:
    there = {"chat_id": int(GROUP)}
    await town.bot("sendLocation", **there, **PLACE)
    await town.bot("sendVenue", **there, **PLACE, title="ДК", address="Мира, 1")
    await town.bot(
        "sendContact", **there, phone_number="+79000000000", first_name="Вера", last_name="Зотова"
    )
    thrown = await town.bot("sendDice", **there)
    told = {**in_group(WEAVER), "text": "Чужое", "forward_from": {"name": "Некто"}}
    await town.control("say", told)
    page = await town.open(TEACHER, GROUP)
    for words in (
        "57.00050, 40.97390",
        "Мира, 1",
        "Вера Зотова",
        f"выпало {thrown['dice']['value']}",
        "Переслано от: Некто",
    ):
        await expect(page.get_by_text(words).first).to_be_visible()


@played
async def test_what_plays_has_a_player_of_its_kind(town: Town) -> None:
    await town.begin(TEACHER)
    there = {"chat_id": TEACHER}
    sound, film = _sound(), b"\x00\x00\x00\x18ftypmp42" + bytes(200)
    await town.upload("sendVoice", "voice", ("a.ogg", sound, "audio/ogg"), **there, duration=75)
    await town.upload("sendAudio", "audio", ("Гимн.mp3", sound, "audio/mpeg"), **there, duration=9)
    page = await town.open(TEACHER, ref(TEACHER))
    voice, music = page.locator(".sound").first, page.locator(".sound").last
    await expect(voice).to_contain_text("1:15")
    await expect(voice.get_by_role("slider", name="Место в записи")).to_be_visible()
    await expect(music.locator("b")).to_have_text("Гимн.mp3")
    await expect(page.get_by_role("button", name="Воспроизвести: Гимн.mp3")).to_be_enabled()
    # Films are made up: that a browser cannot play them is its only complaint.
    await page.route("**/control/files/*", lambda route: route.fulfill(body=""))
    await town.upload("sendAnimation", "animation", ("g.mp4", film, "video/mp4"), **there)
    await town.upload("sendVideoNote", "video_note", ("o.mp4", film, "video/mp4"), **there)
    await town.upload("sendVideo", "video", ("v.mp4", film, "video/mp4"), **there)
    await expect(page.locator("video.moving")).to_have_js_property("loop", True)
    await expect(page.get_by_role("button", name="Видеосообщение")).to_be_visible()
    await expect(page.locator(".grid video")).to_have_js_property("controls", True)


@played
async def test_a_sticker_stands_without_a_bubble(town: Town) -> None:
    await town.begin(TEACHER)
    drawn = io.BytesIO()
    Image.new("RGBA", (512, 512), (90, 160, 90, 255)).save(drawn, "WEBP")
    file = ("s.webp", drawn.getvalue(), "image/webp")
    await town.upload("sendSticker", "sticker", file, chat_id=TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    await expect(page.locator(".bubble.bare").get_by_role("img", name="Стикер")).to_be_visible()


@played
async def test_reactions_are_given_and_taken_back_on_both_messengers(town: Town) -> None:
    number = await town.say(WEAVER, "Ура", chat=GROUP)
    await town.control(
        "do", {**in_group(WEAVER), "what": "react", "message": number, "emoji": "🔥"}
    )
    page = await town.open(TEACHER, GROUP)
    await page.get_by_role("button", name="Реакция 🔥: 1").click()
    both = page.get_by_role("button", name="Реакция 🔥: 2")
    await expect(both).to_have_attribute("aria-pressed", "true")
    await both.click()
    alone = page.get_by_role("button", name="Реакция 🔥: 1")
    await expect(alone).to_have_attribute("aria-pressed", "false")
    await town.begin(TEACHER, "vk")
    await town.vk("messages.send", peer_id=TEACHER, message="Путёвка", random_id=1)
    await page.get_by_role("button", name="ВКонтакте").click()
    await page.locator(".row").first.click()
    await page.locator(".bubble", has_text="Путёвка").hover()
    await page.locator(".bubble", has_text="Путёвка").get_by_role("button", name="Реакция").click()
    await page.get_by_role("dialog").get_by_text("👍").click()
    await page.get_by_role("button", name="Реакция 👍: 1").click()
    await expect(page.locator(".reaction")).to_have_count(0)


@played
async def test_the_pinned_message_stands_on_top_and_leads_to_its_place(town: Town) -> None:
    first = await town.say(WEAVER, "Правила группы", chat=GROUP)
    for _ in range(5):
        await town.say(WEAVER, LINES, chat=GROUP)
    page = await town.open(TEACHER, GROUP)
    bubble = page.locator(".bubble", has_text="Правила группы")
    await expect(bubble).not_to_be_in_viewport()
    await town.bot("pinChatMessage", chat_id=int(GROUP), message_id=first)
    await page.get_by_role("button", name="Закреплённое сообщение").click()
    await expect(bubble).to_be_in_viewport()
    await expect(page.locator(".messages .day").last).to_contain_text(
        "закреплено сообщение «Правила группы»"
    )


@played
async def test_a_forum_is_read_and_written_by_topics(town: Town) -> None:
    ruling = in_group(ADMIN)
    made = [
        (await town.control("do", {**ruling, "what": "create_topic", "name": name}))["topic"]
        for name in ("Спорт", "Архив")
    ]
    await town.control("do", {**ruling, "what": "close_topic", "topic": made[1]})
    await town.say(WEAVER, "Про лыжи", chat=GROUP, topic=made[0])
    await town.say(WEAVER, "Про всё", chat=GROUP)
    page = await town.open(TEACHER, GROUP)
    await expect(page.locator(".bubble")).to_have_count(2)
    await page.get_by_role("button", name="Спорт").click()
    await expect(page.locator(".bubble")).to_have_count(1)
    await expect(page.locator(".bubble")).to_contain_text("Про лыжи")
    await page.get_by_role("textbox", name="Сообщение").fill("И про коньки")
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.locator(".bubble.mine")).to_contain_text("И про коньки")
    await page.get_by_role("button", name="Архив (закрыта)").click()
    await expect(page.get_by_text("Эта тема закрыта")).to_be_visible()


@played
async def test_a_vote_that_vk_does_not_take_back_is_offered_once(town: Town) -> None:
    await town.begin(TEACHER, "vk")
    poll = await town.vk(
        "polls.create",
        access_token="k",
        owner_id=-200000001,
        question="Едем?",
        add_answers=json.dumps(["Да", "Нет"]),
        disable_unvote=1,
    )
    named = f"poll{poll['owner_id']}_{poll['id']}"
    await town.vk("messages.send", peer_id=TEACHER, message="Решаем", attachment=named, random_id=1)
    page = await town.open(TEACHER, ref(TEACHER), network="vk")
    await page.get_by_role("radio", name="Да").click()
    await expect(page.locator(".option-share")).to_have_text(["100%", "0%"])
    await expect(page.get_by_role("button", name="Отменить голос")).to_have_count(0)


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
async def test_a_poll_a_place_and_a_contact_are_sent_from_the_attach_menu(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    clip = page.get_by_role("button", name="Прикрепить")
    await clip.click()
    await page.get_by_role("menuitem", name="Опрос").click()
    box = page.get_by_role("dialog")
    await box.get_by_label("Вопрос").fill("Сколько дней отпуска?")
    await box.get_by_label("Ответ 1", exact=True).last.fill("14")
    await box.get_by_label("Ответ 2", exact=True).last.fill("28")
    await box.get_by_role("button", name="Добавить ответ").click()
    await box.get_by_text("викторина").click()
    await box.get_by_role("radio", name="Верный ответ 2").check()
    await box.get_by_role("button", name="Отправить опрос").click()
    await expect(page.locator(".poll-kind")).to_have_text("Анонимная викторина")
    await clip.click()
    await page.get_by_role("menuitem", name="Геопозиция").click()
    await box.get_by_label("Широта").fill("57,5")
    await box.get_by_label("Название места").fill("Дом культуры")
    await box.get_by_role("button", name="Отправить место").click()
    await expect(page.locator(".bubble.mine").last).to_contain_text("57.50000, 40.97390")
    await clip.click()
    await page.get_by_role("menuitem", name="Контакт").click()
    await box.get_by_role("button", name="Отправить контакт").click()
    await expect(page.locator(".bubble.mine").last).to_contain_text("+70000001001")
    poll, place, contact = [one["message"] for one in (await town.bot("getUpdates"))[-3:]]
    assert [one["text"] for one in poll["poll"]["options"]] == ["14", "28"]
    assert (poll["poll"]["type"], poll["poll"]["question"]) == ("quiz", "Сколько дней отпуска?")
    assert place["venue"]["title"] == "Дом культуры"
    assert contact["contact"]["user_id"] == TEACHER


@played
async def test_a_refused_contact_keeps_what_was_filled_in_and_says_why(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    await page.get_by_role("button", name="Прикрепить").click()
    await page.get_by_role("menuitem", name="Контакт").click()
    await page.get_by_label("Имя").fill("Вера")
    await page.get_by_label("Телефон").fill("+79000000000")
    await town.control("do", {**dialog(TEACHER), "what": "stop"})
    await page.get_by_role("button", name="Отправить контакт").click()
    await expect(page.locator(".toast.error")).to_contain_text("Собеседник остановлен")
    await expect(page.get_by_label("Телефон")).to_have_value("+79000000000")
    assert ["400" in one for one in town.troubles] == [True]
    town.troubles.clear()


def _sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(800))
    return out.getvalue()
