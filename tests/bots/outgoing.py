"""Posts that are out in a house: places to go to, and the ends their deliveries come to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.words import ChatKind, ChatState, DeliveryState, Lane, Mode, Reach, Reason, WaveKind
from storage import tables
from tests.bots.dialog import approve
from tests.bots.house import House
from tests.bots.reviewing import ANNA, submit

SENT, REFUSED, PENDING = DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.PENDING


async def place(
    house: House,
    external: str,
    title: str = "",
    kind: ChatKind = ChatKind.CHANNEL,
    *,
    slug: str = "org-1",
    mode: Mode = Mode.AT_ONCE,
    **wish: Any,
) -> int:
    """Write a chat that follows an organization; returns its id."""
    chat = await house.add(
        tables.chat,
        account_id=house.account,
        external=external,
        kind=kind,
        state=ChatState.ACTIVE,
        title=title,
        organization_id=house.organizations[slug],
    )
    values = {"mode": mode, "digest_minute": 19 * 60, "created_at": 0, **wish}
    subscription = await house.add(tables.subscription, chat_id=chat, **values)
    async with house.db.write() as connection:
        await connection.execute(
            tables.subscription_organization.insert().values(
                subscription_id=subscription, organization_id=house.organizations[slug]
            )
        )
    return chat


async def publish(house: House, people: dict[str, int], reach: Reach = Reach.OWN) -> int:
    """Submit news, approve them, and let the minute pass; returns the post's id."""
    review = await submit(house, people, reach=reach)
    await approve(house, ANNA)
    return review.post_id


async def end(
    house: House,
    external: str,
    state: DeliveryState = SENT,
    *,
    lane: Lane | None = None,
    **values: Any,
) -> int:
    """Let what waits for a chat end so, as its courier would write it; returns how many that were."""
    delivery, wave = tables.delivery, tables.wave
    waves = sa.select(wave.c.id)
    if lane is not None:
        waves = waves.where(wave.c.lane == lane)
    chats = sa.select(tables.chat.c.id).where(tables.chat.c.external == external)
    if state is SENT and lane is None:
        values = {"message": f"1{external}", **values}
    async with house.db.write() as connection:
        done = await connection.execute(
            delivery.update()
            .where(
                delivery.c.chat_id.in_(chats),
                delivery.c.state == PENDING,
                delivery.c.wave_id.in_(waves),
            )
            .values(state=state, settled_at=house.clock.now(), **values)
        )
    return int(done.rowcount)


async def refuse(house: House, external: str, reason: Reason, **values: Any) -> int:
    """Let a chat refuse what waits for it."""
    return await end(house, external, REFUSED, reason=reason, **values)


async def resends(house: House) -> list[Any]:
    """Return the deliveries of waves that send again."""
    waves = {row.id for row in await house.rows(tables.wave, kind=WaveKind.RESEND)}
    return [row for row in await house.rows(tables.delivery) if row.wave_id in waves]
