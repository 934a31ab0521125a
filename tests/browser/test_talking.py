"""People talk with a bot on the page: what they do goes out, what the bot does comes without a reload."""

from __future__ import annotations

import base64
import re
from typing import Any

from browser_town import CHANNEL, PIXEL, PRESS, TEACHER, WEAVER, Town, dialog, played, ref
from playwright.async_api import expect

PICTURES: list[Any] = [
    {"name": f"{n}.png", "mimeType": "image/png", "buffer": base64.b64decode(PIXEL)} for n in (1, 2)
]
DROP = """
({ pixel, names }) => {
  const bytes = Uint8Array.from(atob(pixel), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File([bytes], name, { type: "image/png" }));
  const zone = document.querySelector("#talk");
  zone.dispatchEvent(new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
"""


@played
async def test_a_word_goes_out_and_the_answer_comes_by_itself(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    await page.get_by_role("textbox", name="Сообщение").fill("Здравствуйте")
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.locator(".bubble.mine").last).to_contain_text("Здравствуйте")
    asked = (await town.bot("getUpdates"))[-1]["message"]
    assert asked["text"] == "Здравствуйте"
    await town.bot("sendMessage", chat_id=TEACHER, text="И <b>вам</b> того же", parse_mode="HTML")
    answer = page.locator(".bubble:not(.mine)").last
    await expect(answer.locator("b")).to_have_text("вам")
    assert await page.evaluate("performance.getEntriesByType('navigation').length") == 1


@played
async def test_a_pressed_button_shows_the_toast_and_then_the_changed_message(town: Town) -> None:
    await town.begin(TEACHER)
    keys = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    sent = await town.bot("sendMessage", chat_id=TEACHER, text="Подписать?", reply_markup=keys)
    page = await town.open(TEACHER, ref(TEACHER))
    await page.get_by_role("button", name="Да", exact=True).click()
    query = await _query(town)
    await town.bot("answerCallbackQuery", callback_query_id=query, text="Записали")
    await expect(page.locator(".toast")).to_have_text("Записали")
    place = {"chat_id": TEACHER, "message_id": sent["message_id"]}
    await town.bot("editMessageText", **place, text="Вы подписаны")
    bubble = page.locator(".bubble").last
    await expect(bubble).to_contain_text("Вы подписаны")
    await expect(bubble).to_contain_text("изменено")
    await expect(page.get_by_role("button", name="Да", exact=True)).to_have_count(0)


@played
async def test_an_alert_stands_until_it_is_understood(town: Town) -> None:
    await town.begin(TEACHER)
    keys = {"inline_keyboard": [[{"text": "Нет", "callback_data": "n"}]]}
    await town.bot("sendMessage", chat_id=TEACHER, text="Точно?", reply_markup=keys)
    page = await town.open(TEACHER, ref(TEACHER))
    await page.get_by_role("button", name="Нет", exact=True).click()
    query = await _query(town)
    await town.bot("answerCallbackQuery", callback_query_id=query, text="Жаль!", show_alert=True)
    await expect(page.get_by_role("dialog")).to_contain_text("Жаль!")
    await page.get_by_role("button", name="Понятно").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


@played
async def test_dropped_pictures_go_as_one_album_and_chosen_ones_too(town: Town) -> None:
    await town.begin(WEAVER)
    page = await town.open(WEAVER, ref(WEAVER))
    await expect(page.get_by_role("textbox", name="Сообщение")).to_be_visible()
    await page.evaluate(DROP, {"pixel": PIXEL, "names": ["кот.png", "кошка.png"]})
    await expect(page.locator(".chip-file")).to_have_text(["кот.png", "кошка.png"])
    await page.get_by_role("textbox", name="Сообщение").fill("Двое")
    await page.keyboard.press("Enter")
    album = page.locator(".bubble.mine").last
    await expect(album.locator("img")).to_have_count(2)
    await expect(album).to_contain_text("Двое")
    await page.locator("#picker").set_input_files(PICTURES)
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.locator(".bubble.mine img")).to_have_count(4)
    updates = [u["message"] for u in await town.bot("getUpdates") if "photo" in u["message"]]
    albums = [message["media_group_id"] for message in updates]
    assert albums[0] == albums[1] != albums[2] == albums[3]


