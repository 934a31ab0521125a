"""The page shows the calls of bots and makes the weather; it follows the sandbox by itself."""

from __future__ import annotations

from browser_town import PHONE, TEACHER, Town, played, ref
from playwright.async_api import expect

COUNTED = """
window.openedStreams = window.endedStreams = 0;
window.EventSource = class extends EventSource {
  constructor(...given) {
    super(...given);
    window.openedStreams += 1;
  }
  close() {
    if (this.readyState !== 2) window.endedStreams += 1;
    super.close();
  }
};
"""


@played
async def test_a_call_goes_by_with_its_outcome_and_opens_its_details(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Вызовы API").click()
    await town.bot("sendMessage", chat_id=TEACHER, text="Да")
    row = page.locator(".call").first
    await expect(row).to_contain_text("sendMessage")
    await expect(row.locator(".outcome")).to_have_text("OK")
    await town.try_bot("sendMessage", chat_id=99, text="Нет")
    await expect(page.locator(".call.bad .outcome")).to_have_text("400")
    await page.locator(".call.bad summary").click()
    await expect(page.locator(".call.bad dl")).to_contain_text("Ответ HTTP400")
    await page.get_by_label("только отказы").check()
    await expect(page.locator(".call")).to_have_count(1)
    await page.get_by_label("только отказы").uncheck()
    await page.get_by_role("searchbox", name="Метод").fill("getme")
    await expect(page.locator(".call")).to_have_count(0)
    await town.bot("getMe")
    await expect(page.locator(".call b")).to_have_text("getMe")


@played
async def test_polls_for_news_are_left_out_unless_asked_for(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Вызовы API").click()
    await town.bot("getUpdates")
    await town.bot("getMe")
    await expect(page.locator(".call b")).to_have_text(["getMe"])
    await page.get_by_label("и опросы новостей").check()
    await expect(page.locator(".call b")).to_have_text(["getMe", "getUpdates"])
    await page.get_by_role("combobox", name="Мессенджер").select_option("vk")
    await expect(page.locator(".call")).to_have_count(0)


@played
async def test_an_ordered_fault_strikes_is_seen_and_is_lifted(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Сбои и лимиты").click()
    await page.get_by_text("Страница 502").click()
    await page.get_by_role("textbox", name="Метод").fill("sendMessage")
    await page.get_by_role("button", name="Включить сбой").click()
    await expect(page.locator(".fault")).to_contain_text("все мессенджеры, sendMessage")
    failed = await town.try_bot("sendMessage", chat_id=TEACHER, text="Да")
    assert (failed.status_code, failed.headers["content-type"][:9]) == (502, "text/html")
    await expect(page.locator(".fault")).to_contain_text("сработало: 1")
    await page.get_by_role("button", name="Вызовы API").click()
    await expect(page.locator(".call.bad .outcome")).to_have_text("502")
    await page.get_by_role("button", name="Сбои и лимиты").click()
    await page.get_by_role("button", name="Снять: Страница 502").click()
    await expect(page.get_by_text("Сбоев нет")).to_be_visible()
    await town.bot("sendMessage", chat_id=TEACHER, text="Да")


@played
async def test_a_fault_with_its_own_fields_counts_its_times_and_seconds(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Сбои и лимиты").click()
    await page.get_by_text("Ошибка API").click()
    await page.get_by_label("Код").fill("403")
    await page.get_by_label("Текст").fill("Forbidden: bot was blocked by the user")
    await page.get_by_label("Сколько раз").fill("2")
    await page.get_by_label("Сколько секунд").fill("60")
    await page.get_by_role("button", name="Включить сбой").click()
    await expect(page.locator(".fault")).to_contain_text("ещё")
    answer = (await town.try_bot("getMe")).json()
    assert answer["error_code"] == 403
    await expect(page.locator(".fault")).to_contain_text("сработало: 1 из 2")
    await town.control("clock", {"advance_s": 61})
    await expect(page.locator(".fault")).to_have_count(0)


@played
async def test_limits_are_switched_off_and_counted_another_way(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Сбои и лимиты").click()
    await page.get_by_label("Telegram: считаются").click()
    await expect(page.get_by_label("Telegram: не считаются")).to_be_visible()
    await page.get_by_role("combobox", name="Как считать").select_option("bucket")
    await expect(page.get_by_role("combobox", name="Как считать")).to_have_value("bucket")
    limits = await town.control("limits")
    assert (limits["telegram"]["on"], limits["vk"]["on"]) == (False, True)
    assert limits["limiter"] == "bucket"


@played
async def test_the_clock_is_stopped_moved_and_set(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.get_by_role("button", name="Время и сайты").click()
    await page.get_by_role("button", name="Остановить часы").click()
    await expect(page.get_by_text("часы стоят")).to_be_visible()
    before = (await town.control("clock"))["now_s"]
    for name, seconds in (("+1 мин", 60), ("+1 час", 3660), ("+1 день", 90060)):
        async with page.expect_response("**/control/clock"):
            await page.get_by_role("button", name=name).click()
        assert (await town.control("clock"))["now_s"] == before + seconds
    await page.get_by_label("День и время по Москве").fill("2027-02-01T09:30")
    await page.get_by_role("button", name="Перевести", exact=True).click()
    await expect(page.locator("#clock-now")).to_have_text("09:30:00")
    await expect(page.locator(".tool-label", has_text="1 февраля, 09:30")).to_be_visible()
    assert (await town.control("clock"))["now"] == "2027-02-01T06:30:00+00:00"
    await page.get_by_role("button", name="Пустить часы").click()
    await expect(page.get_by_text("часы идут")).to_be_visible()


@played
async def test_the_reader_chooses_day_or_night_and_it_is_remembered(town: Town) -> None:
    page = await town.open(TEACHER, dark=True)
    paper = "getComputedStyle(document.querySelector('.list')).backgroundColor"
    night = await page.evaluate(paper)
    await page.locator("#theme").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    day = await page.evaluate(paper)
    assert (night, day) == ("rgb(23, 33, 44)", "rgb(255, 255, 255)")
    await page.reload()
    await expect(page.locator(".chip-person").first).to_be_visible()
    assert await page.evaluate(paper) == day


@played
async def test_the_page_says_that_the_sandbox_is_gone_and_comes_back_by_itself(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER, ref(TEACHER))
    await expect(page.locator(".bubble")).to_have_count(1)
    port = int(town.sandbox.url.rsplit(":", 1)[1])
    await town.sandbox.stop()
    await expect(page.get_by_text("Нет связи с песочницей")).to_be_visible()
    await town.sandbox.start(port=port)
    await expect(page.get_by_text("Нет связи с песочницей")).to_be_hidden()
    await town.bot("sendMessage", chat_id=TEACHER, text="Снова здесь")
    await expect(page.locator(".bubble").last).to_contain_text("Снова здесь")
    town.troubles = [one for one in town.troubles if "ERR_" not in one]


@played
async def test_without_streams_the_news_are_asked_for(town: Town) -> None:
    await town.begin(TEACHER)
    page = await town.open(TEACHER)
    await page.route("**/control/events*", lambda route: route.abort())
    await page.goto(f"{town.sandbox.url}/#as={TEACHER}&chat=telegram/{ref(TEACHER)}")
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(1)
    await town.bot("sendMessage", chat_id=TEACHER, text="И так доходит")
    await expect(page.locator(".bubble").last).to_contain_text("И так доходит")
    town.troubles = [one for one in town.troubles if "ERR_FAILED" not in one]


@played
async def test_a_page_holds_one_stream_whatever_is_opened(town: Town) -> None:
    page = await town.open(TEACHER)
    await page.add_init_script(COUNTED)
    await page.reload()
    await expect(page.locator(".chip-person").first).to_be_visible()
    for name in ("Вызовы API", "Сбои и лимиты", "Время и сайты", "Сведения о чате"):
        await page.get_by_role("button", name=name).click()
    await page.locator(".chip-person", has_text="Иван").click()
    await town.bot("sendMessage", chat_id=-1001000000001, text="Новость")
    await expect(page.locator(".row", has_text="Новость")).to_be_visible()
    opened, ended = await page.evaluate("[openedStreams, endedStreams]")
    assert opened > 4
    assert opened - ended == 1
    await page.context.close()  # what counts would stay in it


@played
async def test_a_phone_shows_the_calls_on_a_screen_of_their_own(town: Town) -> None:
    page = await town.open(TEACHER, size=PHONE, touch=True)
    await page.get_by_role("button", name="Вызовы API").click()
    await town.bot("getMe")
    await expect(page.locator(".call b")).to_have_text("getMe")
    await page.get_by_role("button", name="Назад").click()
    await expect(page.locator("#rows")).to_be_visible()
