"""Who works on a shared database, and who does what, in lines for the terminal."""

from __future__ import annotations

from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from app.share import CLOCK, CONVERSATIONS, SOURCES, account_lease
from storage import accounts, leases
from storage.leases import Worker

_ROLES = MappingProxyType({CONVERSATIONS: "разговоры", SOURCES: "сайты", CLOCK: "часы"})


async def workers(connection: AsyncConnection) -> list[str]:
    """Return a line for each worker: what it does, or why nothing; and one for what nobody does."""
    standing = await leases.standing(connection)
    active = await accounts.active(connection)
    names = {account_lease(one.id): f"аккаунт «{one.slug}»" for one in active} | dict(_ROLES)
    lines = []
    for one in standing.workers:
        held = [said for name, said in names.items() if standing.holders.get(name) == one.id]
        lines.append(f"Запуск {one.name}: {_does(one, held)}.")
    alive = {one.id for one in standing.workers if one.lives}
    left = [said for name, said in names.items() if standing.holders.get(name) not in alive]
    if left:
        lines.append(f"Сейчас никто не делает: {', '.join(left)}.")
    return lines


def _does(one: Worker, held: list[str]) -> str:
    if not one.lives:
        return "не отвечает, его работу возьмут другие"
    if not one.admitted:
        return "ждёт, его настройки отличаются от настроек остальных"
    return ", ".join(held) or ("в запасе" if one.ready else "запускается")
