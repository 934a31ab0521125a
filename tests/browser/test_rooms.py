"""Groups, conversations and walls on the page: who may write, who asks to come in, and what is said under posts."""

from __future__ import annotations

from typing import Any

from browser_town import ADMIN, GROUP, PHONE, TEACHER, WALL, WEAVER, YOUTH, Town, played
from playwright.async_api import expect

MEDICS = {"network": "telegram", "kind": "supergroup", "title": "Медики", "admins": [ADMIN]}


def in_group(by: int, what: str, **more: Any) -> dict[str, Any]:
    return {"network": "telegram", "chat": GROUP, "as": by, "what": what, **more}


@played
async def test_who_may_not_write_reads_why_and_until_when(town: Town) -> None:
    await town.control("clock", {"mode": "manual", "at": "2026-11-23T09:00:00+03:00"})
    page = await town.open(TEACHER, GROUP, size=PHONE)
    field = page.get_by_role("textbox", name="Сообщение")
    await expect(field).to_be_visible()
    until = int((await town.control("clock"))["now_s"]) + 86400
    await town.control("do", in_group(ADMIN, "restrict", person=TEACHER, until_date=until))
    await expect(page.locator("#compose")).to_contain_text("до 24 ноября, 09:00")
    await expect(field).to_have_count(0)
    await town.control("do", in_group(ADMIN, "set_permissions", permissions=[]))
    other = await town.open(WEAVER, GROUP)
    await expect(other.locator("#compose")).to_contain_text("участникам нельзя писать")
    owner = await town.open(ADMIN, GROUP)
    await expect(owner.get_by_role("textbox", name="Сообщение")).to_be_enabled()


@played
async def test_where_only_pictures_are_allowed_there_is_no_field_for_words(town: Town) -> None:
    await town.control("do", in_group(ADMIN, "set_permissions", permissions=["can_send_photos"]))
    page = await town.open(TEACHER, GROUP)
    await expect(page.get_by_role("textbox", name="Сообщение")).to_be_disabled()
    await page.get_by_role("button", name="Прикрепить").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Файлы"])


@played
async def test_the_owner_sees_who_asks_to_join_and_decides(town: Town) -> None:
    made = await town.control("world", {"chats": [{**MEDICS, "members": [WEAVER]}]})
    number = str(made["chats"][0]["id"])
    there = {"network": "telegram", "chat": number}
    await town.control("do", {**there, "as": ADMIN, "what": "set_join_by_request", "on": True})
    for person in (TEACHER, YOUTH):
        await town.control("do", {**there, "as": person, "what": "join"})
    page = await town.open(ADMIN, number)
    await page.get_by_role("button", name="Закрыть панель").click()
    await page.get_by_role("button", name="2 заявки").click()
    await expect(page.get_by_role("button", name="Принять")).to_have_count(2)
    await page.get_by_role("button", name="Принять").first.click()
    await expect(page.get_by_role("button", name="Принять")).to_have_count(1)
    await page.get_by_role("button", name="Отклонить").click()
    await expect(page.get_by_role("button", name="Принять")).to_have_count(0)
    await expect(page.locator("#requests")).to_be_empty()
    seen = [
        bool([c for c in (await town.control(f"seen?as={who}"))["chats"] if c["ref"] == number])
        for who in (TEACHER, YOUTH)
    ]
    assert seen == [True, False]
    reader = await town.open(WEAVER, number)
    await expect(reader.locator("#info .member").first).to_be_visible()
    await expect(reader.locator("#requests")).to_be_empty()


@played
async def test_people_and_a_community_talk_in_a_conversation_of_vk(town: Town) -> None:
    talk = {"network": "vk", "kind": "chat", "title": "Профактив", "members": [TEACHER, WEAVER]}
    made = await town.control("world", {"chats": [{**talk, "admins": [ADMIN]}]})
    number = made["chats"][0]["ref"]
    there = {"network": "vk", "chat": number}
    await town.control("say", {**there, "as": WEAVER, "text": "Когда собираемся?"})
    page = await town.open(TEACHER, number, network="vk")
    await expect(page.locator(".head")).to_contain_text("беседа, 3 участника")
    await expect(page.locator(".bubble .author")).to_have_text("Иван Кузнецов")
    await page.get_by_role("textbox", name="Сообщение").fill("В среду")
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.locator(".bubble.mine")).to_contain_text("В среду")
    owner = await town.open(ADMIN, number, network="vk")
    await owner.get_by_role("button", name="Добавить").click()
    await expect(owner.get_by_role("button", name="Убрать")).to_be_visible()
    await town.vk("messages.send", peer_id=int(number), message="Я с вами", random_id=1)
    await expect(page.locator(".bubble").last).to_contain_text("Я с вами")
    await town.control("do", {**there, "as": ADMIN, "what": "close_chat"})
    await expect(page.locator("#compose")).to_contain_text("Беседа закрыта")


@played
async def test_a_reader_comments_on_a_post_and_reads_the_others(town: Town) -> None:
    post = await town.vk(
        "wall.post", access_token="k", owner_id=int(WALL), from_group=1, message="Приём юриста"
    )
    place = {"network": "vk", "chat": WALL, "what": "comment", "message": post["post_id"]}
    for number in range(1, 5):
        await town.control("do", {**place, "as": WEAVER, "text": f"Вопрос {number}"})
    page = await town.open(TEACHER, WALL, network="vk")
    await expect(page.locator(".comment span:not(.avatar)")).to_have_text(
        ["Вопрос 2", "Вопрос 3", "Вопрос 4"]
    )
    await page.get_by_role("button", name="Показать ещё 1").click()
    await expect(page.locator(".comment")).to_have_count(4)
    await page.get_by_role("textbox", name="Комментарий").fill("Спасибо")
    await page.get_by_role("textbox", name="Комментарий").press("Enter")
    await expect(page.locator(".comment").last).to_contain_text("Спасибо")
    await expect(page.locator(".comment b").last).to_have_text("Ольга Смирнова")
    await town.vk(
        "wall.closeComments", access_token="k", owner_id=int(WALL), post_id=post["post_id"]
    )
    await expect(page.get_by_text("Комментарии закрыты.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Комментарий")).to_have_count(0)


@played
async def test_buttons_have_the_colours_that_were_wished(town: Town) -> None:
    await town.begin(TEACHER)
    keys = [[{"text": "Да", "callback_data": "y", "style": "success"}]]
    keys.append([{"text": "Нет", "callback_data": "n", "style": "danger"}])
    markup = {"inline_keyboard": keys}
    await town.bot("sendMessage", chat_id=TEACHER, text="Отпустить?", reply_markup=markup)
    page = await town.open(TEACHER, f"vestnik%3A{TEACHER}")
    await expect(page.get_by_role("button", name="Да", exact=True)).to_have_class("inline success")
    await expect(page.get_by_role("button", name="Нет", exact=True)).to_have_class("inline danger")


@played
async def test_of_very_many_people_one_is_found_by_name(town: Town) -> None:
    crowd = [{"id": 2000 + n, "name": f"Работник {n}"} for n in range(60)]
    await town.control("world", {"people": crowd})
    page = await town.open(TEACHER)
    await expect(page.locator(".chip-person")).to_have_count(31)
    await page.get_by_role("button", name="и ещё 35…").click()
    box = page.get_by_role("dialog")
    await expect(box.locator(".choice")).to_have_count(30)
    await box.get_by_role("searchbox", name="Имя").fill("работник 59")
    await box.locator(".choice").click()
    await expect(page.locator(".chip-person[aria-current]")).to_contain_text("Работник 59")
