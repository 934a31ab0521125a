"""Everything is reached on a phone, by the keyboard alone, and without scrolling sideways."""

from __future__ import annotations

import pytest
from browser_town import CHANNEL, GROUP, PHONE, SMALL_PHONE, TEACHER, WEAVER, Town, played, ref
from playwright.async_api import Page, expect

WIDER = (
    "document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth"
)
STICKS_OUT = """
[...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  const hidden = !box.width || getComputedStyle(one).visibility === 'hidden';
  const scrolled = one.closest('.people, .topics, .cards, .chips, svg');
  return !hidden && !scrolled && (box.right > innerWidth + 1 || box.left < -1);
}).map((one) => one.outerHTML.slice(0, 120))
"""


@played
async def test_a_phone_leads_from_the_list_to_the_chat_and_back(town: Town) -> None:
    await town.bot("sendMessage", chat_id=int(CHANNEL), text="Собрание")
    page = await town.open(TEACHER, size=PHONE, touch=True)
    await expect(page.locator("#talk")).to_be_hidden()
    await page.locator(".row", has_text="Профсоюзы области").tap()
    await expect(page.locator(".bubble")).to_contain_text("Собрание")
    await expect(page.locator("#rows")).to_be_hidden()
    await page.get_by_role("button", name="К списку").tap()
    await expect(page.locator("#rows")).to_be_visible()
    await expect(page.locator("#talk")).to_be_hidden()


@played
async def test_a_tap_on_a_bubble_opens_its_tools(town: Town) -> None:
    await town.begin(TEACHER)
    await town.say(TEACHER, "Лишнее")
    page = await town.open(TEACHER, ref(TEACHER), size=PHONE, touch=True)
    bubble = page.locator(".bubble.mine").last
    await expect(bubble.get_by_role("button", name="Удалить")).to_be_hidden()
    await bubble.locator(".text").tap()
    await bubble.get_by_role("button", name="Удалить").tap()
    await expect(page.locator(".bubble.mine")).to_have_count(1)


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE], ids=["390", "320"])
@played
async def test_nothing_sticks_out_at_the_side(town: Town, size: tuple[int, int]) -> None:
    await town.begin(TEACHER)
    long = "https://example.org/" + "a" * 90
    keys = {"inline_keyboard": [[{"text": "Очень длинная надпись " * 2, "callback_data": "a"}] * 3]}
    await town.bot("sendMessage", chat_id=TEACHER, text=f"Слово {long}", reply_markup=keys)
    await town.say(WEAVER, "Ж" * 120, chat=GROUP)
    page = await town.open(TEACHER, size=size, touch=True)
    await _fits(page, "list")
    for name in ("Вызовы API", "Сбои и лимиты", "Время и сайты"):
        await page.get_by_role("button", name=name).tap()
        await _fits(page, name)
        await page.get_by_role("button", name="Назад").tap()
    for title in ("Вестник профсоюзов", "Текстильщики"):
        await page.locator(".row", has_text=title).tap()
        await expect(page.locator(".bubble").last).to_be_visible()
        await _fits(page, title)
        await page.get_by_role("button", name="Сведения").tap()
        await _fits(page, f"about {title}")
        await page.get_by_role("button", name="Назад").tap()
        await page.get_by_role("button", name="К списку").tap()


@played
async def test_the_keyboard_alone_chooses_a_chat_and_writes(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER)
    await page.locator(".row").first.focus()
    await page.keyboard.press("End")
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".row").nth(1)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Сообщение")).to_be_focused()
    await page.keyboard.type("С клавиатуры")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.mine").last).to_contain_text("С клавиатуры")
    await expect(page.get_by_role("textbox", name="Сообщение")).to_be_focused()


@played
async def test_escape_closes_the_panel_and_gives_the_focus_back(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Сбои и лимиты").press("Enter")
    await page.get_by_role("radio", name="Слишком часто").focus()
    await page.keyboard.press("Escape")
    await expect(page.locator("#weather")).to_be_hidden()
    await expect(page.get_by_role("button", name="Сбои и лимиты")).to_be_focused()


@played
async def test_arrows_walk_among_the_people_and_focus_outlives_news(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.locator(".chip-person").first.focus()
    await page.keyboard.press("ArrowRight")
    second = page.locator(".chip-person").nth(1)
    await expect(second).to_be_focused()
    await town.say(TEACHER, "Новое", chat=GROUP)
    await expect(second.locator(".unread")).to_have_text("1")
    await expect(second).to_be_focused()


@played
async def test_every_control_has_a_name(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    for name in ("Вызовы API", "Сбои и лимиты", "Время и сайты", "Сведения о чате"):
        await page.get_by_role("button", name=name).click()
        nameless = await page.evaluate(
            "[...document.querySelectorAll('button, input:not([hidden]), select, textarea')].filter((one) =>"
            " !one.ariaLabel && !one.textContent.trim() && !one.labels?.length).map((one) => one.outerHTML)"
        )
        assert nameless == []


async def _fits(page: Page, where: str) -> None:
    assert not await page.evaluate(WIDER), where
    assert await page.evaluate(STICKS_OUT) == [], where