@played
async def test_what_others_change_and_delete_is_seen_at_once(town: Town) -> None:
    first = await town.bot("sendMessage", chat_id=int(CHANNEL), text="Собрание в среду")
    second = await town.bot("sendMessage", chat_id=int(CHANNEL), text="Лишнее")
    page = await town.open(TEACHER, CHANNEL)
    bubbles = page.locator(".bubble")
    await expect(bubbles).to_have_count(2)
    place = {"chat_id": int(CHANNEL), "message_id": first["message_id"]}
    await town.bot("editMessageText", **place, text="Собрание в четверг")
    await expect(bubbles.first).to_contain_text("в четверг")
    await town.bot("deleteMessage", chat_id=int(CHANNEL), message_id=second["message_id"])
    await expect(bubbles).to_have_count(1)
    await expect(page.get_by_text("Здесь пишут только администраторы.")).to_be_visible()


@played
async def test_ones_own_message_is_changed_and_deleted_by_its_tools(town: Town) -> None:
    await town.begin(TEACHER)
    await town.say(TEACHER, "Превет")
    page = await town.open(TEACHER, ref(TEACHER))
    bubble = page.locator(".bubble.mine").last
    await bubble.hover()
    await bubble.get_by_role("button", name="Изменить").click()
    await page.get_by_role("textbox", name="Новый текст").fill("Привет")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(bubble.locator(".text")).to_have_text("Привет")
    await bubble.hover()
    await bubble.get_by_role("button", name="Удалить").click()
    await expect(page.locator(".bubble.mine")).to_have_count(1)  # «/start» is left


@played
async def test_a_reply_keyboard_speaks_for_the_person_and_goes_when_it_is_taken_away(
    town: Town,
) -> None:
    await town.begin(TEACHER)
    keys = {"keyboard": [["Меню", "Помощь"]], "resize_keyboard": True}
    await town.bot("sendMessage", chat_id=TEACHER, text="Чем помочь?", reply_markup=keys)
    page = await town.open(TEACHER, ref(TEACHER))
    await page.get_by_role("button", name="Помощь").click()
    await expect(page.locator(".bubble.mine").last).to_contain_text("Помощь")
    gone = {"remove_keyboard": True}
    await town.bot("sendMessage", chat_id=TEACHER, text="Сейчас", reply_markup=gone)
    await expect(page.locator(".key")).to_have_count(0)


@played
async def test_another_person_is_chosen_and_sees_their_own_chats(town: Town) -> None:
    await town.begin(TEACHER)
    await town.begin(WEAVER)
    await town.bot("sendMessage", chat_id=WEAVER, text="Для Ивана")
    page = await town.open(TEACHER, ref(TEACHER))
    other = page.locator(".chip-person", has_text="Иван")
    await expect(other.locator(".unread")).to_have_text(re.compile(r"\d"))
    await other.click()
    await expect(page.locator(".bubble").last).to_contain_text("Для Ивана")
    await expect(other).to_have_attribute("aria-current", "true")
    await expect(other.locator(".unread")).to_have_count(0)


@played
async def test_a_quoted_message_is_shown_by_its_quote(town: Town) -> None:
    await town.begin(PRESS)
    asked = await town.say(PRESS, "Когда собрание?")
    reply = {"message_id": asked}
    await town.bot("sendMessage", chat_id=PRESS, text="В среду", reply_parameters=reply)
    page = await town.open(PRESS, ref(PRESS))
    quote = page.locator("button.reply")
    await expect(quote).to_contain_text("Марина Белова")
    await quote.click()
    await expect(page.locator(".bubble.mine.changed")).to_contain_text("Когда собрание?")


@played
async def test_a_community_of_vk_answers_in_its_own_tab(town: Town) -> None:
    page = await town.open(TEACHER, ref(TEACHER), network="vk")
    await page.get_by_role("textbox", name="Сообщение").fill("Добрый день")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.mine").last).to_contain_text("Добрый день")
    await town.vk("messages.send", peer_id=TEACHER, message="Добрый!", random_id=7)
    await expect(page.locator(".bubble:not(.mine)").last).to_contain_text("Добрый!")
    await town.control("do", {**dialog(TEACHER, "vk"), "what": "deny"})
    await expect(page.get_by_role("button", name="Разрешить сообщения").first).to_be_visible()


async def _query(town: Town) -> str:
    """Return the id of the newest press that the bot was told of."""
    while True:
        updates = await town.bot("getUpdates", timeout=5)
        found = [u["callback_query"]["id"] for u in updates if "callback_query" in u]
        if found:
            return str(found[-1])
        await town.bot("getUpdates", offset=updates[-1]["update_id"] + 1 if updates else 0)
