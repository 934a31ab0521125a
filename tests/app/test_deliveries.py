"""`deliveries`: the ledger as an administrator reads it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from app import deliveries
from core.words import ChatKind, DeliveryState, HoldScope, Mode, Reason
from storage import tables
from storage.rows import insert
from tests.support.town import MOSCOW, Town, town


async def report(made: Town, wanted: str = "last") -> tuple[int, str]:
    """Return the exit code and the words of the command."""
    out = io.StringIO()
    code = await deliveries.run(made.db.where, wanted, MOSCOW, out)
    return code, out.getvalue()


async def set_state(
    made: Town, chat_id: int, state: DeliveryState, reason: Reason | None = None
) -> None:
    """Write what became of the delivery to a chat."""
    async with made.db.write() as connection:
        await connection.execute(
            tables.delivery.update()
            .where(tables.delivery.c.chat_id == chat_id)
            .values(state=int(state), reason=None if reason is None else int(reason))
        )


def test_every_receiver_is_listed_with_what_became_of_it(tmp_path: Path) -> None:
    async def journey() -> None:
        async with town(tmp_path, people=4) as made:
            await made.subscriber("telegram", 1)
            refused = await made.subscriber("telegram", 2)
            unknown = await made.subscribe("telegram", "-1009", ChatKind.CHANNEL)
            await made.subscriber("vk", 3, mode=Mode.DIGEST)
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            item = await made.post(
                "sites/news", publish={"title": "Оклады выросли", "html": "<p>!</p>"}
            )
            await made.advance(61)
            await made.flow()
            await set_state(made, refused, DeliveryState.REFUSED, Reason.BLOCKED)
            await set_state(made, unknown, DeliveryState.UNKNOWN)
            code, words = await report(made)
            assert code == 0
            assert "«Оклады выросли»" in words
            assert "Получателей: 4. Доставлено: 1, не доставлено: 1" in words
            assert "человек остановил бота" in words
            assert "неизвестно, дошло ли: 1" in words
            assert "ВКонтакте" in words
            assert "в подборке" in words
            # A correction is not one more receiver.
            await made.post("sites/news", edit={"id": item["items"][-1]["id"], "html": "<p>?</p>"})
            await made.advance(61)
            await made.flow()
            _, corrected = await report(made, "оклады")
            assert "редакция 2" in corrected
            assert "Получателей: 4. Доставлено: 1" in corrected
            assert "(исправление)" in corrected

    asyncio.run(journey())


def test_what_a_stop_holds_is_called_held(tmp_path: Path) -> None:
    async def journey() -> None:
        async with town(tmp_path, "telegram") as made:
            await made.subscriber("telegram", 1)
            async with made.db.write() as connection:
                await insert(connection, tables.hold, scope=int(HoldScope.ALL), at=0)
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.post("sites/news", publish={"title": "Праздник", "html": "<p>!</p>"})
            await made.flow()
            _, words = await report(made)
            assert "Удержано (1)" in words
            assert "рассылка остановлена администратором" in words

    asyncio.run(journey())


def test_an_unknown_post_is_said_to_be_unknown(tmp_path: Path) -> None:
    async def journey() -> None:
        async with town(tmp_path, "telegram") as made:
            assert await report(made, "12") == (
                1,
                "Нет новости «12». Укажите номер, слова из заголовка или last.\n",
            )

    asyncio.run(journey())
