"""Which natural act of people or of the community's own brings which of VK's refusals upon messages.send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, BORIS, COMMUNITY_KEY, Town

from sandbox.vk.errors import TEXTS

Act = Callable[[Town], Awaitable[Any]]
CHAT = 2_000_000_001
KEYBOARD = json.dumps(
    {
        "one_time": False,
        "inline": True,
        "buttons": [[{"action": {"type": "text", "label": "Да"}, "color": "primary"}]],
    }
)


def does(what: str, **args: Any) -> Act:
    """Return Anna doing something in her dialog."""
    return lambda town: town.do(town.dialog(), ANNA, what, **args)


def in_chat(what: str, **args: Any) -> Act:
    """Return Anna doing something in a conversation of hers with the community in it."""
    return lambda town: town.do(town.conversation(), ANNA, what, **args)


async def nothing(town: Town) -> None:
    pass


async def key_replaced(town: Town) -> None:
    town.account.token = "another"


async def hurry(town: Town) -> None:
    for _ in range(20):
        await town.send()


async def flood(town: Town) -> None:
    town.gate.limits.change({"vk": {"person": {"count": 2}}})
    await town.send()  # the second: one was sent before


async def bot_off(town: Town) -> None:
    await town.do(town.dialog(ADMIN), ADMIN, "bot_off")


async def chat_with_bot_off(town: Town) -> None:
    town.conversation()
    await bot_off(town)


# The act, what is sent after it beside the usual, the code.
REFUSED: list[tuple[Act, Mapping[str, Any], int]] = [
    (key_replaced, {}, 5),
    (hurry, {}, 6),
    (flood, {}, 9),
    (does("deactivate"), {}, 18),
    (nothing, {"random_id": ""}, 100),
    (does("block_by_admin"), {}, 900),
    (does("deny"), {}, 901),
    (nothing, {"peer_id": BORIS}, 901),  # who never wrote
    (does("close_messages"), {}, 902),
    (nothing, {"keyboard": "{}"}, 911),
    (bot_off, {"keyboard": KEYBOARD}, 912),
    (chat_with_bot_off, {"peer_id": CHAT}, 912),
    (nothing, {"forward_messages": ",".join("1" * 1001)}, 913),
    (nothing, {"message": "я" * 4097}, 914),
    (nothing, {"peer_id": CHAT}, 917),
    (in_chat("remove_bot", account="news"), {"peer_id": CHAT}, 917),
    (nothing, {"forward_messages": "99"}, 921),
    (nothing, {"peer_id": -1}, 932),
    (nothing, {"peer_id": 404}, 936),
    (nothing, {"intent": "promo_newsletter"}, 943),
    (in_chat("close_chat"), {"peer_id": CHAT}, 945),
    (in_chat("unsupport_chat"), {"peer_id": CHAT}, 946),
]


@pytest.mark.careless("a keyboard that is none")
@pytest.mark.parametrize(
    ("act", "params", "code"), REFUSED, ids=[f"{n}-{row[2]}" for n, row in enumerate(REFUSED)]
)
def test_an_act_brings_its_refusal(act: Act, params: Mapping[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        sent: dict[str, Any] = {"peer_id": ANNA, "message": "Новость", "random_id": 0}
        assert "response" in await town.call("messages.send", **sent)
        town.clock.set(advance_s=1)
        await act(town)
        said = [len(chat.messages) for chat in town.world.chats]
        error = (await town.call("messages.send", COMMUNITY_KEY, **{**sent, **params}))["error"]
        assert error["error_code"] == code
        assert error["error_msg"].startswith(TEXTS[code])
        assert [len(chat.messages) for chat in town.world.chats] == said

    asyncio.run(story())


@pytest.mark.parametrize(
    ("act", "undone", "code"),
    [
        ("deactivate", "reactivate", 18),
        ("block_by_admin", "unblock_by_admin", 900),
        ("deny", "allow", 901),
        ("close_messages", "open_messages", 902),
    ],
)
def test_what_is_undone_lets_through_again_and_is_told_beforehand(
    act: str, undone: str, code: int
) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.do(town.dialog(), ANNA, act)
        shown = await town.ok("messages.getConversationsById", peer_ids=ANNA)
        assert shown["items"][0]["can_write"] == {"allowed": False, "reason": code}
        [entry] = await town.ok("messages.send", peer_ids=ANNA, message="?", random_id=0)
        assert entry["error"] == {"code": code, "description": TEXTS[code]}
        await town.do(town.dialog(), ANNA, undone)
        await town.send()

    asyncio.run(story())


def test_a_deleted_page_is_gone_for_every_community() -> None:
    async def story() -> None:
        town = Town()
        other = town.vk.add_account("youth", token="youth-key")
        await town.meet()
        await town.do(town.dialog(), ANNA, "deactivate")
        message = {"peer_id": ANNA, "message": "?", "random_id": 0}
        assert await town.code("messages.send", other.token, **message) == 18
        with pytest.raises(Exception, match="first do reactivate"):
            await town.meet()

    asyncio.run(story())


def test_only_an_administrator_switches_bot_features() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        with pytest.raises(Exception, match="among the admins"):
            await town.do(town.dialog(), ANNA, "bot_off")
        await bot_off(town)
        await town.send(text="слова без кнопок проходят")
        await town.do(town.dialog(ADMIN), ADMIN, "bot_on")
        await town.send(keyboard=KEYBOARD)

    asyncio.run(story())


def test_nobody_of_that_id_allows_nothing() -> None:
    async def story() -> None:
        town = Town()
        asked = {"group_id": town.account.id, "user_id": 404}
        answer = await town.ok("messages.isMessagesFromGroupAllowed", **asked)
        assert answer == {"is_allowed": 0}

    asyncio.run(story())
