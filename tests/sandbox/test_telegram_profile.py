"""How a bot presents itself: names, descriptions, menu buttons, the rights it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import CHANNEL, OLGA, SUPERGROUP, Town, in_town


@pytest.mark.parametrize(
    ("what", "field", "longest", "refusal"),
    [
        ("Description", "description", 512, "BOT_DESCRIPTION_INVALID"),
        ("ShortDescription", "short_description", 120, "BOT_SHORT_DESCRIPTION_INVALID"),
        ("Name", "name", 64, "BOT_TITLE_INVALID"),
    ],
)
def test_a_text_of_the_bot_is_kept_by_language(
    what: str, field: str, longest: int, refusal: str
) -> None:
    async def story(town: Town) -> None:
        unset = "Вестник" if what == "Name" else ""
        assert await town.call(f"getMy{what}") == {field: unset}
        assert await town.call(f"setMy{what}", **{field: "Для всех"}) is True
        russian = {field: "я" * longest, "language_code": "ru"}
        assert await town.call(f"setMy{what}", **russian) is True
        assert await town.call(f"getMy{what}") == {field: "Для всех"}
        assert await town.call(f"getMy{what}", language_code="ru") == {field: "я" * longest}
        other = "Для всех" if what == "Name" else ""
        assert await town.call(f"getMy{what}", language_code="en") == {field: other}
        await town.call(f"setMy{what}", language_code="ru", **{field: ""})
        assert await town.call(f"getMy{what}", language_code="ru") == {field: other}
        too_long = await town.refused(f"setMy{what}", **{field: "я" * (longest + 1)})
        assert too_long == (400, f"Bad Request: {refusal}")
        for language in ("rus", "RU"):
            wrong = await town.refused(f"getMy{what}", language_code=language)
            assert wrong == (400, "Bad Request: invalid language code specified")

    in_town(story)


def test_people_see_the_new_name() -> None:
    async def story(town: Town) -> None:
        await town.call("setMyName", name="Вестник профсоюза")
        await town.call("setMyName", name="")
        assert (await town.call("getMe"))["first_name"] == "Вестник профсоюза"
        assert town.bot.title == "Вестник профсоюза"

    in_town(story)


def test_a_menu_button_is_kept_for_all_and_for_one() -> None:
    async def story(town: Town) -> None:
        assert await town.call("getChatMenuButton") == {"type": "default"}
        app = {"type": "web_app", "text": "Меню", "web_app": {"url": "https://a.ru/"}}
        await town.call("setChatMenuButton", menu_button={"type": "commands"})
        await town.call("setChatMenuButton", chat_id=OLGA, menu_button=app)
        assert await town.call("getChatMenuButton") == {"type": "commands"}
        assert await town.call("getChatMenuButton", chat_id=OLGA) == app
        await town.call("setChatMenuButton", chat_id=OLGA)
        assert await town.call("getChatMenuButton", chat_id=OLGA) == {"type": "default"}
        cases: list[tuple[dict[str, Any], str]] = [
            ({"chat_id": SUPERGROUP}, "invalid chat_id specified"),
            ({"chat_id": 404}, "user not found"),
            ({"menu_button": "{"}, "can't parse menu button JSON object"),
            ({"menu_button": {**app, "text": " "}}, "menu button text must be non-empty"),
            ({"menu_button": {**app, "web_app": {"url": "http://a.ru"}}}, "BUTTON_URL_INVALID"),
        ]
        for params, says in cases:
            refused = await town.refused("setChatMenuButton", **params)
            assert refused == (400, f"Bad Request: {says}"), params

    in_town(story)


def test_the_rights_a_bot_asks_for_are_those_it_gets() -> None:
    async def story(town: Town) -> None:
        unset = await town.call("getMyDefaultAdministratorRights")
        assert not any(unset.values())
        wished = {**unset, "can_pin_messages": True}
        await town.call("setMyDefaultAdministratorRights", rights=wished)
        assert await town.call("getMyDefaultAdministratorRights") == wished
        in_channels = await town.call("getMyDefaultAdministratorRights", for_channels=True)
        assert not any(in_channels.values())
        assert "can_post_messages" in in_channels and "can_pin_messages" not in in_channels
        group, me = town.side.find_chat("Завод", None), {"account": "vestnik"}
        await town.side.do(group, OLGA, "promote_bot", me)
        seen = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=town.bot.id)
        assert (seen["can_pin_messages"], seen["can_delete_messages"]) == (True, False)
        await town.side.do(group, OLGA, "promote_bot", {**me, "rights": ["can_delete_messages"]})
        seen = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=town.bot.id)
        assert (seen["can_pin_messages"], seen["can_delete_messages"]) == (False, True)
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, OLGA, "promote_bot", me)
        seen = await town.call("getChatMember", chat_id=CHANNEL, user_id=town.bot.id)
        assert seen["can_post_messages"] is True
        await town.call("setMyDefaultAdministratorRights")
        assert await town.call("getMyDefaultAdministratorRights") == unset
        for wrong in ("[1]", {"can_pin_messages": "yes"}):
            code, says = await town.refused("setMyDefaultAdministratorRights", rights=wrong)
            assert code == 400 and "can't parse chat administrator rights: " in says

    in_town(story)
