"""Whoever is clearly gone is tried once; what may pass is tried again the next time; nobody is left by us."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from core.words import ChatKind, ChatState, DeliveryState
from storage import tables
from tests.support.town import Town, town

BLOCKED, GONE, ACTIVE = ChatState.BLOCKED, ChatState.GONE, ChatState.ACTIVE
PRIVATE, GROUP, CHANNEL = ChatKind.PRIVATE, ChatKind.GROUP, ChatKind.CHANNEL

# What a messenger says, to what kind of chat, and what the chat is then.
TELEGRAM = [
    (PRIVATE, 403, "Forbidden: bot was blocked by the user", BLOCKED),
    (PRIVATE, 403, "Forbidden: user is deactivated", GONE),
    (PRIVATE, 403, "Forbidden: bot can't initiate conversation with a user", BLOCKED),
    (PRIVATE, 400, "Bad Request: chat not found", GONE),
    (CHANNEL, 403, "Forbidden: bot was kicked from the channel chat", GONE),
    (GROUP, 403, "Forbidden: bot is not a member of the supergroup chat", GONE),
    (CHANNEL, 400, "Bad Request: chat not found", ACTIVE),
    (CHANNEL, 400, "Bad Request: need administrator rights in the channel chat", ACTIVE),
    (GROUP, 400, "Bad Request: not enough rights to send text messages to the chat", ACTIVE),
    (GROUP, 400, "Bad Request: CHAT_WRITE_FORBIDDEN", ACTIVE),
    (GROUP, 400, "Bad Request: TOPIC_CLOSED", ACTIVE),
]
VK = [
    (PRIVATE, 900, "Can't send messages for users from blacklist", BLOCKED),
    (PRIVATE, 901, "Can't send messages for users without permission", BLOCKED),
    (PRIVATE, 902, "Can't send messages to this user due to their privacy settings", BLOCKED),
    (PRIVATE, 18, "User was deleted or banned", GONE),
    (GROUP, 917, "You don't have access to this chat", GONE),
    (GROUP, 945, "Chat was disabled", ACTIVE),
    (GROUP, 7, "Permission to perform this action is denied", ACTIVE),
    (GROUP, 15, "Access denied", ACTIVE),
]
SENDS = {"telegram": "sendMessage", "vk": "messages.send"}


async def dead_ones(
    made: Town, network: str, table: list[tuple[ChatKind, int, str, ChatState]]
) -> None:
    """Write a chat for each line of the table, and let the messenger say its words whenever it is written to."""
    for number, (kind, code, text, _) in enumerate(table):
        external = str(9_000 + number)
        await made.subscribe(network, external, kind)
        order = {"do": "error", "code": code, "text": text, "method": SENDS[network]}
        await made.post("faults", network=network, chat=external, **order)


async def tries(made: Town, network: str) -> Counter[str]:
    """Count the calls that were meant for each chat."""
    calls = await made.calls(SENDS[network], effect=False)
    return Counter(str(chat) for call in calls for chat in call["chats"])


def story(folder: Path, network: str, table: list[tuple[ChatKind, int, str, ChatState]]) -> None:
    """Let two posts go out, and see what became of every chat."""

    async def run() -> None:
        async with town(folder, network) as made, asyncio.timeout(60):
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            await dead_ones(made, network, table)
            before: Counter[str] = Counter()
            for title in ("Первая", "Вторая"):
                before = await tries(made, network)
                await made.post("sites/news", publish={"title": title, "html": "<p>Да.</p>"})
                await made.advance(61)
                await made.flow()
            async with made.db.read() as connection:
                chats = (await connection.execute(tables.chat.select())).all()
                states = {
                    state
                    for (state,) in await connection.execute(
                        tables.delivery.select().with_only_columns(tables.delivery.c.state)
                    )
                }
            found = {row.external: ChatState(row.state) for row in chats}
            again = await tries(made, network) - before
            assert states == {int(DeliveryState.REFUSED)}
            for number, (_, _, text, state) in enumerate(table):
                external = str(9_000 + number)
                assert found[external] is state, text
                assert before[external] >= 1, text
                assert (again[external] > 0) is (state is ACTIVE), f"the second time: {text}"
            methods = {call["method"].lower() for call in await made.calls(effect=False)}
            assert not [name for name in methods if "leave" in name or "remove" in name]

    asyncio.run(run())


def test_on_telegram(tmp_path: Path) -> None:
    story(tmp_path, "telegram", TELEGRAM)


def test_on_vk(tmp_path: Path) -> None:
    story(tmp_path, "vk", VK)
